import { beforeEach, describe, expect, it } from 'vitest';
import { Dispatcher } from '../../gateway/app/dispatcher.js';
import type { QueueEvent } from '../../gateway/core/acd/queue-types.js';
import { brand, type CallId } from '../../gateway/core/ids.js';
import type { Queue } from '../../gateway/ports/queue.js';
import { ANNA, NODE } from '../core/call/call-story.js';
import { deferred, settle } from '../support/call-fakes.js';
import { FakeClock } from '../support/fake-clock.js';
import { KeptLog } from '../support/silent-log.js';

const CHANGED: QueueEvent = { type: 'agent.changed', agentId: ANNA, state: { phase: 'loggedOut' }, at: 1 };

/** An outbox that the test fills, and leases that it counts. */
class FakeOutbox {
  reads = 0;
  reaps = 0;
  signal: AbortSignal | null = null;
  tell: (event: QueueEvent) => Promise<void> = () => Promise.resolve();
  outage = deferred<void>();
  reaped: () => Promise<number> = () => Promise.resolve(0);
  swept: () => Promise<number> = () => Promise.resolve(0);

  events = (_node: string, onEvent: (event: QueueEvent) => Promise<void>, signal: AbortSignal): Promise<void> => {
    this.reads += 1;
    this.signal = signal;
    this.tell = onEvent;
    this.outage = deferred<void>();
    signal.addEventListener('abort', () => this.outage.resolve());
    return this.outage.promise;
  };
  sweep = (): Promise<number> => this.swept();
  reap = (): Promise<number> => {
    this.reaps += 1;
    return this.reaped();
  };
}

describe('the dispatcher', () => {
  let outbox: FakeOutbox;
  let clock: FakeClock;
  let log: KeptLog;
  let heard: QueueEvent[];
  let keeps: number;
  let keep: () => Promise<void>;
  let dispatcher: Dispatcher;
  beforeEach(() => {
    outbox = new FakeOutbox();
    clock = new FakeClock();
    log = new KeptLog();
    heard = [];
    keeps = 0;
    keep = () => Promise.resolve();
    const onEvent = (event: QueueEvent) => Promise.resolve(void heard.push(event));
    dispatcher = new Dispatcher({ queue: outbox as unknown as Queue, node: NODE, clock, log, onEvent, keep: () => { keeps += 1; return keep(); } });
    dispatcher.start();
  });

  it('hands on what the outbox tells', async () => {
    await outbox.tell(CHANGED);
    expect(heard).toEqual([CHANGED]);
  });

  it('reads on after an outage', async () => {
    outbox.outage.reject(new Error('connection lost'));
    await settle();
    expect(outbox.reads).toBe(1);
    clock.advance(500);
    await settle();
    expect(outbox.reads).toBe(2);
    expect(log.of('outbox not readable, trying again')).toHaveLength(1);
  });

  it('looks at the leases four times a second, also when one look failed, which it tells once', async () => {
    outbox.reaped = () => Promise.reject(new Error('away'));
    for (let look = 0; look < 4; look++) {
      clock.advance(250);
      await settle();
    }
    expect(outbox.reaps).toBe(4);
    expect(log.of('leases cannot be looked at')).toHaveLength(1);
  });

  it('says nothing of a look that failed for want of a connection, of which the store tells itself', async () => {
    outbox.reaped = () => Promise.reject(Object.assign(new Error('away'), { name: 'NotConnected' }));
    clock.advance(250);
    await settle();
    expect(log.of('leases cannot be looked at')).toEqual([]);
  });

  it('looks again when a wrap-up that it heard of is over', async () => {
    const until = clock.now() + 90;
    await outbox.tell({ type: 'agent.changed', agentId: ANNA, state: { phase: 'wrapUp', callId: brand<CallId>('c'), until, since: 0 }, at: 1 });
    clock.advance(89);
    expect(outbox.reaps).toBe(0);
    clock.advance(60);
    expect(outbox.reaps).toBe(1);
  });

  it('logs leases that ended', async () => {
    outbox.reaped = () => Promise.resolve(2);
    clock.advance(250);
    await settle();
    expect(log.of('leases ended')).toMatchObject([{ fields: { moved: 2 } }]);
  });

  it('wakes a person when callers waited while able agents idled, and goes on looking', async () => {
    const found = [2, 0, 1];
    outbox.swept = () => Promise.resolve(found.shift() ?? 0);
    for (let i = 0; i < 3; i += 1) {
      clock.advance(10_000);
      await settle();
    }
    expect(log.lines.filter(({ level }) => level === 'error').map(({ fields, message }) => [message, fields])).toEqual([
      ['callers waited while able agents idled', { moved: 2 }],
      ['callers waited while able agents idled', { moved: 1 }],
    ]);
  });

  it('keeps its node alive once a second, never twice at a time', async () => {
    const slow = deferred<void>();
    keep = () => slow.promise;
    clock.advance(1_000);
    await settle();
    clock.advance(5_000);
    await settle();
    expect(keeps).toBe(1);
    slow.resolve();
    await settle();
    clock.advance(1_000);
    expect(keeps).toBe(2);
  });

  it('goes on keeping its node alive after a failure', async () => {
    keep = () => Promise.reject(new Error('a bug'));
    clock.advance(1_000);
    await settle();
    clock.advance(1_000);
    await settle();
    expect(keeps).toBe(2);
  });

  it('stops reading, looking and keeping when it is closed', async () => {
    await outbox.tell({ type: 'agent.changed', agentId: ANNA, state: { phase: 'wrapUp', callId: brand<CallId>('c'), until: clock.now() + 5_000, since: 0 }, at: 1 });
    dispatcher.close();
    await settle();
    expect(outbox.signal?.aborted).toBe(true);
    clock.advance(10_000);
    await settle();
    expect([outbox.reads, outbox.reaps, keeps]).toEqual([1, 0, 0]);
    expect(clock.pending).toBe(0);
  });
});
