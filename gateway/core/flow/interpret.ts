import { assertNever } from '../errors.js';
import type { Json, Millis } from '../ids.js';
import { arriveAsking, ask, digitWhileAsking, resumeAsking, saidWhileAsking, timerWhileAsking } from './asking.js';
import { arriveConnecting, connect, digitWhileConnecting, resumeConnecting, returned, saidWhileConnecting, timerWhileConnecting } from './connecting.js';
import type { Flow } from './flow-schema.js';
import { NOTHING_YET, ownCopy, visitsOf, type FlowState, type Saying } from './flow-state.js';
import type { LeftMessage } from './collected.js';
import type { FlowEffect, FlowEvent, Language } from './flow-types.js';
import type { Incident } from './incident.js';
import type { Reaction } from './kinds/kind.js';
import { kindOf } from './kinds/kinds.js';
import { arriveRecording, digitWhileRecording, keepLeft, promptOver, recorded, recordFailed, resumeRecording, saidWhileRecording } from './recording.js';
import { afterPart, arriveSaying, digitWhileSaying, saidWhileSaying } from './saying.js';
import { cancelTimers, currentNode, fail, fileDraft, isOnErrorWay, leave, type FlowWitness, type Turn } from './turn.js';
import { firstValues, visitKey } from './variables.js';

export interface FlowStart {
  readonly callId: string;
  readonly at: Millis;
  readonly ani: string | null;
  readonly dnis: string;
  readonly language?: Language;
  /** First values of variables that the flow declares; others are left out. */
  readonly vars?: Readonly<Record<string, Json>>;
  /** What is wrong just now. */
  readonly incidents?: readonly Incident[];
}

export interface FlowStep {
  readonly state: FlowState;
  readonly effects: readonly FlowEffect[];
}

/** Nodes passed within one step, and entered in one run: far above any sensible flow, so only a loop gets there. */
const MAX_MOVES_PER_STEP = 100;
const MAX_VISITS = 1_000;

/** Begins a run of a flow. */
export function startFlow(flow: Flow, start: FlowStart, witness: FlowWitness | null = null): FlowStep {
  const language = flow.languages.find((one) => one === start.language) ?? flow.languages[0] ?? 'sv';
  const turn: Turn = {
    flow,
    root: flow,
    at: start.at,
    effects: [],
    witness,
    state: {
      flowId: flow.id,
      version: flow.version,
      callId: start.callId,
      ani: start.ani,
      dnis: start.dnis,
      language,
      vars: firstValues(flow, start.vars ?? {}),
      visits: {},
      activity: { phase: 'left', exit: { kind: 'broken' } },
      timers: [],
      serial: 0,
      buffer: '',
      echo: null,
      isHurrying: false,
      errorWay: null,
      isSolved: false,
      statedReason: null,
      customer: null,
      path: [],
      ...NOTHING_YET,
      incidents: start.incidents ?? [],
    },
  };
  return run(turn, flow.first);
}

/** Folds one fact. A fact that is late, repeated or of another step changes nothing. */
export function stepFlow(flow: Flow, state: FlowState, event: FlowEvent, witness: FlowWitness | null = null): FlowStep {
  if (state.activity.phase === 'left') return { state, effects: [] };
  const turn: Turn = { flow: running(flow, state), root: flow, at: event.at, state: ownCopy(state), effects: [], witness };
  return run(turn, react(turn, event));
}

/**
 * The caller hung up: what becomes of a message that they recorded. The flow itself does not go on.
 * @param left what the recording came to that ended with the call; null when none was being made
 */
export function hangUpFlow(flow: Flow, before: FlowState, hungUp: { readonly at: Millis; readonly left: LeftMessage | null }): FlowStep {
  const state = ownCopy(before);
  const turn: Turn = { flow: running(flow, state), root: flow, at: hungUp.at, state, effects: [], witness: null };
  keepLeft(turn, hungUp.left);
  return { state: turn.state, effects: turn.effects };
}

/** The recording that is being made, or null. */
export const recordingNow = ({ activity }: FlowState): string | null => (activity.phase === 'recording' ? activity.recordingId : null);

/** The flow that runs; one that is gone is found out by its first node. */
const running = (root: Flow, { inFlow }: FlowState): Flow => (inFlow === null || inFlow === root.id ? root : (root.subflows.get(inFlow) ?? root));

/** Takes up a run after a crash: a pending connector call is ordered again under the same ids; any other node is said again. */
export function resumeFlow(flow: Flow, state: FlowState, at: Millis): FlowStep {
  const known = ownCopy(state);
  const turn: Turn = { flow: running(flow, known), root: flow, at, state: { ...known, timers: [], buffer: '', echo: null }, effects: [], witness: null };
  const { activity } = state;
  switch (activity.phase) {
    case 'left':
      return { state, effects: [{ type: 'flow.left', exit: activity.exit }] };
    case 'connecting':
      return run(turn, resumeConnecting(turn, activity));
    case 'asking':
      return run(turn, resumeAsking(turn, activity));
    case 'recording':
      return run(turn, resumeRecording(turn, activity));
    case 'saying': {
      const node = currentNode(turn);
      const kind = node === null ? null : kindOf(node);
      return run(turn, node === null || kind?.role !== 'speaks' ? fail(turn, 'node is gone') : arriveSaying(turn, { id: activity.node, node }, kind));
    }
    default:
      return assertNever(activity, 'resumeFlow');
  }
}

function react(turn: Turn, event: FlowEvent): Reaction {
  switch (event.type) {
    case 'flow.digit':
      return /^[0-9*#]$/.test(event.digit) && !isEcho(turn, event.digit) ? digit(turn, event.digit) : null;
    case 'flow.said':
      return currentSay(turn)?.sayId === event.sayId ? said(turn) : null;
    case 'flow.sayFailed':
      return currentSay(turn)?.sayId === event.sayId ? sayFailed(turn) : null;
    case 'flow.timerFired':
      return timerFired(turn, event.timer);
    case 'flow.connectorReturned': {
      const { activity } = turn.state;
      if (activity.phase !== 'connecting' || activity.request.requestId !== event.requestId) return null;
      return returned(turn, activity, { exit: event.exit, result: event.result });
    }
    case 'flow.recorded':
    case 'flow.recordFailed': {
      const { activity } = turn.state;
      if (activity.phase !== 'recording' || activity.recordingId !== event.recordingId) return null;
      return event.type === 'flow.recorded' ? recorded(turn, activity, event.durationMs) : recordFailed(turn, activity);
    }
    default:
      return assertNever(event, 'stepFlow');
  }
}

/** A bounce of the key that just answered, or a press repeated while its action is under way. */
function isEcho(turn: Turn, pressed: string): boolean {
  const { echo, activity } = turn.state;
  if (echo === null) return false;
  if (echo.digit === pressed && (turn.at < echo.until || activity.phase === 'connecting')) return true;
  turn.state.echo = null;
  return false;
}

function currentSay(turn: Turn): Saying | null {
  const { activity } = turn.state;
  return activity.phase === 'left' ? null : activity.say;
}

function digit(turn: Turn, pressed: string): Reaction {
  turn.state.informedOf = null;
  const { activity } = turn.state;
  switch (activity.phase) {
    case 'saying':
      return digitWhileSaying(turn, activity, pressed);
    case 'asking':
      return digitWhileAsking(turn, activity, pressed);
    case 'connecting':
      return digitWhileConnecting(turn, pressed);
    case 'recording':
      return digitWhileRecording(turn, activity, pressed);
    case 'left':
      return null;
    default:
      return assertNever(activity, 'digit');
  }
}

function said(turn: Turn): Reaction {
  const { activity } = turn.state;
  switch (activity.phase) {
    case 'saying':
      return saidWhileSaying(turn, activity);
    case 'asking':
      return saidWhileAsking(turn, activity);
    case 'connecting':
      return saidWhileConnecting(turn, activity);
    case 'recording':
      return saidWhileRecording(turn, activity);
    case 'left':
      return null;
    default:
      return assertNever(activity, 'said');
  }
}

/** A prompt that could not be heard: a filler may be missed, anything else leads to the error node, and on the way out it is left out. */
function sayFailed(turn: Turn): Reaction {
  const { activity } = turn.state;
  if (activity.phase === 'connecting') return said(turn);
  if (activity.phase === 'saying' && isOnErrorWay(turn)) return afterPart(turn, activity);
  if (activity.phase === 'recording' && isOnErrorWay(turn)) return promptOver(turn, activity);
  return fail(turn, 'prompt could not be played');
}

function timerFired(turn: Turn, timer: string): Reaction {
  if (!turn.state.timers.includes(timer)) return null;
  turn.state.timers = turn.state.timers.filter((one) => one !== timer);
  const kind = timer.slice(0, timer.indexOf('.'));
  const { activity } = turn.state;
  if (activity.phase === 'asking') return timerWhileAsking(turn, activity, kind);
  return activity.phase === 'connecting' ? timerWhileConnecting(turn, activity, kind) : null;
}

/** Walks on until a node waits for something. */
function run(turn: Turn, first: Reaction): FlowStep {
  if (first === null) return { state: turn.state, effects: turn.effects };
  let next: Reaction = first;
  let visits = allVisits(turn.state);
  for (let moves = 0; next !== null; moves++) {
    cancelTimers(turn);
    const isLoop = moves >= MAX_MOVES_PER_STEP || visits >= MAX_VISITS;
    if (typeof next === 'string') visits++;
    if (isLoop) next = leave(turn, { kind: 'broken' });
    else next = typeof next === 'string' ? arrive(turn, next) : follow(turn, next);
  }
  return { state: turn.state, effects: turn.effects };
}

function allVisits({ visits }: FlowState): number {
  let sum = 0;
  for (const node in visits) sum += visits[node] ?? 0;
  return sum;
}

/** Stays at the node: asks again, or orders something. */
function follow(turn: Turn, reaction: Exclude<Reaction, string | null>): Reaction {
  const { activity } = turn.state;
  if (activity.phase === 'left') return null;
  switch (reaction.then) {
    case 'ask':
      return ask(turn, { id: activity.node, before: reaction.before, ...(reaction.recording === undefined ? {} : { recording: reaction.recording }) });
    case 'record': {
      const node = currentNode(turn);
      const kind = node === null ? null : kindOf(node);
      return node === null || kind?.role !== 'records' ? fail(turn, 'node is gone') : arriveRecording(turn, { id: activity.node, node }, kind);
    }
    case 'order':
      return connect(turn, activity.node, reaction.request);
    case 'noMatch':
      return fail(turn, 'no match where nothing was asked');
    default:
      return assertNever(reaction, 'follow');
  }
}

function arrive(turn: Turn, id: string): Reaction {
  const node = turn.flow.nodes.get(id);
  if (node === undefined) return fail(turn, `node ${id} is gone`);
  fileDraft(turn);
  const { state } = turn;
  const key = visitKey(state, id);
  const visits: Record<string, number> = { ...state.visits };
  visits[key] = visitsOf(state, key) + 1;
  state.visits = visits;
  turn.witness?.arrived(key, turn);
  if (node.reason !== undefined) state.statedReason = node.reason;
  if (node.solved !== undefined) state.isSolved = node.solved;
  if (Object.hasOwn(state.progress, id)) state.progress = { ...state.progress, [id]: 0 };
  const kind = kindOf(node);
  switch (kind.role) {
    case 'passes':
      return kind.pass(turn, { id, node });
    case 'speaks':
      return arriveSaying(turn, { id, node }, kind);
    case 'asks':
      return arriveAsking(turn, { id, node }, kind);
    case 'acts':
      return arriveConnecting(turn, { id, node }, kind);
    case 'records':
      return arriveRecording(turn, { id, node }, kind);
    default:
      return assertNever(kind, 'arrive');
  }
}
