import { describe, expect, it } from 'vitest';
import type { CallEvent } from '../../../gateway/core/call/call-events.js';
import { brand, type LegId, type OfferId } from '../../../gateway/core/ids.js';
import { ANNA, at, AT, BO, CALLER, CallStory, facts, type Fact, NODE, PHONE, QUEUE } from './call-story.js';

describe('a call that arrives', () => {
  it('is answered', () => {
    const story = new CallStory();
    expect(story.state).toMatchObject({ node: NODE, arrivedAt: AT, callerLeg: { phase: 'arriving', legId: CALLER }, activity: { phase: 'answering' } });
    expect(story.last).toEqual([{ type: 'leg.answer', legId: CALLER }]);
  });

  it('begins its flow when the leg is up', () => {
    const story = at.flow();
    expect(story.state).toMatchObject({ callerLeg: { phase: 'up' }, figures: { answeredAt: AT + 1_000 }, activity: { phase: 'flow' } });
    expect(story.types).toContain('media.say');
  });

  it.each([
    ['a caller who cancels', facts.callerLeaves, { result: 'abandoned', reason: 'caller-hung-up' }],
    ['a caller who was gone when the answer was ready', { type: 'leg.failed', legId: CALLER, code: 'VG_LEG_GONE' }, { result: 'abandoned', reason: 'caller-hung-up' }],
    ['no media', { type: 'leg.failed', legId: CALLER, code: 'VG_MEDIA' }, { result: 'serverError', reason: 'no-media' }],
    ['the death of the process that was answering, when the INVITE was too long to be kept', facts.recovered, { result: 'serverError', reason: 'gateway-lost' }],
  ] as const)('ends with %s', (_what, fact, end) => {
    const story = at.answering().tell(fact);
    expect(story.state.activity).toEqual({ phase: 'ended', end });
    expect(story.last).toEqual(expect.arrayContaining([{ type: 'thread.append', end }, { type: 'call.forget', end }]));
  });
});

describe('a call whose process died before the answer', () => {
  const arrived = (): CallStory => new CallStory(undefined, { arrival: 'the INVITE' });

  it('is answered by the process that takes it over', () => {
    const story = arrived().tell(facts.recovered);
    expect(story.state).toMatchObject({ activity: { phase: 'answering' }, callerLeg: { phase: 'arriving', arrival: 'the INVITE' } });
    expect(story.last).toEqual([{ type: 'leg.answer', legId: CALLER }]);
    expect(story.tell(facts.answered).phase).toBe('flow');
    expect(story.state.callerLeg).not.toHaveProperty('arrival');
  });

  it('ends when that process had answered after all: its channel is not known', () => {
    const story = arrived().tell({ ...facts.callerLost, cause: 'gone-meanwhile' }, facts.recovered);
    expect(story.state.activity).toEqual({ phase: 'ended', end: { result: 'serverError', reason: 'gateway-lost' } });
  });
});

describe('every effect of a call that ended', () => {
  it.each([
    ['while answering', at.answering().tell(facts.callerLeaves)],
    ['in the flow', at.flow().tell(facts.callerLeaves)],
    ['waiting', at.waiting().tell(facts.callerLeaves)],
    ['ringing', at.ringing().tell(facts.callerLeaves)],
    ['closing', at.closing().tell(facts.callerLeaves)],
    ['wrapping up', at.wrapUp().tell(facts.filed)],
  ] as const)('ends with one thread entry and the order to forget it: %s', (_where, story) => {
    expect(story.phase).toBe('ended');
    expect(story.types.at(-1)).toBe('call.forget');
    expect(story.orders.filter((effect) => effect.type === 'thread.append')).toHaveLength(1);
  });
});

const OTHER_LEG = brand<LegId>('call-1-a9');
const OTHER_OFFER = brand<OfferId>('offer-9');
/** Facts that no call in any phase expects: of another leg, offer, agent, prompt or timer. */
const STRAY: readonly CallEvent[] = [
  { type: 'leg.answered', at: AT, legId: OTHER_LEG, address: { dialogId: 'd', mediaServer: 'm', channel: 'c' } },
  { type: 'leg.failed', at: AT, legId: OTHER_LEG, code: 'VG_BUSY' },
  { type: 'leg.hungUp', at: AT, legId: OTHER_LEG, by: 'peer', cause: 'normal' },
  { type: 'leg.held', at: AT, legId: OTHER_LEG, isHeld: true },
  { type: 'digit.pressed', at: AT, legId: OTHER_LEG, digit: '1' },
  { type: 'say.ended', at: AT, sayId: 'nobody', isWhole: true },
  { type: 'say.failed', at: AT, sayId: 'nobody' },
  { type: 'timer.fired', at: AT, timer: 'nothing' },
  { type: 'timer.fired', at: AT, timer: 'flow:nothing.1' },
  { type: 'connector.returned', at: AT, requestId: 'nobody', exit: 'ok', result: null },
  { type: 'offer.lost', at: AT, offerId: OTHER_OFFER, why: 'expired' },
  { type: 'offer.shown', at: AT, offerId: OTHER_OFFER, isAcknowledged: true },
  { type: 'offer.accepted', at: AT, offerId: OTHER_OFFER, waitMs: 1 },
  { type: 'offer.refused', at: AT, offerId: OTHER_OFFER, code: 'VG_OFFER_LOST' },
  { type: 'agent.accepted', at: AT, agentId: BO, offerId: OTHER_OFFER },
  { type: 'agent.declined', at: AT, agentId: BO, offerId: OTHER_OFFER },
  { type: 'agent.hungUp', at: AT, agentId: BO },
  { type: 'agent.filed', at: AT, agentId: BO, disposition: 'other', note: '' },
  { type: 'wrapUp.over', at: AT, agentId: BO },
];

describe('facts about something else', () => {
  for (const [phase, begin] of Object.entries(at)) {
    it.each(STRAY.map((event) => [event.type, event] as const))(`change nothing while ${phase}: %s`, (_type, event) => {
      const story = begin();
      const { version: _before, ...before } = story.state;
      story.tell(event);
      const { version: _after, ...after } = story.state;
      expect(story.types).toEqual([]);
      expect(after).toEqual(before);
    });
  }
});

/** The fact that brought the call to its phase, told once more. */
const REPEATED: readonly (readonly [string, () => CallStory, Fact])[] = [
  ['the answer', at.flow, facts.answered],
  ['an offer', at.showing, { ...facts.offered, expiresAt: AT + 60_000 }],
  ['an offer that was lost meanwhile', () => at.shown().tell(facts.lost), { ...facts.offered, expiresAt: AT + 60_000 }],
  ['an offer that led to the talk', at.conversation, { ...facts.offered, expiresAt: AT + 60_000 }],
  ['the pop', at.shown, facts.shown],
  ['Accept', at.ringing, facts.accept],
  ['the lifted phone', at.asked, facts.lifted],
  ['the verdict', at.joined, facts.accepted],
  ['the bridge', at.conversation, facts.bridged],
  ['a failed bridge after it stood', at.conversation, { type: 'bridge.failed', code: 'VG_MEDIA' }],
  ['the hang-up', at.wrapUp, facts.callerLeaves],
  ['the agent’s hang-up after the caller’s', at.wrapUp, facts.laidDown],
  ['Hang up on the screen', at.wrapUp, { type: 'agent.hungUp', agentId: ANNA }],
  ['a declined offer', () => at.shown().tell(facts.decline), facts.decline],
  ['an offer that was lost', () => at.shown().tell(facts.lost), facts.lost],
];

describe('late and repeated facts', () => {
  it.each(REPEATED)('change nothing: %s', (_what, begin, fact) => {
    const story = begin();
    const { version: _before, ...before } = story.state;
    story.tell(fact);
    const { version: _after, ...after } = story.state;
    expect(story.types).toEqual([]);
    expect(after).toEqual(before);
  });

  it('order nothing once the call has ended', () => {
    for (const fact of Object.values(facts)) {
      if (typeof fact === 'function') continue;
      const story = at.ended().tell(fact);
      expect(story.types).toEqual([]);
      expect(story.phase).toBe('ended');
    }
  });
});

describe('a leg', () => {
  it('is held and taken back without touching anything else', () => {
    const story = at.conversation().tell({ type: 'leg.held', legId: CALLER, isHeld: true });
    expect(story.state.callerLeg).toMatchObject({ phase: 'up', isHeld: true });
    expect(story.types).toEqual([]);
    story.tell({ type: 'leg.held', legId: CALLER, isHeld: false });
    expect(story.state.callerLeg).toMatchObject({ phase: 'up', isHeld: false });
  });

  it('that is gone stays gone', () => {
    const story = at.wrapUp().tell(facts.answered, facts.lifted, { type: 'leg.held', legId: PHONE, isHeld: true });
    expect(story.state).toMatchObject({ callerLeg: { phase: 'gone' }, agentLeg: { phase: 'gone' } });
  });
});

describe('a call taken over by another process', () => {
  it('asks nothing of the queue under an id of the process before, whose last orders may not have been saved', () => {
    const idsOf = (story: CallStory) => story.orders.flatMap((order) => ('requestId' in order ? [order.requestId] : []));
    const [before, now] = [at.ringing(), at.ringing()].map((story, takeovers) => {
      story.orders.length = 0;
      story.state = { ...story.state, takeovers };
      return story;
    });
    if (before === undefined || now === undefined) throw new Error('two processes');
    const unsaved = idsOf(before.tell({ type: 'store.returned' }, facts.callerLeaves));
    expect(unsaved).not.toEqual([]);
    expect(idsOf(now.tell(facts.recovered, facts.callerLeaves)).filter((id) => unsaved.includes(id))).toEqual([]);
  });

  it('says its prompt again in the flow', () => {
    const story = at.flow().tell(facts.recovered);
    expect(story.types).toContain('media.say');
  });

  it('orders a pending request to the back end again, under the same keys', () => {
    const story = at.flow().tell(facts.key('2'));
    const first = story.order('connector.call');
    expect(story.tell(facts.recovered).order('connector.call')).toEqual(first);
  });

  it.each([
    ['nobody', at.waiting, []],
    ['a pop on its way', at.showing, ['queue.release', 'queue.complete']],
    ['a pop', at.shown, ['queue.release', 'queue.complete']],
    ['a ringing phone', at.ringing, ['queue.release', 'queue.complete']],
    ['a lifted phone whose verdict is not known', at.asked, ['leg.hangUp', 'queue.release', 'queue.complete']],
  ] as const)('lines up again with music, giving back what it held, and a talk that the last snapshot did not know of yet: %s', (_what, begin, gives) => {
    const story = begin().tell(facts.recovered);
    expect(story.state).toMatchObject({ agentLeg: null, activity: { phase: 'waiting', offer: null, place: { queue: QUEUE } } });
    expect(story.types.slice(0, gives.length)).toEqual(gives);
    expect(story.types).toEqual(expect.arrayContaining(['media.music', 'queue.arrive', 'timer.set']));
    expect(story.order('queue.arrive').isReturning).toBe(begin !== at.waiting);
  });

  it('goes on talking and shows the talk on the screen anew', () => {
    const story = at.conversation().tell(facts.recovered);
    expect(story.phase).toBe('conversation');
    expect(story.types).toEqual(['screen.talking', 'queue.logAnswer']);
    expect(story.order('screen.talking').agentId).toBe(ANNA);
  });

  it('is bridged again when nobody knows whether it was', () => {
    const story = at.joined().tell(facts.recovered);
    expect(story.types).toEqual(['media.bridge', 'queue.logAnswer']);
    expect(story.order('media.bridge')).toEqual({ type: 'media.bridge', caller: CALLER, agent: PHONE });
  });

  it('says the last words again, then ends', () => {
    const story = at.closing().tell(facts.recovered);
    const { sayId, utterances } = story.order('media.say');
    expect(utterances[0]?.text).toBe('sorry.tryLater');
    story.tell({ type: 'say.ended', sayId, isWhole: true });
    expect(story.state.activity).toEqual({ phase: 'ended', end: { result: 'serverError', reason: 'queue-unreachable' } });
  });

  it('keeps its wrap-up', () => {
    const story = at.wrapUp().tell(facts.recovered);
    expect(story.phase).toBe('wrapUp');
    expect(story.tell(facts.filed).phase).toBe('ended');
  });

  it('ends when its caller was found gone', () => {
    expect(at.waiting().tell({ ...facts.callerLeaves, cause: 'gone-meanwhile' }, facts.recovered).phase).toBe('ended');
  });
});
