import { describe, expect, it } from 'vitest';
import { ANNA, at, CALLER, facts, PHONE, QUEUE, type CallStory } from './call-story.js';

describe('a conversation', () => {
  it('is shown on the screen once the bridge stands', () => {
    const story = at.conversation();
    expect(story.last).toEqual([{ type: 'screen.talking', agentId: ANNA }]);
    expect(story.state.activity).toMatchObject({ phase: 'conversation', isBridged: true });
  });

  it.each([
    ['the caller hangs up', facts.callerLeaves, { by: 'caller', end: { result: 'completed', reason: 'caller-hung-up' }, hungUp: [PHONE] }],
    ['the agent’s phone is laid down', facts.laidDown, { by: 'agent', end: { result: 'completed', reason: 'agent-hung-up' }, hungUp: [CALLER] }],
    ['the agent hangs up on the screen', { type: 'agent.hungUp', agentId: ANNA }, { by: 'agent', end: { result: 'completed', reason: 'agent-hung-up' }, hungUp: [PHONE, CALLER] }],
    ['the caller’s leg is lost', facts.callerLost, { by: 'system', end: { result: 'upstreamError', reason: 'media-timeout' }, hungUp: [PHONE] }],
  ] as const)('ends in wrap-up with the other leg hung up when %s', (_how, fact, wanted) => {
    const story = at.conversation();
    const since = story.state.activity.phase === 'conversation' ? story.state.activity.since : 0;
    story.tell(fact);
    expect(story.state).toMatchObject({ callerLeg: { phase: 'gone' }, agentLeg: { phase: 'gone' }, activity: { phase: 'wrapUp', agentId: ANNA, end: wanted.end }, figures: { talkMs: story.now - since } });
    expect(story.last.flatMap((effect) => (effect.type === 'leg.hangUp' ? [effect.legId] : []))).toEqual(wanted.hungUp);
    expect(story.order('queue.complete')).toMatchObject({ agentId: ANNA, afterwards: 'wrapUp' });
    expect(story.order('screen.callEnded')).toEqual({ type: 'screen.callEnded', agentId: ANNA, by: wanted.by });
    expect(story.order('thread.append').end).toEqual(wanted.end);
  });

  it.each([
    ['the agent’s leg is lost', at.conversation, facts.phoneLost, false],
    ['the bridge fails', at.joined, { type: 'bridge.failed', code: 'VG_MEDIA' }, true],
  ] as const)('brings the caller back to the head of the line with music when %s', (_how, begin, fact, isPhoneUp) => {
    const story = begin();
    const queuedAt = story.state.activity.phase === 'conversation' ? story.state.activity.place.queuedAt : 0;
    story.tell(fact);
    expect(story.state).toMatchObject({ callerLeg: { phase: 'up' }, agentLeg: null, activity: { phase: 'waiting', place: { queue: QUEUE, queuedAt }, offer: null, isReturning: true } });
    expect(story.types.includes('leg.hangUp')).toBe(isPhoneUp);
    expect(story.order('queue.complete')).toMatchObject({ agentId: ANNA, afterwards: 'notReady' });
    expect(story.order('queue.arrive')).toMatchObject({ isReturning: true, place: { queuedAt } });
    expect(story.types.indexOf('queue.complete')).toBeLessThan(story.types.indexOf('queue.arrive'));
    expect(story.last).toContainEqual({ type: 'media.music', legId: CALLER, queue: QUEUE });
    expect(story.order('media.say').utterances[0]?.text).toBe('queue.returned');
    expect(story.order('screen.callEnded').by).toBe('system');
  });

  const twice = (): CallStory => {
    const story = at.conversation().tell(facts.phoneLost);
    story.tell({ ...facts.offered, offerId: 'offer-2' as typeof facts.offered.offerId, expiresAt: 0 }, { ...facts.shown, offerId: 'offer-2' as typeof facts.offered.offerId });
    story.tell({ ...facts.accept, offerId: 'offer-2' as typeof facts.offered.offerId });
    const phone = story.order('leg.dial').legId;
    story.tell({ ...facts.lifted, legId: phone }, { ...facts.accepted, offerId: 'offer-2' as typeof facts.offered.offerId }, facts.bridged, facts.callerLeaves);
    return story;
  };

  it('adds the talks of a call up', () => {
    const story = twice();
    expect(story.phase).toBe('wrapUp');
    expect(story.state.figures).toMatchObject({ offers: 2, talkMs: at.conversation().tell(facts.phoneLost).state.figures.talkMs + 2_000 });
  });

  it('states the end of the last talk again as it was, without those before', () => {
    const { talkMs } = twice().order('queue.complete');
    expect(talkMs).toBe(2_000);
    expect(twice().tell(facts.recovered).order('queue.complete').talkMs).toBe(talkMs);
    expect(twice().tell({ type: 'store.returned' }).order('queue.complete').talkMs).toBe(talkMs);
  });
});

describe('a wrap-up', () => {
  it('ends with the filed disposition, which goes to the thread and sets the agent free', () => {
    const story = at.wrapUp().tell(facts.filed);
    expect(story.types).toEqual(['thread.note', 'queue.endWrapUp', 'call.forget']);
    expect(story.order('thread.note')).toEqual({ type: 'thread.note', agentId: ANNA, disposition: 'other', note: 'called back' });
    expect(story.state.activity).toEqual({ phase: 'ended', end: { result: 'completed', reason: 'caller-hung-up' } });
  });

  it('ends without one when its time is over', () => {
    expect(at.wrapUp().tell(facts.wrapUpOver).types).toEqual(['call.forget']);
  });

  it('takes one disposition only', () => {
    expect(at.wrapUp().tell(facts.filed, facts.filed).types).toEqual([]);
  });
});
