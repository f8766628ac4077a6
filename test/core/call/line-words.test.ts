import { describe, expect, it } from 'vitest';
import type { SpokenWait } from '../../../gateway/core/acd/estimated-wait.js';
import type { QueueWords } from '../../../gateway/core/call/call-rules.js';
import { at, rulesFor, type CallStory } from './call-story.js';

const MINUTES = (fromMinutes: number | null, toMinutes: number | null): SpokenWait => ({ fromMinutes, toMinutes });
const words = (changes: Partial<QueueWords>) => rulesFor({ queueWords: () => ({ welcome: null, position: true, wait: true, comfort: null, ...changes }) });

/** The welcome is over; then each look at the place, and what was said of it, to its end. */
function heard(story: CallStory, looks: readonly (readonly [position: number | null, wait: SpokenWait | null])[]): readonly string[] {
  ended(story);
  return looks.map(([position, wait]) => {
    story.tell({ type: 'queue.placed', position, wait });
    const said = story.last.find((effect) => effect.type === 'media.say');
    if (said?.type !== 'media.say') return '';
    ended(story);
    return said.utterances.map(({ text }) => text).join(' / ');
  });
}

function ended(story: CallStory): void {
  if (story.state.announcing !== null) story.tell({ type: 'say.ended', sayId: story.state.announcing, isWhole: true });
}

describe('what callers hear of place and wait', () => {
  it.each([
    ['the place with the wait, then only what got better', {}, [[5, MINUTES(5, 10)], [5, MINUTES(5, 10)], [4, MINUTES(5, 10)], [4, MINUTES(2, 5)]], ['number 5 wait 5-10', '', 'number 4 wait 5-10', 'wait 2-5']],
    ['no longer wait than was said, though the place got better', {}, [[5, MINUTES(2, 5)], [4, MINUTES(5, 10)]], ['number 5 wait 2-5', 'number 4']],
    ['only the place while waits are not to be trusted', {}, [[3, null], [2, null]], ['number 3', 'number 2']],
    ['the wait alone where the queue does not tell places', { position: false }, [[3, MINUTES(60, null)], [2, MINUTES(45, 60)], [1, MINUTES(45, 60)]], ['wait 60-null', 'wait 45-60', '']],
    ['the place alone where the queue does not tell waits', { wait: false }, [[3, MINUTES(2, 5)]], ['number 3']],
    ['nothing where it tells neither', { wait: false, position: false }, [[3, MINUTES(2, 5)], [1, MINUTES(null, 2)]], ['', '']],
    ['nothing when nobody knows', {}, [[null, null]], ['']],
  ] as const)('%s', (_what, changes, looks, expected) => {
    expect(heard(at.waiting(words(changes)), looks)).toEqual(expected);
  });
});

describe('words of comfort', () => {
  const comfort = { everyMs: 60_000, prompts: ['still-here', 'did-you-know'] };
  const due = { type: 'timer.fired', timer: 'queue:comfort' } as const;

  it('come one after the other, for ever, and each sets the time of the next', () => {
    const story = at.waiting(words({ comfort }));
    expect(story.last).toContainEqual({ type: 'timer.set', timer: 'queue:comfort', inMs: 60_000 });
    ended(story);
    const said = [1, 2, 3].map(() => {
      const { utterances } = story.tell(due).order('media.say');
      expect(story.last).toContainEqual({ type: 'timer.set', timer: 'queue:comfort', inMs: 60_000 });
      ended(story);
      return utterances[0]?.text;
    });
    expect(said).toEqual(['still-here', 'did-you-know', 'still-here']);
  });

  it('wait for the next time while something is said or an agent was found', () => {
    expect(at.waiting(words({ comfort })).tell(due).types).toEqual(['timer.set']);
    expect(at.showing(words({ comfort })).tell(due).types).toEqual(['timer.set']);
  });

  it('end with the wait', () => {
    expect(at.joined(words({ comfort })).last).toContainEqual({ type: 'timer.cancel', timer: 'queue:comfort' });
  });
});
