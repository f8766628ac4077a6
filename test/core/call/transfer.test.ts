import { describe, expect, it } from 'vitest';
import { at, CALLER, facts, OUTSIDE } from './call-story.js';

const other = { answered: { ...facts.lifted, legId: OUTSIDE }, failed: { type: 'leg.failed', legId: OUTSIDE, code: 'VG_BUSY' }, hungUp: { ...facts.laidDown, legId: OUTSIDE }, lost: { ...facts.phoneLost, legId: OUTSIDE } } as const;

describe('a blind transfer', () => {
  it('rings the other end for 45 s while the caller hears music', () => {
    const story = at.transferring();
    expect(story.order('leg.dialOut')).toEqual({ type: 'leg.dialOut', legId: OUTSIDE, target: 'sip:other@127.0.0.1', headers: {}, beside: CALLER });
    expect(story.last).toContainEqual({ type: 'media.music', legId: CALLER });
    expect(story.last).toContainEqual({ type: 'timer.set', timer: 'transfer:ring', inMs: 45_000 });
  });

  it('joins the two when the other end answers', () => {
    const story = at.transferred();
    expect(story.phase).toBe('transferred');
    expect(story.order('media.bridge')).toEqual({ type: 'media.bridge', caller: CALLER, agent: OUTSIDE });
  });

  it.each([
    ['is busy', at.transferring, other.failed, null],
    ['hangs up at once', at.transferring, other.hungUp, null],
    ['does not answer', at.transferring, { type: 'timer.fired', timer: 'transfer:ring' }, 'leg.cancelDial'],
    ['was being rung by a process that died', at.transferring, facts.recovered, 'leg.cancelDial'],
    ['cannot be bridged', at.transferred, { type: 'bridge.failed', code: 'VG_MEDIA' }, 'leg.hangUp'],
    ['is lost', at.transferred, other.lost, null],
  ] as const)('tells the caller when the other end %s, then ends', (_what, begin, fact, ends) => {
    const story = begin().tell(fact);
    expect(story.state.activity).toEqual({ phase: 'closing', end: { result: 'upstreamError', reason: 'transfer-failed' }, words: 'own' });
    expect(story.types.filter((type) => type === 'leg.cancelDial' || type === 'leg.hangUp')).toEqual(ends === null ? [] : [ends]);
    const { sayId, utterances } = story.order('media.say');
    expect(utterances[0]?.text).toBe('sorry.tryLater');
    expect(story.tell({ type: 'say.ended', sayId, isWhole: true }).phase).toBe('ended');
  });

  it.each([
    ['the caller leaves while it rings', at.transferring, facts.callerLeaves, { result: 'abandoned', reason: 'caller-hung-up' }],
    ['the caller’s leg is lost while it rings', at.transferring, facts.callerLost, { result: 'upstreamError', reason: 'media-timeout' }],
    ['the caller hangs up', at.transferred, facts.callerLeaves, { result: 'completed', reason: 'transferred' }],
    ['the other end hangs up', at.transferred, other.hungUp, { result: 'completed', reason: 'transferred' }],
    ['the caller’s leg is lost', at.transferred, facts.callerLost, { result: 'upstreamError', reason: 'media-timeout' }],
  ] as const)('ends when %s', (_what, begin, fact, end) => {
    expect(begin().tell(fact).state.activity).toEqual({ phase: 'ended', end });
  });

  it('goes on when another process takes the call over', () => {
    const story = at.transferred().tell(facts.bridged, facts.recovered);
    expect(story.phase).toBe('transferred');
    expect(story.types).toEqual([]);
  });

  it('joins the two again where nobody knows whether the process that died came to it', () => {
    const story = at.transferred().tell(facts.recovered);
    expect(story.last).toEqual([{ type: 'media.bridge', caller: CALLER, agent: OUTSIDE }]);
  });
});
