import { describe, expect, it } from 'vitest';
import { CALLBACK_DEFAULTS } from '../../../gateway/core/acd/callback-config.js';
import { callbackOf } from '../../../gateway/core/call/callback.js';
import { nextTry } from '../../../gateway/core/call/resting.js';
import { brand, type QueueId } from '../../../gateway/core/ids.js';
import { ANNA, QUEUE, address, facts, type CALLER, type CallStory } from './call-story.js';
import { RETRY_MS, rulesWith, place, wish, PHONE, booked, customerOf, called, busy, rung, phoneOf } from './callback-story.js';

describe('a callback', () => {
  it('stands in line with the place of the wish, without music or a greatest wait', () => {
    const story = booked();
    expect(story.types).toEqual(['queue.arrive']);
    expect(story.order('queue.arrive')).toMatchObject({ place: { queuedAt: place.queuedAt }, isReturning: true, mayOverflow: false });
  });

  it('has the agent on the line before the customer is rung, on the same media server', () => {
    const story = booked().tell({ ...facts.offered, expiresAt: 1_800_000_000_000 });
    expect(story.order('leg.prepareDial').beside).toBeNull();
    story.tell(facts.shown, facts.accept);
    expect(story.types).toEqual(['leg.dial']);
    story.tell({ type: 'leg.answered', legId: PHONE, address }, facts.accepted);
    expect(story.phase).toBe('calling');
    expect(story.order('leg.dialOut')).toMatchObject({ target: wish.number, beside: PHONE });
    story.tell({ type: 'leg.answered', legId: customerOf(story), address });
    expect(story.phase).toBe('conversation');
    expect(story.order('media.bridge')).toEqual({ type: 'media.bridge', caller: customerOf(story), agent: PHONE });
  });

  it.each([
    ['VG_BUSY', 'busy'],
    ['VG_DECLINED', 'declined'],
    ['VG_NO_ANSWER', 'noAnswer'],
    ['VG_FAILED', 'unreachable'],
  ] as const)('is tried again later when the phone says %s', (code, outcome) => {
    const story = called();
    story.tell({ type: 'leg.failed', legId: customerOf(story), code });
    expect(story.order('screen.callEnded')).toMatchObject({ agentId: ANNA, notReached: { outcome, againAt: story.now + RETRY_MS } });
    expect(story.phase).toBe('wrapUp');
    story.tell(facts.filed);
    expect(story.phase).toBe('resting');
    story.tell({ type: 'timer.fired', timer: 'callback:again' });
    expect(story.order('queue.arrive')).toMatchObject({ place: { queuedAt: place.queuedAt }, isReturning: true });
  });

  it.each(['VG_MEDIA', 'VG_SIP'] as const)('is told to the agent as interrupted on our side where our own servers fail: %s', (code) => {
    const story = called();
    story.tell({ type: 'leg.failed', legId: customerOf(story), code });
    expect(story.order('screen.callEnded').notReached?.outcome).toBe('interrupted');
  });

  it('stops the ring that nobody answers', () => {
    const story = called();
    const customer = customerOf(story);
    story.tell({ type: 'timer.fired', timer: 'callback:ring' });
    expect(story.last).toContainEqual({ type: 'leg.cancelDial', legId: customer });
    expect(story.order('screen.callEnded').notReached?.outcome).toBe('noAnswer');
  });

  it.each([
    ['lays down at once', 'peer', 'declined'],
    ['is lost at once', 'system', 'interrupted'],
  ] as const)('is tried again when the customer lifts and %s', (_what, by, outcome) => {
    const story = called();
    const legId = customerOf(story);
    story.tell({ type: 'leg.hungUp', legId, by, cause: 'normal' });
    expect(story.order('screen.callEnded').notReached?.outcome).toBe(outcome);
    expect(story.tell({ type: 'leg.answered', legId, address }).phase).toBe('wrapUp');
  });

  it('keeps over its rests when it was offered first, to this queue', () => {
    const offeredAt = (story: CallStory) => story.order('queue.arrive').place.offeredAt;
    const story = booked();
    const from = story.now;
    expect(offeredAt(story)).toBe(from);
    story.tell({ ...facts.offered, expiresAt: 1_800_000_000_000 }, facts.shown, facts.accept, { type: 'leg.answered', legId: PHONE, address }, facts.accepted);
    busy(story).tell(facts.wrapUpOver);
    story.now += 5 * 86_400_000;
    expect(offeredAt(story.tell({ type: 'timer.fired', timer: 'callback:again' }))).toBe(from);
    story.tell({ type: 'queue.overflowed', from: QUEUE, rule: 'operator', to: { queue: brand<QueueId>('others') } });
    expect(offeredAt(story)).toBe(story.now);
    expect(callbackOf(story.state, { ...wish, place: story.order('queue.arrive').place }).callback.place.offeredAt).toBeUndefined();
  });

  it('hears nothing of an earlier ring', () => {
    const story = called();
    const before = customerOf(story);
    busy(story).tell(facts.wrapUpOver, { type: 'timer.fired', timer: 'callback:again' }, { type: 'leg.answered', legId: before, address });
    expect([story.phase, story.state.callerLeg.phase]).toEqual(['waiting', 'planned']);
  });

  it('ends after the last attempt, once the agent has filed', () => {
    const story = busy(called()).tell(facts.wrapUpOver, { type: 'timer.fired', timer: 'callback:again' });
    story.tell({ ...facts.offered, offerId: 'offer-2' as typeof facts.offered.offerId, expiresAt: 1_800_000_000_000 }, { ...facts.shown, offerId: 'offer-2' as typeof facts.offered.offerId }, { ...facts.accept, offerId: 'offer-2' as typeof facts.offered.offerId });
    story.tell({ type: 'leg.answered', legId: 'call-1-cb-a2' as typeof CALLER, address }, { ...facts.accepted, offerId: 'offer-2' as typeof facts.offered.offerId });
    busy(story);
    expect(story.order('screen.callEnded').notReached).toEqual({ outcome: 'busy', againAt: null });
    story.tell(facts.filed);
    expect(story.state.activity).toEqual({ phase: 'ended', end: { result: 'upstreamError', reason: 'customer-busy' } });
  });

  it('counts no attempt when the agent lays down before the customer answers, and comes again', () => {
    const story = called().tell({ type: 'leg.hungUp', legId: PHONE, by: 'peer', cause: 'normal' });
    expect([story.phase, story.state.callback?.attempts]).toEqual(['wrapUp', []]);
    story.tell(facts.wrapUpOver, { type: 'timer.fired', timer: 'callback:again' });
    expect(story.phase).toBe('waiting');
  });

  it.each([
    ['lay down first', 'peer', 'wrapUp'],
    ['lost their phones', 'system', 'notReady'],
  ] as const)('rings at most twice as often as there are attempts where agents %s each time: so many such endings are none, each further one is an attempt', (_what, by, afterwards) => {
    const story = booked();
    const outcomes = [1, 2, 3].map((time) => {
      rung(story, time).tell({ type: 'leg.hungUp', legId: phoneOf(story), by, cause: 'gone' });
      const endedAt = story.now;
      const { afterwards, tried } = story.order('queue.complete');
      if (story.phase === 'wrapUp') story.tell(facts.wrapUpOver);
      if (time === 3) expect(story.state.activity).toMatchObject({ phase: 'resting', until: endedAt + RETRY_MS });
      if (story.phase === 'resting') story.tell({ type: 'timer.fired', timer: 'callback:again' });
      return { why: tried?.why, isLast: tried?.isLast, afterwards };
    });
    expect(outcomes).toEqual([{ why: 'agentHungUp', isLast: false, afterwards }, { why: 'agentHungUp', isLast: false, afterwards }, { why: 'interrupted', isLast: false, afterwards }]);
    rung(story, 4).tell({ type: 'leg.hungUp', legId: phoneOf(story), by, cause: 'gone' });
    expect(story.order('queue.complete').tried).toMatchObject({ why: 'interrupted', isLast: true });
    if (story.phase === 'wrapUp') story.tell(facts.wrapUpOver);
    expect(story.state.activity).toEqual({ phase: 'ended', end: { result: 'upstreamError', reason: 'customer-call-interrupted' } });
    expect(story.state.callback?.attempts).toHaveLength(2);
  });

  it('finds another agent at once when the first one was lost', () => {
    const story = called().tell({ type: 'leg.hungUp', legId: PHONE, by: 'system', cause: 'media-lost' });
    expect(story.order('queue.complete').afterwards).toBe('notReady');
    expect(story.order('queue.arrive').isReturning).toBe(true);
  });

  it('is not rung outside the hours: it rests, and an agent who was reserved is free again', () => {
    const closed = rulesWith({ mayRing: () => false });
    expect(booked(closed).state.activity.phase).toBe('resting');
    let isOpen = true;
    const story = booked(rulesWith({ mayRing: () => isOpen }));
    isOpen = false;
    story.tell({ ...facts.offered, expiresAt: 1_800_000_000_000 });
    expect([story.phase, story.types]).toEqual(['resting', ['queue.abandon', 'timer.set']]);
    expect(story.order('queue.abandon').why).toEqual({ offerId: facts.offered.offerId, why: 'hours', isLast: false });
    isOpen = true;
    expect(story.tell({ type: 'timer.fired', timer: 'callback:again' }).phase).toBe('waiting');
  });

  it('goes on where it was when its process died: in line, resting, or as a try that nobody knows the end of', () => {
    expect(booked().tell(facts.recovered).types).toEqual(['queue.arrive']);
    expect(busy(called()).tell(facts.wrapUpOver, facts.recovered).phase).toBe('resting');
    expect(called().tell(facts.recovered).order('screen.callEnded').notReached?.outcome).toBe('interrupted');
  });

  it('whose process died is not tried again before the last ring is over, which the phone ends by itself', () => {
    const impatient = rulesWith({ callback: () => ({ ...CALLBACK_DEFAULTS, attempts: 2, retryAfterMs: 3_000, ringMs: 20_000 }) });
    expect(called(impatient).order('leg.dialOut').headers).toEqual({ Expires: '22' });
    const againAfter = (story: CallStory) => (story.order('screen.callEnded').notReached?.againAt ?? 0) - story.now;
    expect(againAfter(called(impatient).tell(facts.recovered))).toBe(22_000);
    expect(againAfter(busy(called(impatient)))).toBe(3_000);
  });
});

describe('a callback that an operator drops', () => {
  const dropped = { type: 'queue.overflowed', from: QUEUE, rule: 'operator', to: 'lastResort' } as const;
  const ended = { phase: 'ended', end: { result: 'serverError', reason: 'overflow-operator' } };

  it('is over at once, also while it rests: the thread has an entry, and the figures that it went elsewhere', () => {
    const resting = busy(called()).tell(facts.wrapUpOver, dropped);
    expect(resting.state.activity).toEqual(ended);
    expect(resting.types).toEqual(['timer.cancel', 'queue.abandon', 'thread.append', 'call.forget']);
    expect(resting.order('queue.abandon')).toMatchObject({ place, why: 'overflow', offeredTo: null });
    expect(booked().tell(dropped).state.activity).toEqual(ended);
  });

  it('is in no figures where it never stood in line', () => {
    expect(booked(rulesWith({ mayRing: () => false })).tell(dropped).types).toEqual(['timer.cancel', 'thread.append', 'call.forget']);
  });

  it('rests on where a rule, or an order to another queue, was meant for its wait', () => {
    const resting = busy(called()).tell(facts.wrapUpOver);
    resting.tell({ ...dropped, rule: 'wait' }, { ...dropped, to: { queue: brand<QueueId>('others') } });
    expect(resting.phase).toBe('resting');
  });
});

describe('a callback whose try was in vain, while the agent writes about it', () => {
  const dropped = { type: 'queue.overflowed', from: QUEUE, rule: 'operator', to: 'lastResort' } as const;
  const superseded = { type: 'callback.superseded' } as const;
  const vain = () => busy(called());

  it('is between its tries, as one that rests; one that waits or is being tried is not, nor one that was tried for the last time', () => {
    const { now, state } = vain();
    expect(nextTry(state)).toEqual({ place: { ...place, offeredAt: expect.any(Number) }, at: now + RETRY_MS });
    expect(nextTry(vain().tell(facts.filed).state)).toEqual(nextTry(state));
    expect(nextTry(busy(rung(vain().tell(facts.filed, { type: 'timer.fired', timer: 'callback:again' }), 2)).state)).toBeNull();
    expect([booked(), called()].map((story) => nextTry(story.state))).toEqual([null, null]);
  });

  it.each([
    ['an operator drops it', dropped, { result: 'serverError', reason: 'overflow-operator' }],
    ['its customer comes by themselves', superseded, { result: 'completed', reason: 'callback-superseded' }],
  ] as const)('is over as soon as that is filed, and is to be tried no more, when %s', (_what, fact, end) => {
    const story = vain().tell(fact);
    expect([story.phase, nextTry(story.state)]).toEqual(['wrapUp', null]);
    story.tell(facts.filed);
    expect(story.state.activity).toEqual({ phase: 'ended', end });
    expect(story.types).toEqual(['thread.note', 'queue.endWrapUp', 'timer.cancel', 'queue.abandon', 'thread.append', 'call.forget']);
  });

  it('was tried for the last time when its customer came by themselves as their phone rang', () => {
    const story = busy(called().tell(superseded));
    expect(story.order('screen.callEnded').notReached).toEqual({ outcome: 'busy', againAt: null });
    expect(story.tell(facts.wrapUpOver).state.activity).toEqual({ phase: 'ended', end: { result: 'upstreamError', reason: 'customer-busy' } });
  });

  it('is tried again where a rule, or an order to another queue, was meant for its wait', () => {
    expect(vain().tell({ ...dropped, rule: 'wait' }, { ...dropped, to: { queue: brand<QueueId>('others') } }, facts.wrapUpOver).phase).toBe('resting');
  });
});

describe('what the figures are told of a callback', () => {
  const CUSTOMER_FIRST = rulesWith({ callback: () => ({ ...CALLBACK_DEFAULTS, order: 'customerFirst', attempts: 1, ringMs: 20_000 }) });
  const logged = (story: CallStory) => story.orders.filter(({ type }) => type === 'queue.logAnswer');

  it('is answered once the customer talks too, with the wait up to then', () => {
    const story = called();
    expect(logged(story)).toEqual([]);
    story.tell({ type: 'leg.answered', legId: customerOf(story), address });
    expect(logged(story)).toMatchObject([{ type: 'queue.logAnswer', offerId: facts.offered.offerId, agentId: ANNA, place, waitMs: 5_000 }]);
  });

  it('is an attempt in vain, no talk and no overflow, whoever was to be first on the line', () => {
    const agentFirst = busy(called());
    const customerFirst = busy(booked(CUSTOMER_FIRST).tell({ ...facts.offered, expiresAt: 1_800_000_000_000 }));
    const tried = { offerId: facts.offered.offerId, why: 'busy', isLast: false };
    expect(agentFirst.order('queue.complete')).toMatchObject({ place, talkMs: null, tried });
    expect(customerFirst.order('queue.abandon')).toMatchObject({ place, why: { ...tried, isLast: true } });
    expect(agentFirst.tell(facts.recovered).order('queue.complete'), 'told again by who takes it over').toMatchObject({ talkMs: null, tried });
  });

  it('is no attempt where the agent laid down first', () => {
    expect(called().tell({ type: 'leg.hungUp', legId: PHONE, by: 'peer', cause: 'normal' }).order('queue.complete').tried).toMatchObject({ why: 'agentHungUp', isLast: false });
  });

  it('is that it went elsewhere when the customer came by themselves: also from its rest, if it stood in line before', () => {
    const resting = busy(called()).tell(facts.wrapUpOver);
    expect(resting.tell({ type: 'callback.superseded' }).order('queue.abandon')).toMatchObject({ place, why: 'overflow', offeredTo: null });
    expect(booked().tell({ type: 'callback.superseded' }).order('queue.abandon').why).toBe('overflow');
    expect(booked(rulesWith({ mayRing: () => false })).tell({ type: 'callback.superseded' }).types).not.toContain('queue.abandon');
  });
});
