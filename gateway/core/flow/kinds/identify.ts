import type { Json } from '../../ids.js';
import { progressOf } from '../flow-state.js';
import type { FlowNode, NodeOf } from '../node-schema.js';
import type { Finding } from '../problem.js';
import { identified, notePath, type Turn } from '../turn.js';
import { ENTERED, takesSecret } from '../secrecy.js';
import { lookUp } from '../variables.js';
import { checkCall, conclude, orderCall, usesOfCall } from './back-end-call.js';
import { sameAlways } from './question.js';
import { prompts, way, type Acting, type Asking, type Placed, type Reaction, type Use, type Way } from './kind.js';

type Identify = NodeOf<'identify'>;
type At = Placed<Identify>;

const CONFIDENCE = { number: 'numberOnly', customerNumber: 'entered', pin: 'verified', code: 'verified' } as const;

const ways = (node: Identify): readonly Way[] => [
  ...Object.entries(node.exits).map(([exit, to]) => way(to, `exit ${exit}`, 'exits', exit)),
  ...(['noInput', 'noMatch'] as const).flatMap((why) => (node[why] === undefined ? [] : [way(node[why].next, `after ${why} it`, why, 'next')])),
];

const uses = (node: Identify): readonly Use[] => [
  ...prompts(node.prompt, 'prompt'),
  ...prompts(node.filler, 'filler'),
  ...prompts(node.wrong?.prompt, 'wrong', 'prompt'),
  ...prompts(node.noInput?.prompt, 'noInput', 'prompt'),
  ...prompts(node.noMatch?.prompt, 'noMatch', 'prompt'),
  ...usesOfCall({ ...node, with: Object.fromEntries(Object.entries(node.with).filter(([, written]) => written !== ENTERED)) }),
  ...(['id', 'name'] as const).flatMap((field) => (node.customer === undefined ? [] : [{ what: 'value', written: node.customer[field], path: ['customer', field], shownAs: `the customer's ${field}` } as const])),
];

/** By the calling number: the back end is asked at once. */
export const identifyByNumber: Acting<Identify> = {
  role: 'acts',
  ways,
  uses,
  check: (flow, { node }, library) => [
    ...checkCall(flow, node, library),
    ...(['prompt', 'max', 'wrong', 'noInput', 'noMatch'] as const).filter((field) => node[field] !== undefined).map((field) => ({ path: [field], what: `nothing is keyed when a caller is identified by number, so "${field}" has no meaning`, fix: 'remove it, or identify by customerNumber, pin or code' })),
  ],
  order: (_turn, at) => orderCall(_turn, at),
  back: { filler: (node) => node.filler, returned: (turn, at, outcome) => known(turn, at, outcome) },
};

/** By something keyed: asked for, sent to the back end, and asked for again while attempts are left. */
export const identifyByEntry: Asking<Identify> = {
  role: 'asks',
  ways,
  uses,
  check: (flow, { node }, library) => [...checkCall(flow, node, library), ...checkEntry(node)],
  question: sameAlways((node, flow) => {
    const isSecret = takesSecret(flow, node);
    return {
      prompts: node.prompt ?? [],
      // A PIN or a code is meant for the question that was heard.
      typeAhead: isSecret ? 'flush' : 'keep',
      takes: { as: 'entry', min: node.min, max: node.max ?? node.min, terminator: node.terminator, mayStartWithAnywhere: isSecret, isSecret },
      timers: node.timers,
      noInput: node.noInput ?? { retries: 0 },
      noMatch: node.noMatch ?? { retries: 0 },
    };
  }),
  keyed: (turn, { id, node }, entry) => {
    const attempt = progressOf(turn.state, id) + 1;
    turn.state.progress = { ...turn.state.progress, [id]: attempt };
    const filled = Object.fromEntries(Object.entries(node.with).map(([name, written]) => [name, written === ENTERED ? entry : written]));
    const request = orderCall(turn, { id, node: { ...node, with: filled } });
    if ('lacks' in request) {
      notePath(turn, { node: id, did: request.lacks });
      return node.exits['error'] ?? turn.flow.error;
    }
    const key = `${request.idempotencyKey}.${attempt}`;
    return { then: 'order', request: { ...request, requestId: key, idempotencyKey: key } };
  },
  unanswered: (turn, { node }, why) => node[why]?.next ?? turn.flow.error,
  back: {
    filler: (node) => node.filler,
    returned: (turn, at, outcome) => {
      const { wrong } = at.node;
      const isWrong = wrong?.exits.includes(outcome.exit) === true && progressOf(turn.state, at.id) < wrong.attempts;
      if (!isWrong || wrong === undefined) return known(turn, at, outcome);
      notePath(turn, { node: at.id, did: `${at.node.call} → ${outcome.exit}` });
      return { then: 'ask', before: wrong.prompt };
    },
  },
};

function known(turn: Turn, { id, node }: At, outcome: { readonly exit: string; readonly result: Json }): Reaction {
  const next = conclude(turn, { id, call: node, outcome });
  if (outcome.exit !== 'ok' || node.customer === undefined || next !== node.exits['ok']) return next;
  const [customer, name] = [lookUp(turn.state, node.customer.id.slice(1)), lookUp(turn.state, node.customer.name.slice(1))];
  if (typeof customer === 'string' && typeof name === 'string') identified(turn, { id: customer, name, confidence: CONFIDENCE[node.by] });
  return next;
}

function checkEntry(node: Identify): readonly Finding[] {
  const missing = (['prompt', 'max', 'noInput', 'noMatch'] as const).filter((field) => node[field] === undefined).map((field) => ({ path: [], what: `something is keyed here, and "${field}" is missing`, fix: `add \`${field}:\`` }));
  const length = node.max !== undefined && node.min > node.max ? [{ path: ['min'], what: `min ${node.min} is more than max ${node.max}`, fix: 'make min at most max' }] : [];
  const unsent = Object.values(node.with).includes(ENTERED) ? [] : [{ path: ['with'], what: 'what is keyed is not sent to the back end', fix: 'add an argument with the value $entered' }];
  const unknown = (node.wrong?.exits ?? []).filter((exit) => !Object.hasOwn(node.exits, exit)).map((exit) => ({ path: ['wrong', 'exits'], what: `the exit "${exit}" leads nowhere once the attempts are used up`, fix: `add \`${exit}:\` under exits` }));
  return [...missing, ...length, ...unsent, ...unknown];
}

/** Which of the two an identify node is. */
export const identifyOf = (node: FlowNode): Acting<Identify> | Asking<Identify> => (node.do === 'identify' && node.by === 'number' ? identifyByNumber : identifyByEntry);
