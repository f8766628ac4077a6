import type { Json } from '../ids.js';
import type { FlowActivity, PendingRequest } from './flow-state.js';
import type { Acting, BackEnd, Placed, Reaction } from './kinds/kind.js';
import { kindOf } from './kinds/kinds.js';
import { cancelTimers, currentNode, fail, keepForLater, setTimer, speak, wordsOf, type Next, type Turn } from './turn.js';

type Connecting = Extract<FlowActivity, { phase: 'connecting' }>;

/** Silence before the filler, so that no step is without sound for 1.5 s. */
export const FILLER_AFTER_MS = 1_200;
/** The connector's own time limits end long before; this only catches an answer that never comes. */
export const CONNECTOR_GUARD_MS = 30_000;

/** Enters a node that asks the back end. */
export function arriveConnecting(turn: Turn, at: Placed, kind: Acting): Next {
  turn.state.isHurrying = false;
  const request = kind.order(turn, at);
  return 'lacks' in request ? fail(turn, request.lacks, at.id) : connect(turn, at.id, request);
}

/** Orders the request, then waits with fillers. */
export function connect(turn: Turn, id: string, request: PendingRequest): null {
  turn.state.activity = { phase: 'connecting', node: id, request, say: null, fillers: 0, outcome: null };
  order(turn, request);
  setTimer(turn, 'filler', FILLER_AFTER_MS);
  return null;
}

function order(turn: Turn, request: PendingRequest): void {
  turn.effects.push({ type: 'flow.callConnector', ...request });
  setTimer(turn, 'guard', CONNECTOR_GUARD_MS);
}

/** The same order again after a crash (the answer may have been lost): the back end does it once. The caller waited already, so the filler comes first. */
export function resumeConnecting(turn: Turn, activity: Connecting): Reaction {
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

export function timerWhileConnecting(turn: Turn, activity: Connecting, kind: string): Reaction {
  if (kind === 'guard') return activity.outcome === null ? returned(turn, activity, { exit: 'error', result: null }) : null;
  return activity.say === null && activity.outcome === null ? sayFiller(turn, activity) : null;
}

/** Fillers go from one to the next; the last one is repeated. */
function sayFiller(turn: Turn, activity: Connecting): Next {
  const asked = asker(turn);
  const fillers = asked?.back.filler(asked.at.node) ?? turn.flow.filler;
  const filler = fillers[Math.min(activity.fillers, fillers.length - 1)];
  const say = filler === undefined ? null : speak(turn, wordsOf(turn, [filler]) ?? []);
  turn.state.activity = { ...activity, say, fillers: activity.fillers + 1 };
  if (say === null) setTimer(turn, 'filler', FILLER_AFTER_MS);
  return null;
}

/** A filler is over: on with the answer that came meanwhile, or wait on. */
export function saidWhileConnecting(turn: Turn, activity: Connecting): Reaction {
  const quiet: Connecting = { ...activity, say: null };
  turn.state.activity = quiet;
  if (activity.outcome !== null) return conclude(turn, quiet, activity.outcome);
  setTimer(turn, 'filler', FILLER_AFTER_MS);
  return null;
}

/** The back end answered. A filler that is being said is not cut in the middle of a word. */
export function returned(turn: Turn, activity: Connecting, outcome: { readonly exit: string; readonly result: Json }): Reaction {
  if (activity.outcome !== null) return null;
  cancelTimers(turn);
  if (activity.say === null) return conclude(turn, activity, outcome);
  turn.state.activity = { ...activity, outcome };
  return null;
}

function conclude(turn: Turn, activity: Connecting, outcome: { readonly exit: string; readonly result: Json }): Reaction {
  const asked = asker(turn);
  return asked === null ? fail(turn, 'node is gone') : asked.back.returned(turn, { id: activity.node, node: asked.at.node }, outcome);
}

/** The node that waits for the back end. */
function asker(turn: Turn): { readonly back: BackEnd; readonly at: Placed } | null {
  const { activity } = turn.state;
  const node = currentNode(turn);
  const kind = node === null ? null : kindOf(node);
  const back = kind?.role === 'acts' || kind?.role === 'asks' ? kind.back : undefined;
  return node === null || back === undefined || activity.phase === 'left' ? null : { back, at: { id: activity.node, node } };
}
