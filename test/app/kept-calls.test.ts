import { beforeEach, describe, expect, it } from 'vitest';
import type { CallActor } from '../../gateway/app/call-actor.js';
import { KeptCalls } from '../../gateway/app/kept-calls.js';
import { failed, ok, type Result } from '../../gateway/core/errors.js';
import { brand, type CallId } from '../../gateway/core/ids.js';
import type { CallStore, Heartbeat } from '../../gateway/ports/call-store.js';
import { NODE } from '../core/call/call-story.js';
import type { ListeningActor} from '../support/call-fakes.js';
import { actorIn, deferred, settle } from '../support/call-fakes.js';
import { FakeClock } from '../support/fake-clock.js';
import { KeptLog } from '../support/silent-log.js';

/** A store that says which run of the server it is. */
class FakeStore {
  run = 'first';
  owns: readonly CallId[] = [];
  readonly removed: CallId[] = [];
  heartbeat = (): Promise<Heartbeat> => Promise.resolve({ lease: 'kept', serverRun: this.run });
  owned = (): Promise<readonly CallId[]> => Promise.resolve(this.owns);
  takeovers = 0;
  isOwn = true;
  remove = (callId: CallId, takeovers: number): Promise<boolean> => ((this.takeovers = takeovers), this.removed.push(callId), Promise.resolve(this.isOwn));
}

const finished = (callId: CallId) => ({ callId, takeovers: 0, wasQueued: true });
const coming = brand<CallId>('coming');

describe('calls in a store that starts anew', () => {
  let store: FakeStore;
  let waiting: ListeningActor;
  let actors: Map<CallId, CallActor>;
  let dropped: CallId[];
  /** Not over for the queue. */
  let open: readonly CallId[];
  let answer: Result<{ readonly waitMs: number | null }>;
  let returns: number;
  let kept: KeptCalls;
  let clock: FakeClock;
  beforeEach(() => {
    clock = new FakeClock();
    store = new FakeStore();
    waiting = actorIn('waiting');
    actors = new Map<CallId, CallActor>([[waiting.callId, waiting]]);
    dropped = [];
    open = [];
    answer = ok({ waitMs: null });
    returns = 0;
    kept = new KeptCalls({
      actors,
      store: store as unknown as CallStore,
      queue: { forget: (callId) => Promise.resolve(!open.includes(callId) || dropped.includes(callId)), drop: ({ callId }) => (answer.ok && dropped.push(callId), Promise.resolve(answer)) },
      goesOn: (callId) => callId === coming,
      node: NODE,
      clock,
      log: new KeptLog(),
      onTaken: () => undefined,
      onStoreReturned: () => (returns += 1),
    });
  });

  it('may be another node’s when this one’s lease has run out, until the store has said which are not', async () => {
    await kept.renew(1_000);
    clock.advance(999);
    expect(kept.mayBeTaken()).toBe(false);
    clock.advance(1);
    expect(kept.mayBeTaken()).toBe(true);
    const saved = deferred<boolean>();
    waiting.saveAnew = () => (expect(kept.mayBeTaken()).toBe(true), saved.promise);
    store.heartbeat = () => Promise.resolve({ lease: 'lapsed', serverRun: 'first' });
    const renewed = kept.renew(1_000);
    await settle();
    expect(kept.mayBeTaken()).toBe(true);
    saved.resolve(true);
    await renewed;
    expect(kept.mayBeTaken()).toBe(false);
  });

  it('are asked for when the store says that the lease was kept, as a renewal that came too late was not heard of', async () => {
    await kept.renew(1_000);
    clock.advance(1_000);
    store.heartbeat = () => Promise.reject(new Error('no answer'));
    await expect(kept.renew(1_000)).rejects.toThrow();
    store.heartbeat = () => Promise.resolve({ lease: 'kept', serverRun: 'first' });
    let asked = 0;
    waiting.saveAnew = () => Promise.resolve(++asked > 0);
    await kept.renew(1_000);
    expect(asked).toBe(1);
  });

  it('may be another node’s for as long as the store has not said of one of them whose it is', async () => {
    await kept.renew(1_000);
    clock.advance(1_000);
    waiting.saveAnew = () => Promise.resolve(false);
    await kept.renew(1_000);
    expect(kept.mayBeTaken()).toBe(true);
    waiting.saveAnew = () => Promise.resolve(true);
    await kept.renew(1_000);
    expect(kept.mayBeTaken()).toBe(false);
  });

  it.each([
    ['was away', () => (kept.health.failed(), undefined)],
    ['is another server', () => void (store.run = 'second')],
    ['let this gateway’s lease run out', () => clock.advance(1_000)],
  ])('of others are not taken over for as long as a lease lasts after the store %s: they may live, and renew theirs', async (_what, happens) => {
    await kept.renew(1_000);
    expect(kept.mayAdopt()).toBe(true);
    happens();
    await kept.renew(1_000);
    expect(kept.mayAdopt()).toBe(false);
    clock.advance(999);
    await kept.renew(1_000);
    expect(kept.mayAdopt()).toBe(false);
    clock.advance(1);
    expect(kept.mayAdopt()).toBe(true);
  });

  it('are left alone while it is the same server', async () => {
    await kept.renew(1_000);
    await kept.renew(1_000);
    expect(waiting.told).toEqual([]);
    expect(returns).toBe(0);
  });

  it('are stated to it when another run answers: it may lack the last writes', async () => {
    await kept.renew(1_000);
    store.run = 'second';
    await kept.renew(1_000);
    expect(waiting.told).toMatchObject([{ type: 'store.returned' }]);
    expect(returns).toBe(1);
    await kept.renew(1_000);
    expect(returns).toBe(1);
  });

  it('are written to it anew, each before anything is stated of it: that store may believe them another node’s', async () => {
    const happened: string[] = [];
    waiting.saveAnew = () => Promise.resolve(happened.push('written') > 0);
    waiting.dispatch = ({ type }) => void happened.push(type);
    await kept.renew(1_000);
    expect(happened).toEqual([]);
    store.run = 'second';
    await kept.renew(1_000);
    expect(happened).toEqual(['written', 'store.returned']);
  });

  it('go when they are over and the store brought them back', async () => {
    const over = brand<CallId>('over');
    store.owns = [waiting.callId, over];
    open = [over];
    await kept.renew(1_000);
    store.run = 'second';
    await kept.renew(1_000);
    expect(dropped).toEqual([over]);
    expect(store.removed).toEqual([over]);
  });

  it('are over for the queue too when they are removed, even where the store brought them back into their line', async () => {
    const [over, waits] = [brand<CallId>('over'), brand<CallId>('waits')];
    open = [waits];
    for (const callId of [over, waits]) await kept.remove(finished(callId));
    expect([dropped, store.removed]).toEqual([[waits], [over, waits]]);
  });

  it('are removed later when the queue did not answer', async () => {
    const over = brand<CallId>('over');
    open = [over];
    answer = failed('VG_STORE', 'no answer');
    await expect(kept.remove(finished(over))).rejects.toThrow();
    expect(dropped).toEqual([]);
    answer = ok({ waitMs: null });
    await kept.renew(1_000);
    expect(dropped).toEqual([over]);
  });

  it('are another gateway’s that has taken them over, also in the queue', async () => {
    const taken = brand<CallId>('taken');
    open = [taken];
    store.isOwn = false;
    await kept.renew(1_000);
    await kept.remove(finished(taken));
    store.run = 'second';
    await kept.renew(1_000);
    expect([dropped, store.removed]).toEqual([[], [taken]]);
  });

  it('are removed once more, for a minute, from a server that may lack the last writes: it may give them to a gateway that died', async () => {
    const over = brand<CallId>('over');
    await kept.renew(1_000);
    await kept.remove({ ...finished(over), takeovers: 2 });
    for (const run of ['second', 'second', 'third']) {
      store.run = run;
      await kept.renew(1_000);
    }
    expect([store.removed, store.takeovers]).toEqual([[over, over, over], 2]);
    clock.advance(60_000);
    await kept.remove(finished(brand('later')));
    store.run = 'fourth';
    await kept.renew(1_000);
    expect(store.removed.filter((callId) => callId === over)).toHaveLength(3);
  });

  it('stay while they go on elsewhere, or are being taken over: what they need is still being fetched', async () => {
    store.owns = [waiting.callId, coming];
    await kept.renew(1_000);
    store.run = 'second';
    await kept.renew(1_000);
    expect(dropped).toEqual([]);
    expect(store.removed).toEqual([]);
  });
});
