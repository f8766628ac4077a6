import { describe, expect, it } from 'vitest';
import { CALLBACK_DEFAULTS } from '../../../gateway/core/acd/callback-config.js';
import { ANNA, MAX_WAIT_MS, QUEUE, address, facts, type CallStory } from './call-story.js';
import { RETRY_MS, rulesWith, PHONE, booked, customerOf, busy } from './callback-story.js';

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
      expect(story.order('queue.abandon').why).toMatchObject({ why: outcome, isLast: false });
      expect(story.types).not.toContain('place.keep');
      expect(story.last).toContainEqual({ type: 'timer.cancel', timer: 'queue:maxWait' });
    });

    it('is given up after the last attempt', () => {
      const story = there();
      story.rules = rulesWith({ callback: () => ({ ...CALLBACK_DEFAULTS, order: 'customerFirst', attempts: 1 }) });
      story.tell({ type: 'leg.hungUp', legId: customerOf(story), by: 'peer', cause: 'normal' });
      expect([story.order('queue.abandon').why, story.state.activity]).toMatchObject([{ isLast: true }, { phase: 'ended', end: { result: 'upstreamError', reason: 'customer-declined' } }]);
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
