import { brand, type QueueId } from '../../ids.js';
import { own } from '../../own.js';
import { mayDial } from '../dialling.js';
import type { NodeOf } from '../node-schema.js';
import { isSecret } from '../secrecy.js';
import { ignoreRepeats, notePath, openText, type Turn } from '../turn.js';
import { faultsOfWish, usesOfWish, wishOf } from './agent-wish.js';
import { again, keysTaken, sameAlways } from './question.js';
import { NO_MATCH, prompts, way, type Asking, type Placed, type Reaction } from './kind.js';
import { faultsOfQueue } from './named-queue.js';
import { faultsOfNeeds, usesOfNeeds } from './needs.js';

type CallbackNode = NodeOf<'callback'>;

/** E.164: 15 digits at most; national numbers have 5 at least. */
const [SHORTEST, LONGEST] = [5, 15];
/** `progress` of the node: which of its two questions is asked. */
const [CONFIRMS, ENTERS] = [0, 1];

const confirming = sameAlways<CallbackNode>((node) => ({ ...again.of(node), prompts: node.prompt, takes: { as: 'key' } }));
const entering = sameAlways<CallbackNode>((node) => ({
  ...again.of(node), prompts: node.enter, takes: { as: 'entry', min: SHORTEST, max: LONGEST, terminator: '#', mayStartWithAnywhere: true, isSecret: false },
}));

/** Books that the caller is called back: on the number they call from, or one that they key, confirmed by a key. Who withholds theirs keys one first. */
export const callback: Asking<CallbackNode> = {
  role: 'asks',
  ways: (node) => [way(node.confirmed, 'confirmed', 'confirmed'), way(node.refused, 'refused', 'refused'), ...again.ways(node)],
  uses: (node) => [
    ...prompts(node.prompt, 'prompt'),
    ...prompts(node.enter, 'enter'),
    ...again.uses(node),
    { what: 'target', name: node.into, types: ['digits', 'text'], path: ['into'] },
    ...usesOfNeeds(node),
    ...usesOfWish(node),
  ],
  check: (flow, { node }, library) => {
    const keys = Object.values(node.keys);
    return [
      ...faultsOfWish(node, library),
      ...(isSecret(flow, node.into) ? [{ path: ['into'], what: `the number to call would be the secret "${node.into}"`, fix: 'use a variable of its own: agents see the number that they call' }] : []),
      ...faultsOfQueue(node.queue, library),
      ...faultsOfNeeds(node, library),
      ...(new Set(keys).size < keys.length ? [{ path: ['keys'], what: 'two choices have the same key', fix: 'give each its own' }] : []),
      ...keysTaken(flow, keys),
    ];
  },
  begin: ({ state, flow }, { id, node }) => {
    const own = state.ani !== null && mayDial(flow.dialling, state.ani) ? state.ani : null;
    state.progress = { ...state.progress, [id]: own === null ? ENTERS : CONFIRMS };
    if (own !== null) state.vars = { ...state.vars, [node.into]: own };
  },
  question: (turn, at) => (stageOf(turn, at) === ENTERS ? entering(turn, at) : confirming(turn, at)),
  keyed: (turn, at, entry) => (stageOf(turn, at) === ENTERS ? entered(turn, at, entry) : chosen(turn, at, entry)),
  unanswered: (_turn, { node }, why) => node[why].next,
};

const stageOf = ({ state }: Turn, { id }: Placed): number => own(state.progress, id) ?? CONFIRMS;

function goTo({ state }: Turn, { id }: Placed, stage: number): Reaction {
  state.progress = { ...state.progress, [id]: stage };
  return { then: 'ask', before: [] };
}

/** The number is asked about before it counts; one that may not be dialled is none. */
function entered(turn: Turn, at: Placed<CallbackNode>, number: string): Reaction {
  if (!mayDial(turn.flow.dialling, number)) return NO_MATCH;
  turn.state.vars = { ...turn.state.vars, [at.node.into]: number };
  return goTo(turn, at, CONFIRMS);
}

function chosen(turn: Turn, at: Placed<CallbackNode>, key: string): Reaction {
  const { keys, refused } = at.node;
  if (key === keys.other) return goTo(turn, at, ENTERS);
  if (key === keys.refuse) return refused;
  return key === keys.confirm ? book(turn, at, key) : NO_MATCH;
}

function book(turn: Turn, { id, node }: Placed<CallbackNode>, key: string): Reaction {
  const { state } = turn;
  const number = String(own(state.vars, node.into) ?? state.ani ?? '');
  // A wish that lacks a value is left out: the caller is still called.
  const needs = node.needs.map(({ skill, minLevel }) => ({ skill: openText(turn, skill) ?? '', minLevel })).filter(({ skill }) => skill !== '');
  const booking = { number, queue: brand<QueueId>(node.queue), needs, band: node.band ?? null, ...wishOf(turn, node) };
  // One call asks for one callback.
  if (state.booked === null) turn.effects.push({ type: 'flow.bookCallback', booking });
  state.booked ??= booking;
  notePath(turn, { node: id, did: `callback from ${node.queue}` });
  ignoreRepeats(turn, key);
  return node.confirmed;
}
