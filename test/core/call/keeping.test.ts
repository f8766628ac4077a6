import { describe, expect, it } from 'vitest';
import { smallFlow } from '../flow/small-flow.js';
import { at, CALLER, facts, rulesFor, type CallStory } from './call-story.js';

const FLOW = smallFlow('start: { do: record, prompt: p-speak, review: { prompt: p-review }, next: thanks, empty: thanks, failed: thanks }\nthanks: { do: hangup, prompt: p-thanks }');
const LEFT = { result: 'completed', reason: 'message-left' } as const;

/** A call whose prompt was heard: the recording is ordered. */
function recording(): CallStory {
  const story = at.flow(rulesFor({ flow: FLOW }));
  return story.tell({ type: 'say.ended', sayId: story.order('media.say').sayId, isWhole: true });
}
const idOf = (story: CallStory): string => story.order('media.record').recordingId;

describe('a caller who hangs up while leaving a message', () => {
  it.each([
    ['is long enough', 8_000, LEFT, 'message.file'],
    ['is too short', 900, { result: 'abandoned', reason: 'caller-hung-up' }, 'message.discard'],
  ] as const)('ends once the recording is known: it %s', (_how, durationMs, end, order) => {
    const story = recording();
    const recordingId = idOf(story);
    expect(story.tell(facts.callerLeaves).last).toContainEqual({ type: 'media.stopRecording', legId: CALLER, recordingId });
    expect(story.phase).toBe('keeping');
    story.tell({ type: 'recording.ended', recordingId, durationMs });
    expect(story.state.activity).toEqual({ phase: 'ended', end });
    expect(story.types).toEqual(['timer.cancel', order, 'thread.append', 'call.forget']);
    expect(story.state.figures.messages ?? 0).toBe(order === 'message.file' ? 1 : 0);
  });

  it('is kept when the leg is lost, too', () => {
    const story = recording();
    const recordingId = idOf(story);
    expect(story.tell(facts.callerLost).tell({ type: 'recording.ended', recordingId, durationMs: 8_000 }).state.activity).toEqual({ phase: 'ended', end: LEFT });
  });

  it.each([['fails', 'recording.failed'], ['is another', 'recording.ended']] as const)('ends as abandoned, or waits on, when what is told %s', (how, type) => {
    const story = recording();
    const recordingId = how === 'fails' ? idOf(story) : 'call-1-m9';
    story.tell(facts.callerLeaves).tell({ type, recordingId, durationMs: 8_000 });
    expect(story.phase).toBe(how === 'fails' ? 'ended' : 'keeping');
  });

  it('ends when nobody ever tells', () => {
    const story = recording().tell(facts.callerLeaves);
    const { timer } = story.order('timer.set');
    expect(story.tell({ type: 'timer.fired', timer }).state.activity).toEqual({ phase: 'ended', end: { result: 'abandoned', reason: 'caller-hung-up' } });
  });

  it('is asked about again by whoever takes the call over', () => {
    const story = recording().tell(facts.callerLeaves);
    const { recordingId } = story.order('media.stopRecording');
    story.tell(facts.recovered);
    expect([story.phase, story.order('media.stopRecording').recordingId]).toEqual(['keeping', recordingId]);
  });

  it('while choosing what to do with it has sent it', () => {
    const story = recording();
    story.tell({ type: 'recording.ended', recordingId: idOf(story), durationMs: 8_000 });
    story.tell(facts.callerLeaves);
    expect(story.types).toEqual(['message.file', 'thread.append', 'call.forget']);
    expect(story.state.activity).toEqual({ phase: 'ended', end: LEFT });
  });
});

describe('a call in which a message was left', () => {
  it('ends as such after the last words', () => {
    const story = recording();
    story.tell({ type: 'recording.ended', recordingId: idOf(story), durationMs: 8_000 });
    story.tell(facts.key('3'));
    expect(story.types).toContain('message.file');
    story.tell({ type: 'say.ended', sayId: story.order('media.say').sayId, isWhole: true });
    expect(story.state).toMatchObject({ activity: { phase: 'ended', end: LEFT }, figures: { messages: 1 } });
  });

  it('goes on where it could not be recorded', () => {
    const story = recording();
    story.tell({ type: 'recording.failed', recordingId: idOf(story) });
    expect(story.order('media.say').utterances[0]?.promptId).toBe('p-thanks');
  });
});
