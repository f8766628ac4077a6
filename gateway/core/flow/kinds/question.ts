import type { Timers } from '../fields.js';
import type { Flow } from '../flow-schema.js';
import type { FlowNode, Retry } from '../node-schema.js';
import type { Finding } from '../problem.js';
import type { Turn } from '../turn.js';
import { prompts, way, type Placed, type Question, type Use, type Way } from './kind.js';

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

/**
 * A question that is the same whenever its node asks, made once: it is looked at with every key. A node belongs to one flow, so what
 * the flow adds to it is always the same too.
 */
export function sameAlways<N extends FlowNode>(make: (node: N, flow: Flow) => Question): (turn: Turn, at: Placed<N>) => Question {
  const made = new WeakMap<N, Question>();
  return ({ flow }, { node }) => {
    const known = made.get(node);
    if (known !== undefined) return known;
    const question = make(node, flow);
    made.set(node, question);
    return question;
  };
}

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
