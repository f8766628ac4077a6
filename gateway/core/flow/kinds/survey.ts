import { progressOf } from '../flow-state.js';
import type { NodeOf } from '../node-schema.js';
import type { Turn } from '../turn.js';
import { NO_MATCH, prompts, way, type Asking, type Placed, type Reaction } from './kind.js';

type Survey = Placed<NodeOf<'survey'>>;

/** One to three questions answered by a key each; a question without an answer is left out. Answers are kept with reason and flow version. */
export const survey: Asking<NodeOf<'survey'>> = {
  role: 'asks',
  ways: (node) => [way(node.next, 'it', 'next')],
  uses: (node) => [...node.questions.flatMap(({ prompt }, index) => prompts(prompt, 'questions', index, 'prompt')), ...prompts(node.noMatch, 'noMatch')],
  check: (flow, { node }) => [
    ...node.questions.flatMap(({ lowest, highest }, index) => (lowest < highest ? [] : [{ path: ['questions', index, 'lowest'], what: `the lowest key ${lowest} is not below the highest ${highest}`, fix: 'make lowest less than highest' }])),
    ...node.questions.flatMap(({ lowest, highest }, index) =>
      [...flow.anywhere.keys()].filter((key) => /\d/.test(key) && Number(key) >= lowest && Number(key) <= highest).map((key) => ({ path: ['questions', index], what: `key ${key} leads out of the flow from everywhere`, fix: 'ask with other keys' })),
    ),
    ...twice(node.questions.map(({ id }) => id)).map((index) => ({ path: ['questions', index, 'id'], what: 'two questions have the same id', fix: 'give each its own' })),
  ],
  question: (turn, { id, node }) => {
    const again = { retries: node.retries };
    return { prompts: asked(turn, { id, node })?.prompt ?? [], takes: { as: 'key' }, timers: node.timers, typeAhead: 'keep', noInput: again, noMatch: { ...again, prompt: node.noMatch } };
  },
  keyed: (turn, at, key) => {
    const question = asked(turn, at);
    const value = /^\d$/.test(key) ? Number(key) : Number.NaN;
    if (question === undefined || !(value >= question.lowest && value <= question.highest)) return NO_MATCH;
    return next(turn, at, value);
  },
  unanswered: (turn, at) => next(turn, at, null),
};

const asked = ({ state }: Turn, { id, node }: Survey) => node.questions[progressOf(state, id)];

function next(turn: Turn, at: Survey, answer: number | null): Reaction {
  const { state } = turn;
  const question = asked(turn, at);
  if (question !== undefined) state.answers = [...state.answers, { survey: at.id, question: question.id, answer, reason: state.statedReason, version: turn.flow.version }];
  state.progress = { ...state.progress, [at.id]: progressOf(state, at.id) + 1 };
  return asked(turn, at) === undefined ? at.node.next : { then: 'ask', before: [] };
}

const twice = (ids: readonly string[]): readonly number[] => ids.flatMap((id, index) => (ids.indexOf(id) < index ? [index] : []));
