import { describe, expect, it } from 'vitest';
import { brand, type QueueId } from '../../../gateway/core/ids.js';
import { ringTimer } from '../../../gateway/core/call/waiting-state.js';
import { ANNA, at, BO, CALLER, facts, OFFER, OFFER_2, offerOf, PHONE, QUEUE, RING_MS, rulesFor } from './call-story.js';

describe('an offer that is made', () => {
  it('shows the pop and prepares the phone, but does not ring yet', () => {
    const story = at.showing();
    expect(offerOf(story)).toMatchObject({ offerId: OFFER, agentId: ANNA, stage: 'showing' });
    expect(story.state.agentLeg).toEqual({ phase: 'ringing', legId: PHONE });
    expect(story.last).toEqual([
      { type: 'screen.offer', offerId: OFFER, agentId: ANNA, expiresAt: story.now + RING_MS },
      { type: 'leg.prepareDial', legId: PHONE, agentId: ANNA, beside: CALLER },
      { type: 'timer.set', timer: ringTimer(OFFER), inMs: RING_MS },
    ]);
  });

  it('passes its reason on to the screen', () => {
    const why = { trigger: 'callCame', alternatives: 1, hasMore: false, relaxations: 0, needs: [], preferred: [], strategy: 'linear' } as const;
    expect(at.waiting().tell({ ...facts.offered, why }).order('screen.offer')).toMatchObject({ why });
  });

  it('ends the one before when its end was not told, so that two phones never ring', () => {
    const story = at.ringing().tell({ ...facts.offered, offerId: OFFER_2, agentId: BO, expiresAt: 0 });
    expect(story.types.slice(0, 2)).toEqual(['leg.cancelDial', 'screen.closeOffer']);
    expect(story.order('screen.closeOffer')).toMatchObject({ offerId: OFFER, why: 'expired' });
    expect(story.order('leg.prepareDial')).toMatchObject({ agentId: BO, legId: 'call-1-a2' });
    expect(offerOf(story)).toMatchObject({ offerId: OFFER_2, stage: 'showing' });
  });

  it('is not ended by the ring timer of the one before, fired in the moment it was cancelled', () => {
    const story = at.ringing().tell(facts.lost, { ...facts.offered, offerId: OFFER_2, agentId: BO, expiresAt: 0 });
    expect(story.tell(facts.rangOut).types).toEqual([]);
    expect(offerOf(story)).toMatchObject({ offerId: OFFER_2, agentId: BO });
  });

  it('gives the next agent a leg of their own', () => {
    const story = at.ringing().tell(facts.rangOut, { ...facts.offered, offerId: OFFER_2, agentId: BO, expiresAt: 0 });
    expect(story.order('leg.prepareDial').legId).toBe('call-1-a2');
    expect(story.state.figures.offers).toBe(2);
  });
});

describe('an offer that is shown', () => {
  it('waits for Accept where the screen answers', () => {
    const story = at.shown();
    expect(offerOf(story)?.stage).toBe('shown');
    expect(story.types).toEqual([]);
  });

  it('rings at once where the phone answers', () => {
    const story = at.shown(rulesFor({ answerMode: () => 'phone' }));
    expect(offerOf(story)?.stage).toBe('ringing');
    expect(story.last).toEqual([{ type: 'leg.dial', legId: PHONE, agentId: ANNA, beside: CALLER, shouldAutoAnswer: false }]);
  });

  it('rings at once also without an acknowledgement', () => {
    const story = at.showing(rulesFor({ answerMode: () => 'phone' })).tell({ ...facts.shown, isAcknowledged: false });
    expect(story.types).toEqual(['leg.dial']);
  });
});

describe('Accept', () => {
  it('rings an auto-answering phone', () => {
    const story = at.ringing();
    expect(offerOf(story)).toMatchObject({ stage: 'ringing', isAcceptedOnScreen: true });
    expect(story.last).toEqual([{ type: 'leg.dial', legId: PHONE, agentId: ANNA, beside: CALLER, shouldAutoAnswer: true }]);
  });

  it('before the pop was shown is kept until it is', () => {
    const story = at.showing().tell(facts.accept);
    expect(story.types).toEqual([]);
    expect(offerOf(story)?.stage).toBe('showing');
    expect(story.tell(facts.shown).order('leg.dial').shouldAutoAnswer).toBe(true);
  });
});

describe('a lifted phone', () => {
  it('asks the queue, once', () => {
    const story = at.asked();
    expect(offerOf(story)?.stage).toBe('answered');
    expect(story.last).toEqual([{ type: 'queue.accept', requestId: expect.stringContaining('accept') as string, offerId: OFFER }]);
    expect(story.tell(facts.lifted).types).toEqual([]);
  });

  it('is joined with the caller when the queue accepts', () => {
    const story = at.joined();
    expect(story.state).toMatchObject({ activity: { phase: 'conversation', agentId: ANNA, isBridged: false }, figures: { waitMs: 4_000, agentId: ANNA } });
    expect(story.order('media.bridge')).toEqual({ type: 'media.bridge', caller: CALLER, agent: PHONE });
    expect(story.order('screen.closeOffer').why).toBe('answered');
    expect(story.types).toEqual(expect.arrayContaining(['timer.cancel']));
  });

  it('is hung up when the queue refuses', () => {
    const story = at.asked().tell(facts.refused);
    expect(story.types).toEqual(['leg.hangUp', 'queue.arrive', 'screen.closeOffer', 'timer.cancel']);
    expect(story.state).toMatchObject({ agentLeg: null, activity: { phase: 'waiting', offer: null } });
  });

  it.each([
    ['the store came back', { type: 'store.returned' }],
    ['the centre changed', { type: 'centre.changed' }],
    ['an earlier wish failed', { type: 'timer.fired', timer: 'queue:again' }],
  ] as const)('has its caller line up only after the verdict when %s: else who talks would be offered to somebody else', (_what, fact) => {
    const story = at.asked().tell(fact);
    expect(story.types).not.toContain('queue.arrive');
    expect(story.tell(facts.refused).order('queue.arrive')).toMatchObject({ isReturning: false, mayOverflow: false });
  });

  it('cannot be declined, rung out or refused by its own end any more', () => {
    for (const fact of [facts.decline, facts.rangOut, facts.laidDown, facts.phoneFailed('VG_FAILED')]) {
      const story = at.asked().tell(fact);
      expect(story.types).toEqual([]);
      expect(offerOf(story)?.stage).toBe('answered');
    }
  });

  it('that is laid down before the verdict sets the agent free and gives the caller the first place', () => {
    const story = at.asked().tell(facts.laidDown, facts.accepted);
    expect(story.types).toEqual(['queue.complete', 'queue.arrive', 'screen.closeOffer', 'timer.cancel']);
    expect(story.order('queue.complete')).toMatchObject({ agentId: ANNA, talkMs: null, afterwards: 'notReady' });
    expect(story.order('queue.arrive').isReturning).toBe(true);
    expect(story.state).toMatchObject({ agentLeg: null, activity: { phase: 'waiting', offer: null, isReturning: true } });
  });

  it('is told to the figures once they talk, not where the phone was laid down meanwhile, and again by who takes the talk over', () => {
    const told = { type: 'queue.logAnswer', offerId: OFFER, agentId: ANNA, waitMs: facts.accepted.waitMs };
    expect(at.asked().tell(facts.accepted).order('queue.logAnswer')).toMatchObject(told);
    expect(at.asked().tell(facts.laidDown, facts.accepted).orders.map(({ type }) => type)).not.toContain('queue.logAnswer');
    expect(at.conversation().tell(facts.recovered).order('queue.logAnswer')).toMatchObject(told);
    expect(at.asked().tell({ ...facts.refused, code: 'VG_STORE' }).order('queue.complete').talkMs).toBeNull();
  });

  it('whose verdict never came is undone both ways: talk and offer', () => {
    const story = at.asked().tell({ ...facts.refused, code: 'VG_STORE' });
    expect(story.types).toEqual(['leg.hangUp', 'queue.release', 'queue.complete', 'queue.arrive', 'screen.closeOffer', 'timer.cancel']);
    expect(story.order('queue.arrive').isReturning).toBe(true);
    expect(story.tell({ type: 'queue.failed', code: 'VG_STORE' }, { type: 'timer.fired', timer: 'queue:again' }).order('queue.arrive').isReturning).toBe(true);
  });
});

describe('an offer without an answer', () => {
  const STAGES = [
    ['showing', at.showing],
    ['shown', at.shown],
    ['ringing', at.ringing],
  ] as const;
  const ENDS = [
    ['Decline', facts.decline, { why: 'declined', shown: 'declined' }],
    ['the end of the ring time', facts.rangOut, { why: 'noAnswer', shown: 'expired' }],
    ['a busy phone', facts.phoneFailed('VG_BUSY'), { why: 'busy', shown: 'busy' }],
    ['a phone that declines', facts.phoneFailed('VG_DECLINED'), { why: 'declined', shown: 'declined' }],
    ['a phone that rings out', facts.phoneFailed('VG_NO_ANSWER'), { why: 'noAnswer', shown: 'noAnswer' }],
    ['a media server that has nothing for the phone', facts.phoneFailed('VG_MEDIA'), { why: 'noService', shown: 'noService' }],
    ['a SIP server that is away', facts.phoneFailed('VG_SIP'), { why: 'noService', shown: 'noService' }],
    ['a phone that fails', facts.phoneFailed('VG_FAILED'), { why: 'legFailed', shown: 'legFailed' }],
  ] as const;
  for (const [stage, begin] of STAGES) {
    it.each(ENDS)(`goes back to the queue while ${stage}: %s`, (_how, fact, told) => {
      const story = begin().tell(fact);
      expect(story.order('queue.release')).toMatchObject({ offerId: OFFER, why: told.why });
      expect(story.order('screen.closeOffer')).toMatchObject({ offerId: OFFER, agentId: ANNA, why: told.shown });
      expect(story.last).toContainEqual({ type: 'timer.cancel', timer: ringTimer(OFFER) });
      expect(story.types.includes('leg.cancelDial')).toBe(!fact.type.startsWith('leg.'));
      expect(story.state).toMatchObject({ callerLeg: { phase: 'up' }, agentLeg: null, activity: { phase: 'waiting', offer: null } });
    });

    it(`that the queue took back while ${stage} is not released again`, () => {
      const story = begin().tell(facts.lost);
      expect(story.types).toEqual(['leg.cancelDial', 'screen.closeOffer', 'timer.cancel']);
      expect(story.order('screen.closeOffer').why).toBe('expired');
    });
  }
});

describe('a caller who leaves', () => {
  it.each([
    ['nobody was found yet', at.waiting, null],
    ['the pop is on its way', at.showing, 'leg.cancelDial'],
    ['the pop is shown', at.shown, 'leg.cancelDial'],
    ['the phone rings', at.ringing, 'leg.cancelDial'],
    ['the queue is asked', at.asked, 'leg.hangUp'],
  ] as const)('leaves the line, stops the ring and closes the pop: %s', (_when, begin, endsLeg) => {
    const story = begin().tell(facts.callerLeaves);
    expect(story.state.activity).toEqual({ phase: 'ended', end: { result: 'abandoned', reason: 'caller-hung-up' } });
    expect(story.order('queue.abandon').offeredTo).toBe(endsLeg === null ? null : ANNA);
    if (endsLeg === null) return expect(story.types).not.toContain('screen.closeOffer');
    expect(story.last).toContainEqual({ type: endsLeg, legId: PHONE, ...(endsLeg === 'leg.hangUp' ? { cause: 'NORMAL_CLEARING' } : {}) });
    expect(story.order('screen.closeOffer')).toMatchObject({ offerId: OFFER, why: 'callerLeft' });
  });

  it.each([
    ['the connection of the caller broke', facts.callerLost, 'cutOff'],
    ['an operator moved the caller', { type: 'queue.overflowed', from: QUEUE, rule: 'operator', to: { queue: brand<QueueId>('other') } }, 'elsewhere'],
    ['an operator dropped the caller', { type: 'queue.overflowed', from: QUEUE, rule: 'operator', to: 'lastResort' }, 'elsewhere'],
  ] as const)('is not said to have hung up when %s', (_what, event, why) => {
    expect(at.ringing().tell(event).order('screen.closeOffer').why).toBe(why);
  });
});
