import type { Json } from '../ids.js';
import type { NodeOf } from './flow-schema.js';
import type { FlowActivity, PendingRequest } from './flow-state.js';
import { cancelTimers, currentNode, fail, keepForLater, notePath, setTimer, speak, wordsOf, type Next, type Turn } from './turn.js';
import { admit, resolve } from './variables.js';

type Connecting = Extract<FlowActivity, { phase: 'connecting' }>;

/** Silence before the filler, so that no step is without sound for 1.5 s. */
export const FILLER_AFTER_MS = 1_200;
/** The connector's own time limits end long before; this only catches an answer that never comes. */
export const CONNECTOR_GUARD_MS = 30_000;

/** Enters a connector node: orders the call, under a key that a repeat of this visit shares. */
export function arriveConnecting(turn: Turn, id: string, node: NodeOf<'connector'>): Next {
  const { state } = turn;
  state.isHurrying = false;
  const values: Record<string, Json> = {};
  for (const [name, written] of Object.entries(node.with)) {
    const value = resolve(state, written);
    if (value === undefined) {
      notePath(turn, { node: id });
      return fail(turn, `${node.call} lacks ${name}`);
    }
    values[name] = value;
  }
  if (node.into !== undefined) state.vars = without(state.vars, node.into);
  const key = `${state.callId}:${state.flowId}.${id}:${state.visits[id] ?? 1}`;
  const request: PendingRequest = { requestId: key, operation: node.call, arguments: values, idempotencyKey: key };
  state.activity = { phase: 'connecting', node: id, request, say: null, fillers: 0, outcome: null };
  order(turn, request);
  setTimer(turn, 'filler', FILLER_AFTER_MS);
  return null;
}

function order(turn: Turn, request: PendingRequest): void {
  turn.effects.push({ type: 'flow.callConnector', ...request });
  setTimer(turn, 'guard', CONNECTOR_GUARD_MS);
}

function without(vars: Readonly<Record<string, Json>>, name: string): Readonly<Record<string, Json>> {
  const { [name]: _dropped, ...rest } = vars;
  return rest;
}

/** The same order again after a crash (the answer may have been lost): the back end does it once. The caller waited already, so the filler comes first. */
export function resumeConnecting(turn: Turn, activity: Connecting): Next {
  const quiet: Connecting = { ...activity, say: null };
  turn.state.activity = quiet;
  if (activity.outcome !== null) return conclude(turn, quiet, activity.outcome);
  order(turn, activity.request);
  return sayFiller(turn, quiet);
}

/** Keys pressed meanwhile wait; nothing that was ordered is ordered again. */
export function digitWhileConnecting(turn: Turn, digit: string): Next {
  keepForLater(turn, digit);
  return null;
}

export function timerWhileConnecting(turn: Turn, activity: Connecting, kind: string): Next {
  if (kind === 'guard') return activity.outcome === null ? returned(turn, activity, { exit: 'error', result: null }) : null;
  return activity.say === null && activity.outcome === null ? sayFiller(turn, activity) : null;
}

/** Fillers go from one to the next; the last one is repeated. */
function sayFiller(turn: Turn, activity: Connecting): Next {
  const node = currentNode(turn);
  const fillers = (node?.do === 'connector' ? node.filler : undefined) ?? turn.flow.filler;
  const filler = fillers[Math.min(activity.fillers, fillers.length - 1)];
  const say = filler === undefined ? null : speak(turn, wordsOf(turn, [filler]) ?? []);
  turn.state.activity = { ...activity, say, fillers: activity.fillers + 1 };
  if (say === null) setTimer(turn, 'filler', FILLER_AFTER_MS);
  return null;
}

/** A filler is over: on with the answer that came meanwhile, or wait on. */
export function saidWhileConnecting(turn: Turn, activity: Connecting): Next {
  const quiet: Connecting = { ...activity, say: null };
  turn.state.activity = quiet;
  if (activity.outcome !== null) return conclude(turn, quiet, activity.outcome);
  setTimer(turn, 'filler', FILLER_AFTER_MS);
  return null;
}

/** The back end answered. A filler that is being said is not cut in the middle of a word. */
export function returned(turn: Turn, activity: Connecting, outcome: { readonly exit: string; readonly result: Json }): Next {
  if (activity.outcome !== null) return null;
  cancelTimers(turn);
  if (activity.say === null) return conclude(turn, activity, outcome);
  turn.state.activity = { ...activity, outcome };
  return null;
}

function conclude(turn: Turn, activity: Connecting, outcome: { readonly exit: string; readonly result: Json }): Next {
  const node = currentNode(turn);
  if (node?.do !== 'connector') return fail(turn, 'node is gone');
  const exit = keepResult(turn, node, outcome);
  notePath(turn, { node: activity.node, did: `${node.call} → ${exit}` });
  const target = Object.hasOwn(node.exits, exit) ? node.exits[exit] : node.exits['error'];
  return target ?? fail(turn, `${node.call} has no exit ${exit}`);
}

/** Stores the result where it fits its variable. An `ok` whose body does not fit is an error: the flow must not speak of what it does not know. */
function keepResult(turn: Turn, node: NodeOf<'connector'>, { exit, result }: { readonly exit: string; readonly result: Json }): string {
  const variable = node.into === undefined ? undefined : turn.flow.vars.get(node.into);
  if (node.into === undefined || variable === undefined || exit === 'error') return exit;
  const value = admit(variable, result);
  if (value === undefined) return exit === 'ok' ? 'error' : exit;
  turn.state.vars = { ...turn.state.vars, [node.into]: value };
  return exit;
}
