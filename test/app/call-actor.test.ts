import { describe, expect, it } from 'vitest';
import { CallActor, type ActorOptions } from '../../gateway/app/call-actor.js';
import type { CallEvent } from '../../gateway/core/call/call-events.js';
import type { CallState } from '../../gateway/core/call/call-state.js';
import { step } from '../../gateway/core/call/step.js';
import { at, AT, CALLER, facts, OFFER_2, rulesFor } from '../core/call/call-story.js';
import { smallFlow } from '../core/flow/small-flow.js';
import { deferred, settle as settlePromises } from '../support/call-fakes.js';
import { KeptLog } from '../support/silent-log.js';

const fact = (body: object): CallEvent => ({ at: AT, ...body }) as CallEvent;

function rig(options: Partial<ActorOptions> = {}, begin = at.flow()) {
  const happened: string[] = [];
  const log = new KeptLog();
  const actor = new CallActor(begin.state, {
    rules: rulesFor(),
    save: (state) => {
      happened.push(`save ${state.activity.phase}`);
      return Promise.resolve(true);
    },
    run: (_actor, effect) => happened.push(effect.type),
    log,
    ...options,
  });
  return { actor, happened, log };
}

/** A write may be put off to the next turn. */
async function settle(): Promise<void> {
  await settlePromises();
  await new Promise((resolve) => setImmediate(resolve));
  await settlePromises();
}

describe('a call and its mailbox', () => {
  it('writes the snapshot before the effects start', async () => {
    const { actor, happened } = rig();
    actor.dispatch(fact(facts.key('0')));
    await settle();
    expect(happened[0]).toBe('save waiting');
    expect(happened).toContain('queue.arrive');
  });

  it('shows no offer and rings no phone of a call that another node may have by now, before the store has said whose it is', async () => {
    for (const [begin, event] of [[at.waiting(), { ...facts.offered, expiresAt: AT }], [at.shown(), facts.accept]] as const) {
      const happened: string[] = [];
      const { actor } = rig({ mayBeTaken: () => true, save: () => (actor.stop(), Promise.resolve(true)), run: (_actor, effect) => happened.push(effect.type) }, begin);
      actor.dispatch(fact(event));
      await settle();
      expect(happened).toEqual([]);
    }
  });

  it('writes a snapshot that the store has anew where it may be another node’s by now, and not otherwise', async () => {
    const { actor, happened } = rig();
    actor.dispatch(fact(facts.key('0')));
    await settle();
    happened.length = 0;
    await actor.saveAgain();
    expect(happened).toEqual([]);
    await actor.saveAnew();
    expect(happened).toEqual(['save waiting']);
  });

  it('starts no effect before the snapshot was taken', async () => {
    const saved = deferred<boolean>();
    const { actor, happened } = rig({ save: () => saved.promise });
    actor.dispatch(fact(facts.key('0')));
    await settle();
    expect(happened).toEqual([]);
    saved.resolve(true);
    await settle();
    expect(happened).toContain('queue.arrive');
  });

  it('folds one event after the other, in the order told', async () => {
    const first = deferred<boolean>();
    const phases: string[] = [];
    const { actor } = rig({
      save: (state) => {
        phases.push(state.activity.phase);
        return phases.length === 1 ? first.promise : Promise.resolve(true);
      },
    });
    actor.dispatch(fact(facts.key('0')));
    actor.dispatch(fact({ ...facts.offered, expiresAt: AT }));
    await settle();
    expect(phases).toEqual(['waiting']);
    first.resolve(true);
    await settle();
    expect(phases).toEqual(['waiting', 'waiting']);
    expect(actor.state.agentLeg).not.toBeNull();
  });

  describe('an event that orders nothing outside', () => {
    const entering = () => {
      const flow = smallFlow(`start: { do: collect, prompt: p-ask, into: code, min: 4, max: 9, next: person, noInput: { retries: 1, next: person }, noMatch: { retries: 1, next: person } }`, 'vars: { code: { type: digits, label: Code } }');
      const rules = rulesFor({ flow });
      const story = at.flow(rules);
      return { rules, story: story.tell({ type: 'say.ended', sayId: story.order('media.say').sayId, isWhole: true }) };
    };

    it('waits for no write, and is written with the others when that is asked for', async () => {
      const { rules, story } = entering();
      const versions: number[] = [];
      const { actor, happened } = rig({ rules, save: (state) => Promise.resolve(versions.push(state.version) > 0) }, story);
      for (const digit of ['4', '7', '1']) actor.dispatch(fact(facts.key(digit)));
      await settle();
      expect(actor.state.flow?.activity).toMatchObject({ entered: '471' });
      expect(happened).toContain('timer.set');
      expect(versions).toEqual([]);
      expect(actor.isUnsaved).toBe(true);
      await actor.saveAgain();
      expect(versions).toEqual([story.state.version + 3]);
      expect(actor.isUnsaved).toBe(false);
    });

    it('is in the snapshot that the effects of the next one wait for, also when a write was under way', async () => {
      const { rules, story } = entering();
      const saves = [deferred<boolean>(), deferred<boolean>()];
      const versions: number[] = [];
      const save = (state: CallState) => saves[versions.push(state.version) - 1]?.promise ?? Promise.resolve(true);
      const { actor, happened } = rig({ rules, save }, story);
      actor.dispatch(fact(facts.key('4')));
      await settle();
      void actor.saveAgain();
      for (const digit of ['7', '1', '1', '#']) actor.dispatch(fact(facts.key(digit)));
      await settle();
      saves[0]?.resolve(true);
      await settle();
      expect(versions).toEqual([story.state.version + 1, story.state.version + 5]);
      expect(happened).not.toContain('queue.arrive');
      saves[1]?.resolve(true);
      await settle();
      expect(happened).toContain('queue.arrive');
    });

    it('is not written at all when it changed nothing', async () => {
      const { actor, happened } = rig();
      actor.dispatch(fact({ type: 'say.ended', sayId: 'of another time', isWhole: true }));
      actor.dispatch(fact({ type: 'bridge.made' }));
      await settle();
      expect(happened).toEqual([]);
      expect(actor.isUnsaved).toBe(false);
    });
  });

  describe('an offer', () => {
    const offered = fact({ ...facts.offered, expiresAt: AT });
    /** Saves whose ends the test gives, and the versions that were written. */
    const slowStore = () => {
      const versions: number[] = [];
      const saves = [deferred<boolean>(), deferred<boolean>(), deferred<boolean>()];
      return { versions, saves, save: (state: CallState) => saves[versions.push(state.version) - 1]?.promise ?? Promise.resolve(true) };
    };

    it('is shown, and its phone made ready, while its snapshot is written', async () => {
      const { versions, save } = slowStore();
      const begin = at.waiting();
      const { actor, happened } = rig({ save }, begin);
      actor.dispatch(offered);
      expect(happened, 'in the turn that brought the match').toEqual(['screen.offer', 'leg.prepareDial', 'timer.set']);
      expect(versions).toEqual([]);
      await settle();
      expect(versions).toEqual([begin.state.version + 1]);
    });

    it('rings no phone before the snapshot that names it is in the store, and does not wait for that of the ring', async () => {
      const { versions, saves, save } = slowStore();
      const rules = { ...rulesFor(), answerMode: () => 'phone' as const };
      const begin = at.waiting(rules);
      const { actor, happened } = rig({ rules, save }, begin);
      actor.dispatch(offered);
      actor.dispatch(fact(facts.shown));
      await settle();
      expect(happened).not.toContain('leg.dial');
      saves[0]?.resolve(true);
      await settle();
      expect(happened.at(-1)).toBe('leg.dial');
      expect(versions).toEqual([begin.state.version + 1, begin.state.version + 2]);
      expect(actor.isUnsaved).toBe(true);
    });

    it('rings no phone when another node turns out to have the call', async () => {
      const { saves, save } = slowStore();
      const rules = { ...rulesFor(), answerMode: () => 'phone' as const };
      const { actor, happened } = rig({ rules, save }, at.waiting(rules));
      actor.dispatch(offered);
      actor.dispatch(fact(facts.shown));
      await settle();
      actor.stop();
      saves[0]?.resolve(true);
      await settle();
      expect(happened).not.toContain('leg.dial');
    });

    it('that takes the place of another waits for its snapshot like any order', async () => {
      const { saves, save } = slowStore();
      const { actor, happened } = rig({ save }, at.showing());
      actor.dispatch(fact({ ...facts.offered, offerId: OFFER_2, expiresAt: AT }));
      await settle();
      expect(happened).toEqual([]);
      saves[0]?.resolve(true);
      await settle();
      expect(happened).toContain('screen.offer');
    });
  });

  it('keeps the order of write and removal: a call that ends during a write is removed after it', async () => {
    const saved = deferred<boolean>();
    const { actor, happened } = rig({ save: () => saved.promise });
    actor.dispatch(fact({ type: 'leg.held', legId: CALLER, isHeld: true }));
    await settle();
    void actor.saveAgain();
    actor.dispatch(fact(facts.callerLeaves));
    await settle();
    expect(happened).toEqual([]);
    saved.resolve(true);
    await settle();
    expect(happened).toContain('call.forget');
  });

  it('takes the first step of a new call like any other', async () => {
    const begin = at.answering();
    const { actor, happened } = rig({}, begin);
    await actor.begin(step(begin.state, { type: 'leg.answer', legId: CALLER }));
    expect(happened).toEqual(['save answering', 'leg.answer']);
  });

  it('keeps what comes during the first step for afterwards', async () => {
    const begin = at.answering();
    const { actor, happened } = rig({}, begin);
    const begun = actor.begin(step(begin.state, { type: 'leg.answer', legId: CALLER }));
    actor.dispatch(fact(facts.callerLeaves));
    await begun;
    expect(happened.slice(0, 2)).toEqual(['save answering', 'leg.answer']);
    expect(actor.state.activity.phase).toBe('ended');
  });

  it('goes on from memory when the store does not answer, and writes the newest snapshot later', async () => {
    let isThere = false;
    const versions: number[] = [];
    const { actor, happened } = rig({
      save: (state) => {
        versions.push(state.version);
        return Promise.resolve(isThere);
      },
    });
    actor.dispatch(fact(facts.key('0')));
    await settle();
    expect(happened).toContain('queue.arrive');
    expect(actor.isUnsaved).toBe(true);
    isThere = true;
    await actor.saveAgain();
    expect(actor.isUnsaved).toBe(false);
    expect(versions.at(-1)).toBe(actor.state.version);
    await actor.saveAgain();
    expect(versions).toHaveLength(2);
  });

  it('does not write a call that has ended: it is only removed', async () => {
    const { actor, happened } = rig();
    actor.dispatch(fact(facts.callerLeaves));
    await settle();
    expect(happened.filter((one) => one.startsWith('save'))).toEqual([]);
    expect(happened).toContain('call.forget');
  });

  it('logs a fault of its own and goes on with the next event', async () => {
    const rules = { ...rulesFor(), announce: () => { throw new Error('broken wording'); } };
    const { actor, log } = rig({ rules });
    actor.dispatch(fact(facts.key('0')));
    await settle();
    expect(log.of('event failed')).toHaveLength(1);
    expect(actor.state.activity.phase).toBe('flow');
    actor.dispatch(fact(facts.callerLeaves));
    await settle();
    expect(actor.state.activity.phase).toBe('ended');
  });

  it('never logs a digit', async () => {
    const { actor, log } = rig();
    for (const digit of ['7', '4', '0']) actor.dispatch(fact(facts.key(digit)));
    await settle();
    expect(log.of('event').length).toBeGreaterThan(0);
    expect(log.text()).not.toMatch(/"digit"/);
  });
});
