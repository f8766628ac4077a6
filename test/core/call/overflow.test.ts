import { describe, expect, it } from 'vitest';
import { brand, type CallId, type QueueId } from '../../../gateway/core/ids.js';
import { CALLBACK_DEFAULTS } from '../../../gateway/core/acd/callback-config.js';
import { ANNA, at, CALLER, facts, MAX_WAIT_MS, QUEUE, rulesFor } from './call-story.js';

const OTHER = brand<QueueId>('other');
const overflowed = (to: 'lastResort' | 'callback' | { queue: QueueId } | { transfer: string }) => ({ type: 'queue.overflowed', from: QUEUE, rule: 'nobody', to }) as const;

describe('a caller whom the queue sends elsewhere', () => {
  it('joins the other queue with the time waited so far, hears the music on and no second welcome', () => {
    const story = at.waiting();
    const { queuedAt } = story.order('queue.arrive').place;
    story.tell(overflowed({ queue: OTHER }));
    expect(story.order('queue.arrive')).toMatchObject({ place: { queue: OTHER, queuedAt, band: null }, isReturning: true, mayOverflow: true });
    expect(story.types.indexOf('queue.abandon')).toBeLessThan(story.types.indexOf('queue.arrive'));
    expect(story.types).not.toContain('media.say');
    expect(story.state).toMatchObject({ queuedIn: OTHER, activity: { phase: 'waiting', place: { queue: OTHER } } });
  });

  it('has waited there what they waited before, for the longest wait and the offer of a callback, also after a reload and a take-over', () => {
    const story = at.waiting(rulesFor({ callback: () => ({ ...CALLBACK_DEFAULTS, offerAfterMs: 120_000 }) }));
    story.now += 90_000 - 1_000;
    story.tell(overflowed({ queue: OTHER }));
    const left = () => story.last.flatMap((order) => (order.type === 'timer.set' && order.timer !== 'queue:position' ? [[order.timer, order.inMs]] : []));
    expect(left()).toEqual([['queue:maxWait', MAX_WAIT_MS - 90_000], ['queue:callback', 30_000]]);
    story.tell({ type: 'centre.changed' });
    expect(left()).toEqual([['queue:maxWait', MAX_WAIT_MS - 91_000], ['queue:callback', 29_000]]);
    story.tell(facts.recovered);
    expect(left()).toEqual([['queue:maxWait', MAX_WAIT_MS - 92_000], ['queue:callback', 28_000]]);
  });

  it('is dialled through where the rule says so', () => {
    const story = at.waiting().tell(overflowed({ transfer: '112' }));
    expect(story.state.activity).toMatchObject({ phase: 'transferring', target: '112' });
    expect(story.types).toContain('queue.abandon');
  });

  it('hears the last words, and the end says which rule it was', () => {
    const story = at.waiting().tell(overflowed('lastResort'));
    expect(story.state.activity).toMatchObject({ phase: 'closing', end: { reason: 'overflow-nobody' } });
  });

  it('stays when an agent was found meanwhile, and when the rule was about the queue before', () => {
    expect(at.showing().tell(overflowed('lastResort')).last).toMatchObject([{ type: 'queue.arrive', place: { queue: QUEUE }, mayOverflow: false }]);
    expect(at.asked().tell(overflowed('lastResort')).types).toEqual([]);
    expect(at.waiting().tell({ ...overflowed('lastResort'), from: OTHER }).types).toEqual([]);
  });

  it('stands in the line also when the rule was refused for an offer from the line before, told late and lost already', () => {
    const story = at.waiting().tell(overflowed({ queue: OTHER }), { ...facts.offered, expiresAt: 1_800_000_000_000 });
    story.tell({ ...overflowed('lastResort'), from: OTHER });
    expect(story.order('queue.arrive')).toMatchObject({ place: { queue: OTHER }, mayOverflow: false });
  });

  it('stays where it is when an operator moves it there, be it offered or not', () => {
    for (const from of [at.waiting(), at.ringing()]) expect(from.tell({ ...overflowed({ queue: QUEUE }), rule: 'operator' }).last).toEqual([]);
  });

  it('goes where an operator says, also while an agent is being offered the call', () => {
    const story = at.ringing().tell({ ...overflowed({ queue: OTHER }), rule: 'operator' });
    expect(story.types).toEqual(expect.arrayContaining(['leg.cancelDial', 'queue.abandon', 'queue.arrive']));
    expect(story.order('queue.arrive')).toMatchObject({ place: { queue: OTHER }, mayOverflow: false });
    expect(story.state).toMatchObject({ agentLeg: null, activity: { offer: null } });
  });

  it('is offered the callback of the queue they go to, whatever the one before offered', () => {
    const story = at.waiting().tell({ type: 'timer.fired', timer: 'queue:callback' }, overflowed({ queue: OTHER }));
    story.tell({ ...overflowed('callback'), from: OTHER });
    expect(story.types).toEqual(['queue.arrive', 'timer.set', 'media.hush', 'media.say']);
    expect(story.order('media.say').utterances[0]?.promptId).toBe('queue.callbackOffer');
  });

  it('waits since the earlier of the place they have and the one that was kept for the number', () => {
    const kept = { why: 'cutOff', callId: brand<CallId>('before'), at: 2_000, afterMs: 1_000 } as const;
    const story = at.waiting();
    const { queuedAt } = story.order('queue.arrive').place;
    story.tell(overflowed({ queue: OTHER }), { type: 'place.resumed', kept: { ...kept, queuedAt: queuedAt + 500 } });
    expect(story.state.activity).toMatchObject({ place: { queuedAt } });
    story.tell({ type: 'place.resumed', kept: { ...kept, queuedAt: queuedAt - 500 } });
    expect(story.state).toMatchObject({ activity: { place: { queuedAt: queuedAt - 500 } }, resumed: kept });
  });

  it('is looked at again when the wait is as long as the queue allows', () => {
    const story = at.waiting(rulesFor({ overflowAfterMs: () => 900_000 }));
    expect(story.last).toContainEqual({ type: 'timer.set', timer: 'queue:overflow', inMs: 900_000 });
    expect(story.tell({ type: 'timer.fired', timer: 'queue:overflow' }).types).toEqual(['queue.askPosition']);
  });

  it('keeps no timer of the wait once joined with an agent', () => {
    const ended = at.joined(rulesFor({ overflowAfterMs: () => 900_000 })).last.flatMap((effect) => (effect.type === 'timer.cancel' ? [effect.timer] : []));
    expect(ended).toEqual(expect.arrayContaining(['queue:overflow', 'queue:maxWait', 'queue:position']));
  });
});

describe('a store that went back in time', () => {
  it('is told who talks with whom', () => {
    expect(at.conversation().tell({ type: 'store.returned' }).last).toMatchObject([{ type: 'queue.assertTalk', place: { queue: QUEUE }, waitMs: 4_000 }]);
  });

  it('is told that an agent is on the line for a callback, whose customer is being rung', () => {
    const story = at.asked();
    story.state = { ...story.state, callerLeg: { phase: 'planned', legId: CALLER } };
    story.tell(facts.accepted);
    expect(story.phase).toBe('calling');
    expect(story.tell({ type: 'store.returned' }).last).toMatchObject([{ type: 'queue.assertTalk', agentId: ANNA, place: { queue: QUEUE }, waitMs: 4_000 }]);
  });

  it('is told that a talk is over', () => {
    expect(at.wrapUp().tell({ type: 'store.returned' }).last).toMatchObject([{ type: 'queue.complete', afterwards: 'wrapUp' }, { type: 'queue.drop' }]);
  });
});
