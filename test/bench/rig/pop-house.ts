import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { systemClock } from '../../../gateway/adapters/clock/system-clock.js';
import { openQueue, type RedisQueue } from '../../../gateway/adapters/redis/queue.js';
import { openScreens, type OpenScreens } from '../../../gateway/adapters/ws/open-screens.js';
import type { QueueEvent } from '../../../gateway/core/acd/queue-types.js';
import { failed, ok } from '../../../gateway/core/errors.js';
import { brand, type AgentId, type CallId, type NodeId, type QueueId, type RequestId } from '../../../gateway/core/ids.js';
import type { ScreenHost } from '../../../gateway/ports/screens.js';
import { sampleContext } from '../../support/sample-context.js';
import { startRedis, type TestRedis } from '../../support/redis-server.js';
import { KeptLog } from '../../support/silent-log.js';

const NODE = brand<NodeId>('bench');
const SKILLS = [{ skill: 'talk', level: 5 }];
const NEEDS = [{ skill: 'talk', minLevel: 1 }];
const RING_MS = 600_000;
const AT_ONCE = 50;

/** Queue, outbox and screens of a gateway without telephony: a call arrives, a script offers it to an agent, the pop goes to that agent's socket. */
export class PopHouse {
  private requests = 0;
  private readonly reading = new AbortController();

  private constructor(
    private readonly redis: TestRedis,
    private readonly server: Server,
    private readonly queue: RedisQueue,
    private readonly screens: OpenScreens,
  ) {}

  static async open(): Promise<PopHouse> {
    const redis = await startRedis();
    const log = new KeptLog();
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const screens = openScreens({ server, host, clock: systemClock, log });
    const house = new PopHouse(redis, server, openQueue({ url: redis.url, tenant: 'bench', log }), screens);
    void house.queue.events(NODE, (event) => house.onQueueEvent(event), house.reading.signal);
    return house;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** So many agents sign in at the queue and are ready. */
  async staff(count: number): Promise<void> {
    for (let at = 0; at < count; at += AT_ONCE) {
      const some = Array.from({ length: Math.min(AT_ONCE, count - at) }, (_, more) => brand<AgentId>(`agent-${at + more}`));
      await Promise.all(some.map(async (agentId) => {
        await this.queue.signIn({ requestId: this.request(), agentId, skills: SKILLS, node: NODE });
        await this.queue.ready({ requestId: this.request(), agentId });
      }));
    }
  }

  /** A call arrives while agents are idle. */
  async arrive(id: string): Promise<void> {
    const arrived = await this.queue.arrive({
      requestId: this.request(), callId: brand<CallId>(id), queue: brand<QueueId>('talk'), needs: NEEDS, band: 256, node: NODE, ringTimeoutMs: RING_MS, isReturning: false,
    });
    if (!arrived.ok || arrived.value.state !== 'reserved') throw new Error(`the call was not offered: ${JSON.stringify(arrived)}`);
  }

  /** The caller gives up, so that the agent is free again. */
  async leave(id: string): Promise<void> {
    await this.queue.abandon({ requestId: this.request(), callId: brand<CallId>(id), node: NODE, why: 'callerLeft' });
  }

  async close(): Promise<void> {
    this.reading.abort();
    await this.screens.close();
    this.server.close();
    await this.queue.close();
    await this.redis.stop();
  }

  /** As the gateway does: the pop is not waited for, a change of state is. */
  private async onQueueEvent(event: QueueEvent): Promise<void> {
    if (event.type === 'agent.changed') await this.screens.push(event.agentId, { type: 'agent', state: event.state }, 0);
    if (event.type !== 'offer.made') return;
    const { agentId, offerId, callId, expiresAt } = event;
    void this.screens.push(agentId, { type: 'offer', offerId, expiresAt, answer: 'phone', context: sampleContext(event.at, { callId, offerId }) }, 150);
  }

  private request(): RequestId {
    return brand(`r${(this.requests += 1)}`);
  }
}

/** Signs in whoever comes with a name for a token. */
const host: ScreenHost = {
  signIn: (token) => {
    if (!/^agent-\d+$/.test(token)) return Promise.resolve(failed('VG_SIGN_IN', 'no such agent'));
    const agent = { id: token, name: token, answer: 'phone' as const, phone: `sip:${token}@vaxel` };
    return Promise.resolve(ok({ agentId: brand<AgentId>(token), welcome: { agent, notReadyReasons: [], dispositions: [], state: { phase: 'ready' as const, since: Date.now() } } }));
  },
  presentState: () => Promise.resolve([]),
  command: () => Promise.resolve({ ok: true }),
  watchFigures: () => () => undefined,
      disconnected: () => undefined,
};
