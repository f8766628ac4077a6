import type { Flow } from '../flow-schema.js';
import type { NodeOf } from '../node-schema.js';
import type { Finding } from '../problem.js';
import type { Turn } from '../turn.js';
import { admit } from '../variables.js';
import { keysTaken, sameAlways } from './question.js';
import { NO_MATCH, prompts, way, type Placed, type Question, type Recording } from './kind.js';

type RecordNode = NodeOf<'record'>;

/** Who does not say what to do with the message is asked once more; then it is sent. */
const ONCE_MORE = { retries: 1 };
const NO_REVIEW: Question = { prompts: [], takes: { as: 'key' }, timers: undefined, typeAhead: 'flush', noInput: { retries: 0 }, noMatch: { retries: 0 } };

/** The caller leaves a message: prompt, beep, voice, and where wanted a choice to listen, to record again or to send. Silence sends it as well. */
export const record: Recording<RecordNode> = {
  role: 'records',
  ways: (node) => [way(node.next, 'it', 'next'), way(node.empty, 'empty', 'empty'), way(node.failed, 'failed', 'failed')],
  uses: (node) => [
    ...prompts(node.prompt, 'prompt'),
    ...prompts(node.review?.prompt, 'review', 'prompt'),
    ...(node.into === undefined ? [] : [{ what: 'target', name: node.into, types: null, path: ['into'] } as const]),
  ],
  check: (flow, { node }) => [...checkLengths(node), ...checkReview(flow, node), ...checkInto(flow, node)],
  question: sameAlways(({ review, timers }) => (review === undefined ? NO_REVIEW : { ...NO_REVIEW, prompts: review.prompt, timers, noInput: ONCE_MORE, noMatch: ONCE_MORE })),
  keyed: (turn, { node }, key) => {
    const keys = node.review?.keys;
    if (key === keys?.send) return node.next;
    if (key === keys?.listen && turn.state.draft !== null) return { then: 'ask', before: [], recording: turn.state.draft.id };
    return key === keys?.again ? { then: 'record' } : NO_MATCH;
  },
  unanswered: (_turn, { node }) => node.next,
  limits: (node) => ({ prompts: node.prompt, maxMs: node.maxSeconds * 1_000, silenceMs: node.silenceSeconds * 1_000, minMs: node.minSeconds * 1_000, terminator: node.terminator }),
  recorded: (turn, at) => {
    const { node } = at;
    if (turn.state.draft === null) return node.empty;
    note(turn, at);
    return node.review === undefined ? node.next : { then: 'ask', before: [] };
  },
  failed: (_turn, { node }) => node.failed,
};

function note(turn: Turn, { node }: Placed<RecordNode>): void {
  const { draft } = turn.state;
  const variable = node.into === undefined ? undefined : turn.flow.vars.get(node.into);
  if (node.into === undefined || variable === undefined || draft === null) return;
  const value = admit(variable, { id: draft.id, seconds: Math.round(draft.durationMs / 1_000) });
  if (value !== undefined) turn.state.vars = { ...turn.state.vars, [node.into]: value };
}

const checkLengths = ({ minSeconds, maxSeconds }: RecordNode): readonly Finding[] =>
  minSeconds < maxSeconds ? [] : [{ path: ['minSeconds'], what: `minSeconds ${minSeconds} is not less than maxSeconds ${maxSeconds}`, fix: 'make minSeconds less than maxSeconds' }];

function checkReview(flow: Flow, { review, terminator }: RecordNode): readonly Finding[] {
  const taken = flow.anywhere.has(terminator) ? [{ path: ['terminator'], what: `key ${terminator} leads to "${flow.anywhere.get(terminator) ?? ''}" from everywhere`, fix: 'use another key here' }] : [];
  if (review === undefined) return taken;
  const keys = Object.values(review.keys);
  const twice = new Set(keys).size < keys.length ? [{ path: ['review', 'keys'], what: 'two choices have the same key', fix: 'give each its own' }] : [];
  return [...taken, ...twice, ...keysTaken(flow, keys).map((finding) => ({ ...finding, path: ['review', ...finding.path] }))];
}

function checkInto(flow: Flow, { into }: RecordNode): readonly Finding[] {
  const variable = into === undefined ? undefined : flow.vars.get(into);
  if (variable === undefined) return [];
  return admit(variable, { id: '', seconds: 0 }) === undefined ? [{ path: ['into'], what: `"${into ?? ''}" cannot hold a message`, fix: 'declare it as { type: record, fields: { id: text, seconds: number } }' }] : [];
}
