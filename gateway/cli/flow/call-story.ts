import type { PathEntry } from '../../core/flow/flow-types.js';
import type { Millis } from '../../core/ids.js';

const MAX_WORDS = 90;

/** A caller's way through a flow, a line a step: when, where, what was said, keyed and done. */
export function callStory(path: readonly PathEntry[], startedAt: Millis): readonly string[] {
  const width = Math.max(0, ...path.map(({ node }) => node.length));
  return path.map(({ at, node, said, entered, did }) => {
    const parts = [said === undefined ? '' : `“${shortened(said)}”`, entered === undefined ? '' : `keyed ${entered}`, did ?? ''].filter((part) => part !== '');
    return `${clock(at - startedAt)}  ${node.padEnd(width)}  ${parts.join('  ')}`.trimEnd();
  });
}

/** `1:07`: minutes and seconds of a call. */
export function clock(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  return `${String(Math.floor(seconds / 60)).padStart(2)}:${String(seconds % 60).padStart(2, '0')}`;
}

function shortened(words: string): string {
  return words.length <= MAX_WORDS ? words : `${words.slice(0, MAX_WORDS - 1).trimEnd()}…`;
}
