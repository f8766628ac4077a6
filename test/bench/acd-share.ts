import type { Strategy } from '../../gateway/core/acd/queue-types.js';
import { brand, type AgentId, type CallId, type NodeId, type QueueId, type RequestId } from '../../gateway/core/ids.js';
import { openRedis, whenReady, type Connection } from '../../gateway/adapters/redis/connection.js';
import { openQueue, type RedisQueue } from '../../gateway/adapters/redis/queue.js';
import { startRedis } from '../support/redis-server.js';
import { KeptLog } from '../support/silent-log.js';
import type { BenchResult } from './bench-result.js';
import { serverUsPerScript } from './rig/redis-cost.js';
import type { RowOptions } from './rows.js';
import { median, rounded } from './statistics.js';
import { judge } from './verdict.js';

const AGENTS = 300;
const NODE = brand<NodeId>('n1');

/**
 * `acd-least-occupied`: what the server does when a call comes and many agents of one skill idle, where the one with the smallest share of time
 * on calls is sought among the hundred longest idle, against the one longest idle.
 */
export async function run({ isQuick }: RowOptions): Promise<BenchResult[]> {
  const [rounds, calls] = isQuick ? [2, 20] : [9, 300];
  const server = await startRedis();
  const raw = openRedis(server.url, new KeptLog());
  const [idle, share] = [new Floor(server.url, 'longestIdle'), new Floor(server.url, 'leastOccupied')];
  try {
    await whenReady(raw, 5_000);
    for (const floor of [idle, share]) await floor.standBy();
    const measured: { readonly idle: number; readonly share: number }[] = [];
    for (let round = 0; round < rounds; round += 1) measured.push({ idle: await idle.arriveUs(raw, calls), share: await share.arriveUs(raw, calls) });
    return [judge({
      name: 'acd-least-occupied', kind: 'ratio', unit: 'server us of arrive by share / by idle time', goal: { atMost: 4 },
      rounds: measured.map((round) => round.share / round.idle), anchors: measured.map((round) => round.idle),
      detail: { anchor: 'server us of arrive where the longest idle is taken', shareUs: rounded(median(measured.map((round) => round.share))), idleUs: rounded(median(measured.map((round) => round.idle))), agents: AGENTS, callsPerRound: calls },
    })];
  } finally {
    for (const floor of [idle, share]) await floor.queue.close();
    raw.disconnect();
    await server.stop();
  }
}

/** Agents of one skill, all of them ready, in a time of their own. */
class Floor {
  readonly queue: RedisQueue;
  private now = 1_800_000_000_000;
  private requests = 0;

  constructor(url: string, private readonly strategy: Strategy) {
    this.queue = openQueue({ url, tenant: strategy, log: new KeptLog(), now: () => this.now });
  }

  async standBy(): Promise<void> {
    for (let at = 0; at < AGENTS; at += 1) {
      const agentId = brand<AgentId>(`agent${at}`);
      await this.queue.signIn({ requestId: this.request(), agentId, skills: [{ skill: 'billing', level: 5 }], strategy: this.strategy, node: NODE });
      await this.queue.ready({ requestId: this.request(), agentId });
    }
  }

  /** Of so many calls, each of which is answered and over before the next one comes. */
  async arriveUs(redis: Connection, calls: number): Promise<number> {
    let us = 0;
    for (let at = 0; at < calls; at += 1) {
      const callId = brand<CallId>(`call${(this.requests += 1)}`);
      this.now += 1_000;
      await redis.config('RESETSTAT');
      await this.queue.arrive({ requestId: this.request(), callId, queue: brand<QueueId>('q'), needs: [{ skill: 'billing', minLevel: 1 }], band: 10, strategy: this.strategy, node: NODE, ringTimeoutMs: 15_000, isReturning: false });
      us += await serverUsPerScript(redis);
      await this.talk(callId);
    }
    return us / calls;
  }

  private async talk(callId: CallId): Promise<void> {
    const { agents } = await this.queue.roster();
    const offered = agents.find(({ state }) => state.phase === 'reserved');
    if (offered?.state.phase !== 'reserved' || !('offerId' in offered.state)) throw new Error(`${callId} was offered to nobody`);
    await this.queue.accept({ requestId: this.request(), offerId: offered.state.offerId });
    this.now += 30_000;
    await this.queue.complete({ requestId: this.request(), callId, agentId: offered.agentId, wrapUpMs: 0 });
  }

  private request(): RequestId {
    return brand(`r${(this.requests += 1)}`);
  }
}
