import { describe, expect, it } from 'vitest';
import { CallActor, type ActorOptions } from '../../gateway/app/call-actor.js';
import type { CallEvent } from '../../gateway/core/call/call-events.js';
import { step } from '../../gateway/core/call/step.js';
import { at, AT, CALLER, facts, rulesFor } from '../core/call/call-story.js';
import { deferred, settle } from '../support/call-fakes.js';
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

describe('a call and its mailbox', () => {
  it('writes the snapshot before the effects start', async () => {
    const { actor, happened } = rig();
    actor.dispatch(fact(facts.key('0')));
    await settle();
    expect(happened[0]).toBe('save waiting');
    expect(happened).toContain('queue.arrive');
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
