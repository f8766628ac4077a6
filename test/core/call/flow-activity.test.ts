import { describe, expect, it } from 'vitest';
import { smallFlow } from '../flow/small-flow.js';
import { at, CALLER, facts, rulesFor, type CallStory } from './call-story.js';

describe('a call in its flow', () => {
  it('gives the caller’s keys to the flow, and nobody else’s', () => {
    expect(at.flow().tell(facts.key('1')).types).toContain('media.say');
    expect(at.flow().tell({ type: 'digit.pressed', legId: 'call-1-a1' as typeof CALLER, digit: '1' }).types).toEqual([]);
  });

  it('keeps keys that come between our 200 and the start of the flow', () => {
    const story = at.answering().tell(facts.key('1')).tell(facts.answered);
    expect(story.phase).toBe('flow');
    expect(story.order('media.say').utterances).toEqual(at.flow().tell(facts.key('1')).order('media.say').utterances);
  });

  it('ends as the flow says after the last words', () => {
    const story = at.flow().tell(facts.key('1'));
    story.tell({ type: 'say.ended', sayId: story.order('media.say').sayId, isWhole: true });
    expect(story.state.activity).toEqual({ phase: 'ended', end: { result: 'completed', reason: 'told' } });
    expect(story.last).toContainEqual({ type: 'leg.hangUp', legId: CALLER, cause: 'NORMAL_CLEARING' });
  });

  it('carries the back end’s answer to the flow', () => {
    const story = at.flow().tell(facts.key('2'));
    const { requestId, operation } = story.order('connector.call');
    expect(operation).toBe('x.act');
    story.tell({ type: 'connector.returned', requestId, exit: 'ok', result: null });
    expect(story.order('media.say').utterances[0]?.text).toBe('p-done words');
    expect(story.tell({ type: 'connector.returned', requestId, exit: 'ok', result: null }).types).toEqual([]);
  });

  it('fires the flow’s own timers', () => {
    const story = at.flow();
    story.tell({ type: 'say.ended', sayId: story.order('media.say').sayId, isWhole: true });
    const { timer } = story.order('timer.set');
    expect(timer).toMatch(/^flow:/);
    expect(story.tell({ type: 'timer.fired', timer }).types).toContain('media.say');
    expect(story.tell({ type: 'timer.fired', timer }).types).toEqual([]);
  });

  it('goes to the person when the back end fails', () => {
    const story = at.flow().tell(facts.key('2'));
    story.tell({ type: 'connector.returned', requestId: story.order('connector.call').requestId, exit: 'error', result: null });
    expect(story.phase).toBe('waiting');
  });

  it.each([
    ['a caller who hangs up before the end was not served', facts.callerLeaves, { result: 'abandoned', reason: 'caller-hung-up' }],
    ['a leg that is lost is nobody’s wish', facts.callerLost, { result: 'upstreamError', reason: 'media-timeout' }],
  ] as const)('ends: %s', (_what, fact, end) => {
    expect(at.flow().tell(fact).state.activity).toEqual({ phase: 'ended', end });
  });

  it('dials out where the flow transfers, with music meanwhile', () => {
    const story = at.flow(rulesFor()).tell(facts.key('3'));
    expect(story.phase).toBe('transferring');
    expect(story.order('leg.dialOut').target).toBe('sip:other@127.0.0.1');
    expect(story.types).toContain('media.music');
  });
});

describe('a flow that breaks twice', () => {
  /** 1 leads on to a prompt; its error way says that something is wrong and hangs up. */
  const flow = {
    ...smallFlow(
      `start: { do: menu, prompt: p-menu, keys: { 1: told }, noInput: { retries: 1, next: person }, noMatch: { retries: 1, next: person } }
told: { do: hangup, prompt: p-told }
sorry: { do: hangup, prompt: p-sorry, outcome: failed }`,
      'anywhere: { 9: sorry, 0: person }',
    ),
    error: 'sorry',
  };
  const NIGHT = 'sip:night@127.0.0.1';
  const cannotSay = (story: CallStory) => story.tell({ type: 'say.failed', sayId: story.order('media.say').sayId });
  const broken = (changes = {}) => cannotSay(cannotSay(at.flow(rulesFor({ flow, ...changes }))));

  it('tells the caller the number’s last words, then ends as a fault of ours', () => {
    const story = broken();
    expect(story.state.activity).toMatchObject({ phase: 'closing', end: { result: 'serverError', reason: 'flow-failed' } });
    expect(story.order('media.say').utterances[0]?.text).toBe('sorry.tryLater');
    story.tell({ type: 'say.ended', sayId: story.order('media.say').sayId, isWhole: true });
    expect(story.state.activity).toEqual({ phase: 'ended', end: { result: 'serverError', reason: 'flow-failed' } });
    expect(story.last).toContainEqual({ type: 'leg.hangUp', legId: CALLER, cause: 'NORMAL_CLEARING' });
  });

  it('takes the number’s last resort where there is one', () => {
    const story = broken({ lastResortTarget: NIGHT });
    expect(story.phase).toBe('transferring');
    expect(story.order('leg.dialOut').target).toBe(NIGHT);
  });

  it('says goodbye in plain words when the last words cannot be said, and only then ends', () => {
    const story = cannotSay(broken());
    expect(story.phase).toBe('closing');
    expect(story.order('media.say').utterances[0]?.text).toBe('sorry.goodbye');
    expect(cannotSay(story).state.activity).toEqual({ phase: 'ended', end: { result: 'serverError', reason: 'flow-failed' } });
  });

  it('ends as its error way says when that was heard', () => {
    const story = cannotSay(at.flow(rulesFor({ flow, lastResortTarget: NIGHT })));
    story.tell({ type: 'say.ended', sayId: story.order('media.say').sayId, isWhole: true });
    expect(story.state.activity).toEqual({ phase: 'ended', end: { result: 'serverError', reason: 'flow-failed' } });
  });

  it('does nothing more for a caller who left meanwhile', () => {
    expect(cannotSay(at.flow(rulesFor({ flow }))).tell(facts.callerLeaves).phase).toBe('ended');
  });
});
