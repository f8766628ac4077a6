import { describe, expect, it } from 'vitest';
import { CALLBACK_DEFAULTS } from '../../../gateway/core/acd/callback-config.js';
import { at, CALLER, facts, MAX_WAIT_MS, PHONE, QUEUE, rulesFor } from './call-story.js';

describe('a caller who asks for a person', () => {
  it('hears music and the welcome, and lines up', () => {
    const story = at.waiting();
    expect(story.state).toMatchObject({ queuedIn: QUEUE, activity: { phase: 'waiting', place: { queue: QUEUE, queuedAt: story.now }, offer: null } });
    expect(story.order('queue.arrive')).toMatchObject({ place: { queue: QUEUE }, isReturning: false });
    expect(story.last).toContainEqual({ type: 'media.music', legId: CALLER, queue: QUEUE });
    expect(story.last).toContainEqual({ type: 'timer.set', timer: 'queue:maxWait', inMs: MAX_WAIT_MS });
    expect(story.order('media.say').utterances[0]?.text).toBe('queue.welcome');
  });

  it('hears the place after the welcome, and again only when it got better', () => {
    const story = at.waiting();
    const { sayId } = story.order('media.say');
    expect(story.tell({ type: 'say.ended', sayId, isWhole: true }).types).toEqual(['queue.askPosition']);
    const said = story.tell({ type: 'queue.placed', position: 3, wait: null }).order('media.say');
    expect(said.utterances[0]?.text).toBe('number 3');
    story.tell({ type: 'say.ended', sayId: said.sayId, isWhole: true });
    expect(story.types).toEqual([]);
    expect(story.tell({ type: 'queue.placed', position: 3, wait: null }).types).toEqual([]);
    expect(story.tell({ type: 'queue.placed', position: 4, wait: null }).types).toEqual([]);
    expect(story.tell({ type: 'queue.placed', position: 2, wait: null }).order('media.say').utterances[0]?.text).toBe('number 2');
  });

  it.each([
    ['the welcome is being said', at.waiting],
    ['an agent was found', () => at.showing().tell({ type: 'say.ended', sayId: at.waiting().order('media.say').sayId, isWhole: true })],
  ] as const)('is not told a place while %s', (_while, begin) => {
    expect(begin().tell({ type: 'queue.placed', position: 1, wait: null }).types).toEqual([]);
  });

  it('is told nothing when the queue does not know the call', () => {
    const story = at.waiting();
    story.tell({ type: 'say.failed', sayId: story.order('media.say').sayId });
    expect(story.tell({ type: 'queue.placed', position: null, wait: null }).types).toEqual([]);
  });

  it('has the place looked at every 20 s', () => {
    expect(at.waiting().tell({ type: 'timer.fired', timer: 'queue:position' }).last).toEqual([{ type: 'timer.set', timer: 'queue:position', inMs: 20_000 }, { type: 'queue.askPosition' }]);
  });

  it('keeps keys to themselves: nothing is ordered by one', () => {
    expect(at.waiting().tell(facts.key('1')).types).toEqual([]);
  });

  it('who hangs up leaves the line by their own wish, and nothing is kept for them', () => {
    const story = at.waiting().tell(facts.callerLeaves);
    expect(story.order('queue.abandon').why).toBe('callerLeft');
    expect(story.types).not.toContain('place.keep');
  });

  it('whose leg is lost leaves the line with that cause and the time waited, is counted as cut off, and keeps the place', () => {
    const story = at.waiting();
    const from = story.now;
    story.tell(facts.callerLost);
    expect([story.order('queue.abandon').why, story.order('place.keep').afterMs]).toEqual(['cutOff', story.now - from]);
    expect(story.state).toMatchObject({ activity: { phase: 'ended', end: { reason: 'media-timeout' } }, figures: { waitMs: story.now - from } });
  });
});

describe('a queue that cannot be reached', () => {
  it('is asked again after a second', () => {
    const story = at.waiting().tell({ type: 'queue.failed', code: 'VG_STORE' });
    expect(story.last).toEqual([{ type: 'timer.set', timer: 'queue:again', inMs: 1_000 }]);
    expect(story.tell({ type: 'timer.fired', timer: 'queue:again' }).order('queue.arrive').isReturning).toBe(false);
  });

  it('is given up after half a minute: the call leaves the line, the caller is told, then the call ends', () => {
    const story = at.closing();
    expect(story.types).toContain('queue.abandon');
    const { sayId, utterances } = story.order('media.say');
    expect(utterances[0]?.text).toBe('sorry.tryLater');
    expect(story.phase).toBe('closing');
    expect(story.tell({ type: 'say.ended', sayId, isWhole: true }).state.activity).toEqual({ phase: 'ended', end: { result: 'serverError', reason: 'queue-unreachable' } });
  });

  it('ends the ring as well when it is given up', () => {
    const story = at.ringing();
    for (let again = 0; again < 31; again++) story.tell({ type: 'queue.failed', code: 'VG_STORE' });
    expect(story.last).toContainEqual({ type: 'leg.cancelDial', legId: PHONE });
    expect(story.order('screen.closeOffer').why).toBe('elsewhere');
  });
});

describe('a wait that is too long', () => {
  it('ends with the last words', () => {
    const story = at.waiting().tell({ type: 'timer.fired', timer: 'queue:maxWait' });
    expect(story.state.activity).toEqual({ phase: 'closing', end: { result: 'serverError', reason: 'waited-too-long' }, words: 'own' });
    expect(story.types).toEqual(expect.arrayContaining(['queue.abandon', 'media.say']));
  });

  it('goes to the number’s last resort where there is one', () => {
    const story = at.waiting(rulesFor({ lastResortTarget: 'sip:night@127.0.0.1' })).tell({ type: 'timer.fired', timer: 'queue:maxWait' });
    expect(story.phase).toBe('transferring');
    expect(story.order('leg.dialOut').target).toBe('sip:night@127.0.0.1');
  });

  it('counts the time in this line so far when another process takes the call over', () => {
    const story = at.waiting(rulesFor({ callback: () => ({ ...CALLBACK_DEFAULTS, offerAfterMs: 120_000 }) }));
    story.now += 90_000 - 1_000;
    expect(story.tell(facts.recovered).last).toEqual(expect.arrayContaining([
      { type: 'timer.set', timer: 'queue:maxWait', inMs: MAX_WAIT_MS - 90_000 },
      { type: 'timer.set', timer: 'queue:callback', inMs: 30_000 },
    ]));
    story.now += MAX_WAIT_MS;
    expect(story.tell(facts.recovered).last).toContainEqual({ type: 'timer.set', timer: 'queue:maxWait', inMs: 0 });
  });

  it('is measured by other rules as soon as the contact centre has them, with the place kept and the music going on', () => {
    const story = at.waiting();
    const { queuedAt } = story.order('queue.arrive').place;
    story.rules = rulesFor({ overflowAfterMs: () => 120_000, maxWaitMs: 300_000, callback: () => ({ ...CALLBACK_DEFAULTS, offerAfterMs: 30_000 }) });
    story.now += 90_000 - 1_000;
    story.tell({ type: 'centre.changed' });
    expect(story.last.filter(({ type }) => type !== 'timer.cancel')).toMatchObject([
      { type: 'queue.arrive', place: { queue: QUEUE, queuedAt }, isReturning: false, mayOverflow: false },
      { type: 'timer.set', timer: 'queue:maxWait', inMs: 210_000 },
      { type: 'timer.set', timer: 'queue:overflow', inMs: 30_000 },
      { type: 'timer.set', timer: 'queue:callback', inMs: 0 },
    ]);
  });

  it('has nothing of what the rules before had and these have not: no callback is offered that a reload has taken away', () => {
    const story = at.waiting(rulesFor({ overflowAfterMs: () => 120_000, callback: () => ({ ...CALLBACK_DEFAULTS, offerAfterMs: 30_000 }) }));
    story.rules = rulesFor();
    story.tell({ type: 'centre.changed' });
    for (const timer of ['queue:overflow', 'queue:comfort', 'queue:callback']) expect(story.last).toContainEqual({ type: 'timer.cancel', timer });
    expect(story.last.filter((order) => order.type === 'timer.set' || order.type === 'timer.cancel').findLast(({ timer }) => timer === 'queue:maxWait')?.type).toBe('timer.set');
  });

  it('begins anew for a caller who comes back from a talk', () => {
    const story = at.conversation();
    story.now += MAX_WAIT_MS;
    story.tell(facts.phoneLost, facts.recovered);
    expect(story.last).toContainEqual({ type: 'timer.set', timer: 'queue:maxWait', inMs: MAX_WAIT_MS - 1_000 });
  });

  it('does not cut off an agent whose phone rings', () => {
    const story = at.ringing().tell({ type: 'timer.fired', timer: 'queue:maxWait' });
    expect(story.phase).toBe('waiting');
    expect(story.order('timer.set').timer).toBe('queue:maxWait');
  });
});
