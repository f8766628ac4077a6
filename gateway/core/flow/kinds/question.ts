import type { Timers } from '../fields.js';
import type { Flow } from '../flow-schema.js';
import type { Retry } from '../node-schema.js';
import type { Finding } from '../problem.js';
import { prompts, way, type Question, type Use, type Way } from './kind.js';

/** The fields that nodes with tries share. */
interface Tried {
  readonly timers?: Timers | undefined;
  readonly typeAhead: 'keep' | 'flush';
  readonly noInput: Retry;
  readonly noMatch: Retry;
}

/** What asking again brings to a node: ways, prompts, and its part of the question. */
export const again = {
  ways: (node: Tried): readonly Way[] => [way(node.noInput.next, 'after noInput it', 'noInput', 'next'), way(node.noMatch.next, 'after noMatch it', 'noMatch', 'next')],
  uses: (node: Tried): readonly Use[] => [...prompts(node.noInput.prompt, 'noInput', 'prompt'), ...prompts(node.noMatch.prompt, 'noMatch', 'prompt')],
  of: ({ timers, typeAhead, noInput, noMatch }: Tried): Omit<Question, 'prompts' | 'takes'> => ({ timers, typeAhead, noInput, noMatch }),
};

/** A question that repeats itself without a word would leave the caller in silence. */
export function repeatsInSilence(node: Tried & { readonly prompt?: readonly string[] | undefined }): readonly Finding[] {
  if (node.prompt !== undefined) return [];
  return (['noInput', 'noMatch'] as const)
    .filter((which) => node[which].retries > 0 && node[which].prompt === undefined)
    .map((which) => ({ path: [which], what: `the node has no prompt, so a repeat after ${which} would be silent`, fix: `add a prompt to the node or to ${which}` }));
}

/** Keys that lead out of every step cannot mean something else here. */
export function keysTaken(flow: Flow, keys: readonly string[]): readonly Finding[] {
  return keys
    .filter((key) => flow.anywhere.has(key))
    .map((key) => ({ path: ['keys', key], what: `key ${key} leads to "${flow.anywhere.get(key) ?? ''}" from everywhere`, fix: 'use another key here' }));
}
