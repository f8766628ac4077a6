import { describe, expect, it } from 'vitest';
import { CallActor, type ActorOptions } from '../../gateway/app/call-actor.js';
import { DeskCommands } from '../../gateway/app/desk-commands.js';
import { QueueEffects } from '../../gateway/app/queue-effects.js';
import type { CallEvent } from '../../gateway/core/call/call-events.js';
import { failed } from '../../gateway/core/errors.js';
import type { Queue } from '../../gateway/ports/queue.js';
import { ANNA, at, AT, facts, OFFER, QUEUE, rulesFor } from '../core/call/call-story.js';
import { actorIn, deferred, effectOf, fakeCentre, NO_PLACES, NO_WISHES, settle } from '../support/call-fakes.js';
import { FakeClock } from '../support/fake-clock.js';
import { KeptLog } from '../support/silent-log.js';

const fact = (body: object): CallEvent => ({ at: AT, ...body }) as CallEvent;

/** A call of a gateway that stood still for longer than its lease. `answers`: what becomes of the question whose it is. */
function rig(begin: { readonly state: ConstructorParameters<typeof CallActor>[0] }, answers: (actor: CallActor) => boolean | Promise<boolean>) {
  const happened: string[] = [];
  const options: ActorOptions = {
    rules: rulesFor(),
    mayBeTaken: () => true,
    save: async ({ activity }) => (happened.push(`asks while ${activity.phase}`), answers(actor)),
    run: (_actor, effect) => happened.push(effect.type),
    log: new KeptLog(),
  };
  const actor: CallActor = new CallActor(begin.state, options);
  const commands = new DeskCommands({ actors: new Map([[actor.callId, actor]]), openFor: () => [], clock: new FakeClock() });
  return { actor, happened, commands };
}

const taken = (actor: CallActor): boolean => (actor.stop(), true);
const FILED = { disposition: 'solved', note: 'she pays on Friday' };

describe('a call of a gateway that stood still', () => {
  it.each([['waiting', at.waiting(), facts.callerLeaves], ['wrapUp', at.wrapUp(), facts.wrapUpOver]] as const)('is not ended when another gateway has it by now: %s', async (phase, begin, event) => {
    const { actor, happened } = rig(begin, taken);
    actor.dispatch(fact(event));
    await settle();
    expect(happened).toEqual([`asks while ${phase}`]);
  });

  it('is ended when nobody else has it, and also while the store is away', async () => {
    for (const isSaved of [true, false]) {
      const { actor, happened } = rig(at.waiting(), () => isSaved);
      actor.dispatch(fact(facts.callerLeaves));
      await settle();
      expect(happened).toContain('call.forget');
    }
  });

  it('is none that an agent’s command is for when another gateway has it by now: it goes on to that one', async () => {
    const { commands, actor } = rig(at.wrapUp(), taken);
    expect(await commands.wrapUp(ANNA, actor.callId, FILED)).toMatchObject({ ok: false, error: { code: 'VG_OFFER_LOST' } });
  });

  it('takes the agent’s command when it is still its own', async () => {
    const { commands, actor, happened } = rig(at.wrapUp(), () => true);
    expect(await commands.wrapUp(ANNA, actor.callId, FILED)).toEqual({ ok: true });
    await settle();
    expect(happened).toContain('thread.note');
  });

  it('knows what the store has of it, which is all that another gateway goes by', async () => {
    const { actor } = rig(at.ringing(), () => true);
    expect(actor.saved.agentLeg?.phase).toBe('ringing');
    actor.dispatch(fact(facts.lifted));
    expect(actor.state.agentLeg?.phase).toBe('up');
    expect(actor.saved.agentLeg?.phase).toBe('ringing');
    await settle();
    expect(actor.saved.agentLeg?.phase).toBe('up');
  });

  it('asks anew when a write is under way, which may be older than the stop', async () => {
    const before = deferred<boolean>();
    const asked: string[] = [];
    const { actor, happened } = rig(at.wrapUp(), (self) => {
      asked.push('save');
      return asked.length === 1 ? before.promise : taken(self);
    });
    void actor.saveAnew();
    actor.dispatch(fact(facts.wrapUpOver));
    before.resolve(true);
    await settle();
    expect(happened).not.toContain('call.forget');
  });
});

describe('the orders to the queue of a call that another gateway has taken', () => {
  it.each([
    ['complete', effectOf('wrapUp', 'queue.complete')],
    ['release', { type: 'queue.release', requestId: 'r', offerId: OFFER, why: 'declined' }],
    ['accept', effectOf('asked', 'queue.accept')],
    ['drop', { type: 'queue.drop', requestId: 'r', left: QUEUE }],
  ] as const)('are neither kept up nor begun: %s', async (what, effect) => {
    const asked: string[] = [];
    const clock = new FakeClock();
    const queue = new Proxy({} as Queue, { get: (_queue, verb: string) => () => (asked.push(verb), Promise.resolve(failed('VG_STORE', 'no answer'))) });
    const effects = new QueueEffects({ queue, centre: fakeCentre, clock, places: NO_PLACES, wishes: NO_WISHES, waits: { spokenWaitOf: () => null, waitOfComing: () => null } });
    const actor = actorIn('waiting');
    const all = [effect, effectOf('waiting', 'queue.arrive')].map((order) => effects.run(actor, order));
    await settle();
    actor.stop();
    clock.advance(500);
    await Promise.all(all);
    expect(asked).toEqual([what]);
  });
});
