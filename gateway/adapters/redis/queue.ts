import { inChannel, type Channel } from '../../core/acd/channels.js';
import type { FactOfWait, NewFact } from '../../core/acd/queue-fact.js';
import { poolText } from '../../core/acd/skills.js';
import type { AgentState, CallOrder, QueueEvent, QueueRoster, QueueSnapshot, SeatsState, WorkState } from '../../core/acd/queue-types.js';
import { failed, ok } from '../../core/errors.js';
import type { Result } from '../../core/errors.js';
import { brand } from '../../core/ids.js';
import type { AgentId, CallId, NodeId, RequestId } from '../../core/ids.js';
import type { Log } from '../../ports/log.js';
import type { Arrival, Queue, SignIn, Talk, WaitingCall } from '../../ports/queue.js';
import { openRedis, scriptClientOf, StoreError, type Connection } from './connection.js';
import type { ScriptClient } from './connection.js';
import { Dictionary } from './dictionary.js';
import { factText } from './fact-text.js';
import { queuePrefix, registrationKey } from './keys.js';
import { newOfferToken } from './offer-token.js';
import { readOutbox } from './outbox.js';
import { BadText, checked, checkedReason, inOne } from './arguments.js';
import { readReply, readRoster, readSeats, readSnapshot, readState, readWork } from './replies.js';
import { requestKey } from './request-key.js';
import { routeText } from './route.js';
import { ScriptRunner } from './runner.js';
import { loadLibrary, QUEUE_SCRIPTS } from './scripts.js';
import type { Library, QueueScript } from './scripts.js';

/** As many calls of one line are shown at a time. */
const MOST_OF_A_LINE = 1_000;
/** A call and an agent can contradict a talk once each, and once more when somebody was quicker. */
const MOST_CONTRADICTIONS = 5;

export interface RedisQueueOptions {
  /** See `openRedis`. */
  readonly url: string;
  readonly tenant: string;
  readonly log: Log;
  /** The same call is not offered again to an agent who declined it for this long. Default 10 s. */
  readonly reofferMs?: number;
  /** How long a command may take, reconnects included, before it is `VG_STORE`. Default 2 s. */
  readonly deadlineMs?: number;
  /** Virtual time for tests and simulation, epoch ms; default: Redis's own clock. */
  readonly now?: () => number;
  readonly library?: Library<QueueScript>;
  /** Put between the queue and its connection by tests. */
  readonly wrapClient?: (client: ScriptClient) => ScriptClient;
}

/** The queue in Redis: design M, one script a verb. Open with `openQueue`. */
export class RedisQueue implements Queue {
  private readonly redis: Connection;
  private readonly runner: ScriptRunner<QueueScript>;
  private readonly dictionary: Dictionary;
  private readonly prefix: string;
  private readonly reofferMs: string;
  private readonly readers = new Set<AbortController>();

  constructor(private readonly options: RedisQueueOptions) {
    this.prefix = queuePrefix(options.tenant);
    this.reofferMs = String(options.reofferMs ?? 10_000);
    this.redis = openRedis(options.url, options.log);
    this.runner = new ScriptRunner({
      redis: this.redis,
      ...(options.wrapClient ? { client: options.wrapClient(scriptClientOf(this.redis)) } : {}),
      library: options.library ?? loadLibrary(QUEUE_SCRIPTS),
      prefix: this.prefix,
      now: options.now ?? (() => 0),
      deadlineMs: options.deadlineMs ?? 2_000,
    });
    this.dictionary = new Dictionary(this.runner);
  }

  arrive(arrival: Arrival): Promise<Result<{ readonly state: 'queued' | 'reserved' | 'full' }>> {
    const token = newOfferToken();
    const run = async () =>
      this.runner.run('arrive', [inOne([
        requestKey(arrival.requestId), checked(arrival.callId), checked(inChannel(arrival.queue, arrival.channel ?? 'voice')), await routeText(this.dictionary, arrival), checked(arrival.node),
        String(Math.max(1, Math.trunc(arrival.ringTimeoutMs))), returningOf(arrival), token, arrival.queuedAt === undefined ? '' : String(Math.trunc(arrival.queuedAt)), arrival.mostWaiting === undefined ? '' : String(Math.trunc(arrival.mostWaiting)), factText(arrival.fact),
      ])]);
    return this.attempt(() => this.defining(run), ([state]) => ({ state: state === 'reserved' || state === 'full' ? state : 'queued' }));
  }

  abandon(request: Parameters<Queue['abandon']>[0]): Promise<Result<{ readonly waitMs: number }>> {
    const args = () => [inOne([requestKey(request.requestId), checked(request.callId), newOfferToken(), checked(request.node), request.why, factText(request.fact)])];
    return this.attempt(async () => this.runner.run('abandon', args()), readWait);
  }

  accept(request: Parameters<Queue['accept']>[0]): Promise<Result<{ readonly waitMs: number }>> {
    return this.command('accept', request, [request.offerId, newOfferToken()], readWait);
  }

  release(request: Parameters<Queue['release']>[0]): Promise<Result<null>> {
    return this.command('release', request, [request.offerId, request.why, this.reofferMs, newOfferToken(), newOfferToken()], () => null);
  }

  complete(request: Parameters<Queue['complete']>[0]): Promise<Result<AgentState>> {
    const [wrapUpMs, longest] = [request.wrapUpMs, Math.max(request.wrapUpMs, request.longestWrapUpMs ?? 0)].map((ms) => String(Math.max(0, Math.trunc(ms))));
    return this.command('complete', request, [request.callId, recordOf(request), wrapUpMs ?? '0', newOfferToken(), longest ?? '0'], readState);
  }

  signIn(request: SignIn): Promise<Result<AgentState>> {
    const { agentId, seats } = request;
    const text = poolText(seats?.channel ?? 'voice', request.skills, request.strategy);
    const list = (channels: readonly Channel[] = []) => channels.map((channel) => `${inChannel(agentId, channel)} `).join('');
    const own = seats === undefined ? ['', '', ''] : [seats.channel === 'voice' ? '' : String(seats.slots), list(seats.blocks), list(seats.beside)];
    const token = newOfferToken();
    const run = async () => {
      const pool = await this.dictionary.id('pool', text);
      return this.runner.run('sign-in', [inOne([requestKey(request.requestId), checked(inChannel(agentId, seats?.channel ?? 'voice')), pool, checked(request.node), rankOf(request), token, ...own, request.keeps ?? ''])]);
    };
    return this.attempt(() => this.defining(run), readState);
  }

  ready(request: Parameters<Queue['ready']>[0]): Promise<Result<AgentState>> {
    const registration = request.phone === undefined ? '' : registrationKey(this.options.tenant, checked(request.phone));
    const args = () => [inOne([requestKey(request.requestId), checked(recordOf(request)), newOfferToken(), registration])];
    return this.attempt(async () => this.runner.run('ready', args()), readState);
  }

  notReady(request: Parameters<Queue['notReady']>[0]): Promise<Result<AgentState>> {
    const args = () => [inOne([requestKey(request.requestId), checked(recordOf(request)), checkedReason(request.reason), request.boundTo === undefined ? '' : checked(request.boundTo)])];
    return this.attempt(async () => this.runner.run('not-ready', args()), readState);
  }

  endWrapUp(request: Parameters<Queue['endWrapUp']>[0]): Promise<Result<AgentState>> {
    return this.command('end-wrap-up', request, [request.agentId, newOfferToken(), request.callId ?? '-'], readState);
  }

  extendWrapUp(request: Parameters<Queue['extendWrapUp']>[0]): Promise<Result<AgentState>> {
    return this.command('extend-wrap-up', request, [request.agentId, String(Math.max(1, Math.trunc(request.byMs)))], readState);
  }

  logout(request: Parameters<Queue['logout']>[0]): Promise<Result<AgentState>> {
    return this.command('logout', request, [recordOf(request), newOfferToken()], readState);
  }

  /** One script an item. It is not repeated after a lost reply: the next round does what is left. */
  async reap(limit: number): Promise<number> {
    return this.countMoves('reap', limit, () => [newOfferToken(), newOfferToken()]);
  }

  /** Matches pairs left apart by a repair from outside. Returns how many; 0 in normal operation. */
  async sweep(limit: number): Promise<number> {
    return this.countMoves('sweep', limit, () => [newOfferToken()]);
  }

  async waiting(callId: CallId): Promise<WaitingCall | null> {
    const reply = await this.runner.run('waiting', [checked(callId)]);
    if (!Array.isArray(reply)) return null;
    return { queue: brand(String(reply[0])), position: Number(reply[1]) + 1, queuedAt: Number(reply[2]) };
  }

  async snapshot(): Promise<QueueSnapshot> {
    return readSnapshot(await this.runner.run('snapshot', []));
  }

  async roster(from = 0): Promise<QueueRoster> {
    return readRoster(await this.runner.run('roster', [String(from), String(from + MOST_OF_A_LINE - 1)]));
  }

  order(callId: CallId, order: CallOrder): Promise<Result<null>> {
    return this.attempt(async () => this.runner.run('order', [inOne([checked(callId), order.do, order.do === 'move' ? checked(order.queue) : ''])]), () => null);
  }

  async send(node: NodeId, text: string): Promise<boolean> {
    return (await this.runner.run('send', [checked(node), text])) === 1;
  }

  async whereabouts(of: Parameters<Queue['whereabouts']>[0]): Promise<NodeId | null> {
    const node = String(await this.runner.run('whereabouts', [checked(recordOf(of))]));
    return node === '' ? null : brand<NodeId>(node);
  }

  drop(request: Parameters<Queue['drop']>[0]): Promise<Result<{ readonly waitMs: number | null }>> {
    const args = () => [inOne([requestKey(request.requestId), checked(request.callId), newOfferToken(), request.node === undefined ? '' : checked(request.node), factText(request.fact)])];
    return this.attempt(async () => this.runner.run('drop', args()), ([waitMs = '']) => ({ waitMs: waitMs === '' ? null : Number(waitMs) }));
  }

  async assertTalk({ requestId, ...talk }: Talk): Promise<Result<null>> {
    const args = () => [inOne([checked(talk.callId), checked(talk.queue), checked(talk.agentId), checked(talk.node), String(talk.queuedAt), String(talk.waitMs)])];
    for (let attempt = 0; attempt < MOST_CONTRADICTIONS; attempt += 1) {
      const stated = await this.attempt(async () => this.runner.run('assert', args()), ([what]) => what ?? '');
      if (!stated.ok) return stated;
      if (stated.value === 'ok') return ok(null);
      const again = brand<RequestId>(`${requestId}:${attempt}`);
      const ended = stated.value === 'call' ? await this.drop({ requestId: again, callId: talk.callId, node: talk.node }) : await this.logout({ requestId: again, agentId: talk.agentId });
      if (!ended.ok && ended.error.code === 'VG_STORE') return ended;
    }
    return failed('VG_STORE', 'the store keeps contradicting');
  }

  async agentState(agentId: AgentId): Promise<AgentState> {
    const reply = readReply(await this.runner.run('agent-state', [checked(agentId)]), readState);
    if (!reply.ok) throw new StoreError(reply.error.detail);
    return reply.value;
  }

  async seatsState(agentId: AgentId, channel: Channel): Promise<SeatsState> {
    return readSeats(await this.runner.run('channel-state', [checked(inChannel(agentId, channel))]));
  }

  async workState(callId: CallId): Promise<WorkState> {
    return readWork(await this.runner.run('call-state', [checked(callId)]));
  }

  async events(node: NodeId, onEvent: (event: QueueEvent) => Promise<void>, signal: AbortSignal): Promise<void> {
    const reader = new AbortController();
    const stop = () => reader.abort();
    this.readers.add(reader);
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) reader.abort();
    const redis = openRedis(this.options.url, this.options.log);
    try {
      await readOutbox({ redis, prefix: this.prefix, node: brand(checked(node)), log: this.options.log }, onEvent, reader.signal);
    } finally {
      signal.removeEventListener('abort', stop);
      this.readers.delete(reader);
    }
  }

  log(fact: NewFact): Promise<Result<null>> {
    return this.attempt(() => this.runner.run('log', [factText(fact)]), () => null);
  }

  async forget(callId: CallId): Promise<boolean> {
    return (await this.runner.run('forget', [checked(callId)])) === 1;
  }

  async close(): Promise<void> {
    for (const reader of this.readers) reader.abort();
    this.redis.disconnect();
  }

  private async command<T>(name: QueueScript, { requestId, fact }: { readonly requestId: RequestId; readonly fact?: NewFact | FactOfWait | undefined }, args: readonly string[], read: (fields: readonly string[]) => T): Promise<Result<T>> {
    try {
      for (const arg of args) checked(arg);
      return readReply(await this.runner.run(name, [inOne([requestKey(requestId), ...args, factText(fact)])]), read);
    } catch (error) {
      return asFailure(error);
    }
  }

  private async attempt<T>(run: () => Promise<unknown>, read: (fields: readonly string[]) => T): Promise<Result<T>> {
    try {
      return readReply(await run(), read);
    } catch (error) {
      return asFailure(error);
    }
  }

  /** Runs a script that needs a signature or pool; defines it again when Redis no longer knows it (its data was lost). */
  private async defining(run: () => Promise<unknown>): Promise<unknown> {
    const reply = await run();
    if (reply !== 'undefined') return reply;
    this.dictionary.clear();
    return run();
  }

  private async countMoves(name: QueueScript, limit: number, args: () => readonly string[]): Promise<number> {
    for (let moved = 0; moved < limit; moved += 1) {
      if ((await this.runner.runOnce(name, args())) !== 'moved') return moved;
    }
    return limit;
  }
}

/** Opens the queue. Connects in the background; commands wait for the connection up to their deadline. */
export function openQueue(options: RedisQueueOptions): RedisQueue {
  return new RedisQueue(options);
}

/** The agent's record in the scripts (seats.lua). */
const recordOf = ({ agentId, channel = 'voice' }: { readonly agentId: AgentId; readonly channel?: Channel }): string => inChannel(agentId, channel);

/** Whether it comes back, and from whom an item does. */
const returningOf = ({ isReturning, from, channel }: Arrival): string => (from === undefined ? (isReturning ? '1' : '0') : recordOf({ agentId: from, ...(channel === undefined ? {} : { channel }) }));

/** An idle agent's turn, as turn.lua reads it. The share of time on calls says nothing of work that goes on side by side. */
function rankOf({ strategy, order = 0, seats }: SignIn): string {
  if (strategy === 'linear') return `=${Math.max(0, Math.trunc(order))}`;
  return strategy === 'leastOccupied' && (seats?.channel ?? 'voice') === 'voice' ? '%' : '';
}

/** What may happen outside this process is a result; anything else is a bug. */
function asFailure(error: unknown): Result<never> {
  if (error instanceof StoreError) return failed('VG_STORE', error.message);
  if (error instanceof BadText) return failed('VG_BAD_MESSAGE', error.message);
  throw error;
}

function readWait(fields: readonly string[]): { readonly waitMs: number } {
  return { waitMs: Number(fields[0]) };
}
