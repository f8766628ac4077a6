import { describe, expect, it } from 'vitest';
import { CALLBACK_DEFAULTS } from '../../../gateway/core/acd/callback-config.js';
import { callbackOf } from '../../../gateway/core/call/callback.js';
import type { CallbackWish } from '../../../gateway/core/call/callback-state.js';
import type { CallRules } from '../../../gateway/core/call/call-rules.js';
import { seekAgent } from '../../../gateway/core/call/resting.js';
import { brand, type QueueId } from '../../../gateway/core/ids.js';
import { ANNA, CallStory, MAX_WAIT_MS, QUEUE, address, at, facts, rulesFor, type CALLER } from './call-story.js';

const RETRY_MS = 60_000;
const rulesWith = (changes: Partial<CallRules> = {}) =>
  rulesFor({ callback: () => ({ ...CALLBACK_DEFAULTS, attempts: 2, retryAfterMs: RETRY_MS, ringMs: 20_000 }), ...changes });
const place = { queue: QUEUE, needs: [], band: null, queuedAt: 1_700_000_000_000 };
const wish: CallbackWish = { number: '+46701234567', place, via: 'flow', askedAt: 1_700_000_005_000 };
const PHONE = 'call-1-cb-a1' as typeof CALLER;

/** A call of ours, as it stands in line. */
function booked(rules = rulesWith()): CallStory {
  const story = new CallStory(rules);
  const begun = seekAgent(rules, callbackOf(at.flow(rules).state, wish), { place, at: story.now });
  story.state = begun.state;
  story.last = begun.effects;
  return story;
}
const customerOf = ({ state }: CallStory) => state.callerLeg.legId;
const called = (rules?: CallRules) => booked(rules).tell({ ...facts.offered, expiresAt: 1_800_000_000_000 }, facts.shown, facts.accept, { type: 'leg.answered', legId: PHONE, address }, facts.accepted);
const busy = (story: CallStory) => story.tell({ type: 'leg.failed', legId: customerOf(story), code: 'VG_BUSY' });

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
    expect([story.phase, story.types]).toEqual(['resting', ['queue.abandon', 'queue.logNotReached', 'timer.set']]);
    expect([story.order('queue.abandon').why, story.order('queue.logNotReached')]).toMatchObject(['rest', { why: 'hours', isLast: false }]);
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

describe('what the figures are told of a callback', () => {
  const CUSTOMER_FIRST = rulesWith({ callback: () => ({ ...CALLBACK_DEFAULTS, order: 'customerFirst', attempts: 1, ringMs: 20_000 }) });
  const logged = (story: CallStory) => story.orders.filter(({ type }) => type.startsWith('queue.log'));

  it('is answered once the customer talks too, with the wait up to then', () => {
    const story = called();
    expect(logged(story)).toEqual([]);
    story.tell({ type: 'leg.answered', legId: customerOf(story), address });
    expect(logged(story)).toMatchObject([{ type: 'queue.logAnswer', offerId: facts.offered.offerId, agentId: ANNA, place, waitMs: 5_000 }]);
  });

  it('is an attempt in vain, no talk and no overflow, whoever was to be first on the line', () => {
    const agentFirst = busy(called());
    const customerFirst = busy(booked(CUSTOMER_FIRST).tell({ ...facts.offered, expiresAt: 1_800_000_000_000 }));
    expect(logged(agentFirst)).toMatchObject([{ offerId: facts.offered.offerId, place, why: 'busy', isLast: false }]);
    expect(logged(customerFirst)).toMatchObject([{ offerId: facts.offered.offerId, place, why: 'busy', isLast: true }]);
    expect(agentFirst.order('queue.complete').talkMs).toBeNull();
    expect(customerFirst.order('queue.abandon').why).toBe('rest');
    expect(agentFirst.tell(facts.recovered).order('queue.complete').talkMs).toBeNull();
  });

  it('is no attempt where the agent laid down first', () => {
    expect(logged(called().tell({ type: 'leg.hungUp', legId: PHONE, by: 'peer', cause: 'normal' }))).toMatchObject([{ why: 'agentHungUp', isLast: false }]);
  });

  it('is that it went elsewhere when the customer came by themselves: also from its rest, if it stood in line before', () => {
    const resting = busy(called()).tell(facts.wrapUpOver);
    expect(resting.tell({ type: 'callback.superseded' }).order('queue.abandon')).toMatchObject({ place, why: 'overflow', offeredTo: null });
    expect(booked().tell({ type: 'callback.superseded' }).order('queue.abandon').why).toBe('overflow');
    expect(booked(rulesWith({ mayRing: () => false })).tell({ type: 'callback.superseded' }).types).not.toContain('queue.abandon');
  });
});

describe('a callback with the customer first', () => {
  const first = () => booked(rulesWith({ callback: () => ({ ...CALLBACK_DEFAULTS, order: 'customerFirst', attempts: 2, retryAfterMs: RETRY_MS, ringMs: 20_000 }) }));
  const reserved = () => first().tell({ ...facts.offered, expiresAt: 1_800_000_000_000 });

  it('rings the customer when an agent is reserved, and the agent once the customer is there and the agent has accepted', () => {
    const story = reserved();
    expect(story.types).toEqual(['screen.offer', 'timer.set', 'leg.dialOut', 'timer.set']);
    expect(story.order('leg.dialOut').beside).toBeNull();
    expect(story.tell(facts.shown, facts.accept).types).toEqual([]);
    story.tell({ type: 'leg.answered', legId: customerOf(story), address });
    expect(story.types).toEqual(['timer.cancel', 'media.music', 'timer.set', 'timer.set', 'leg.prepareDial', 'leg.dial']);
    expect(story.order('leg.dial').beside).toBe(customerOf(story));
    story.tell({ type: 'leg.answered', legId: PHONE, address }, facts.accepted);
    expect([story.phase, story.order('media.bridge').caller]).toEqual(['conversation', customerOf(story)]);
  });

  it('rings the agent who accepts later', () => {
    const story = reserved().tell(facts.shown);
    story.tell({ type: 'leg.answered', legId: customerOf(story), address }, facts.accept);
    expect(story.types).toEqual(['leg.dial']);
  });

  it('sets the agent free when the customer cannot be reached, and tries again later', () => {
    const story = busy(reserved().tell(facts.shown));
    expect([story.phase, story.state.callback?.attempts]).toMatchObject(['resting', [{ outcome: 'busy', agentId: ANNA }]]);
    expect(story.types).toEqual(expect.arrayContaining(['queue.abandon', 'screen.closeOffer', 'thread.append']));
    expect(reserved().tell(facts.recovered).state.callback?.attempts).toMatchObject([{ outcome: 'interrupted' }]);
  });

  it('leaves a customer who is there in line, with music, when the agent declines', () => {
    const story = reserved().tell(facts.shown);
    story.tell({ type: 'leg.answered', legId: customerOf(story), address }, facts.decline);
    expect([story.phase, story.state.callerLeg.phase]).toEqual(['waiting', 'up']);
  });

  describe.each([
    ['while the agent’s phone rings', (story: CallStory) => story.tell(facts.accept), ANNA],
    ['while no agent is there', (story: CallStory) => story.tell(facts.decline), null],
  ] as const)('of a customer who was there and is gone again %s', (_when, until, agentId) => {
    const there = () => {
      const story = reserved().tell(facts.shown);
      return until(story.tell({ type: 'leg.answered', legId: customerOf(story), address }));
    };

    it.each([
      ['laid down', 'peer', 'declined'],
      ['was lost', 'system', 'interrupted'],
    ] as const)('was an attempt in vain and is tried again, as nobody talked with them: who %s', (_what, by, outcome) => {
      const story = there();
      story.tell({ type: 'leg.hungUp', legId: customerOf(story), by, cause: 'normal' });
      expect([story.phase, story.state.callback?.attempts]).toMatchObject(['resting', [{ outcome, agentId }]]);
      expect([story.order('queue.abandon').why, story.order('queue.logNotReached')]).toMatchObject(['rest', { why: outcome, isLast: false }]);
      expect(story.types).not.toContain('place.keep');
      expect(story.last).toContainEqual({ type: 'timer.cancel', timer: 'queue:maxWait' });
    });

    it('is given up after the last attempt', () => {
      const story = there();
      story.rules = rulesWith({ callback: () => ({ ...CALLBACK_DEFAULTS, order: 'customerFirst', attempts: 1 }) });
      story.tell({ type: 'leg.hungUp', legId: customerOf(story), by: 'peer', cause: 'normal' });
      expect([story.order('queue.logNotReached').isLast, story.state.activity]).toEqual([true, { phase: 'ended', end: { result: 'upstreamError', reason: 'customer-declined' } }]);
    });
  });

  it('is an attempt in vain also where the customer was gone before we heard that they had lifted', () => {
    const story = reserved();
    story.tell({ type: 'leg.hungUp', legId: customerOf(story), by: 'peer', cause: 'normal' });
    expect([story.phase, story.state.callback?.attempts]).toMatchObject(['resting', [{ outcome: 'declined', agentId: ANNA }]]);
  });

  it('is over where the customer, who was there, asked for another one in the line', () => {
    const story = reserved().tell(facts.shown);
    story.rules = { ...story.rules, callback: () => ({ ...CALLBACK_DEFAULTS, order: 'customerFirst', offerAfterMs: 60_000 }) };
    story.tell({ type: 'leg.answered', legId: customerOf(story), address }, facts.decline, { type: 'timer.fired', timer: 'queue:callback' });
    story.tell({ type: 'digit.pressed', legId: customerOf(story), digit: '1' }, { type: 'leg.hungUp', legId: customerOf(story), by: 'peer', cause: 'normal' });
    expect([story.phase, story.order('queue.abandon').why]).toEqual(['ended', 'overflow']);
  });

  it('says at its next try what is to be said then, whatever was being said as the customer went', () => {
    const comfort = { everyMs: 30_000, prompts: ['calm'] };
    const story = reserved().tell(facts.shown);
    story.rules = { ...story.rules, queueWords: () => ({ welcome: null, position: true, wait: true, comfort }) };
    story.tell({ type: 'leg.answered', legId: customerOf(story), address }, facts.decline, { type: 'timer.fired', timer: 'queue:comfort' });
    expect(story.state.announcing).not.toBeNull();
    story.tell({ type: 'leg.hungUp', legId: customerOf(story), by: 'peer', cause: 'normal' });
    expect(story.state.announcing).toBeNull();
  });

  it('was reached where an agent talked with them: who lays down in line after the agent was lost has gone', () => {
    const story = reserved().tell(facts.shown, facts.accept);
    story.tell({ type: 'leg.answered', legId: customerOf(story), address }, { type: 'leg.answered', legId: PHONE, address }, facts.accepted, facts.bridged);
    story.tell({ type: 'leg.hungUp', legId: PHONE, by: 'system', cause: 'media-lost' }, { type: 'leg.hungUp', legId: customerOf(story), by: 'peer', cause: 'normal' });
    expect([story.phase, story.order('queue.abandon').why]).toEqual(['ended', 'callerLeft']);
  });

  it('tells a customer who is there and waits their place, as any caller, once there is no agent', () => {
    const story = reserved().tell(facts.shown);
    story.tell({ type: 'leg.answered', legId: customerOf(story), address });
    expect(story.last).toContainEqual({ type: 'timer.set', timer: 'queue:position', inMs: 20_000 });
    expect(story.tell({ type: 'queue.placed', position: 1, wait: null }).types).toEqual([]);
    story.tell(facts.decline, { type: 'timer.fired', timer: 'queue:position' });
    expect(story.types).toContain('queue.askPosition');
    expect(story.tell({ type: 'queue.placed', position: 1, wait: null }).order('media.say').utterances[0]?.text).toBe('number 1');
  });

  it('has a customer who is there wait no longer than any caller, from when they answered, also after a reload and a take-over', () => {
    const story = reserved().tell(facts.shown);
    story.now += 7_200_000;
    story.tell({ type: 'leg.answered', legId: customerOf(story), address });
    expect(story.last).toContainEqual({ type: 'timer.set', timer: 'queue:maxWait', inMs: MAX_WAIT_MS });
    story.tell(facts.decline, { type: 'centre.changed' });
    expect(story.last).toContainEqual({ type: 'timer.set', timer: 'queue:maxWait', inMs: MAX_WAIT_MS - 2_000 });
    story.tell(facts.recovered);
    expect(story.last).toContainEqual({ type: 'timer.set', timer: 'queue:maxWait', inMs: MAX_WAIT_MS - 3_000 });
    expect(reserved().tell({ type: 'centre.changed' }).types).toEqual(['queue.arrive']);
  });

  it('leaves no phone of a customer ringing when an operator drops it', () => {
    const story = reserved();
    const customer = customerOf(story);
    story.tell({ type: 'queue.overflowed', from: QUEUE, rule: 'operator', to: 'lastResort' });
    expect(story.phase).toBe('ended');
    expect(story.last.filter((order) => order.type === 'leg.cancelDial' && order.legId === customer)).toHaveLength(1);
  });

  it('ends when the customer came by themselves, and stops the ring', () => {
    const story = reserved();
    const customer = customerOf(story);
    story.tell({ type: 'callback.superseded' });
    expect(story.last).toContainEqual({ type: 'leg.cancelDial', legId: customer });
    expect(story.state.activity).toEqual({ phase: 'ended', end: { result: 'completed', reason: 'callback-superseded' } });
    expect(booked().tell({ type: 'callback.superseded' }).phase).toBe('ended');
  });
});
