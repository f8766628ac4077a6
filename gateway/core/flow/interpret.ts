import { assertNever } from '../errors.js';
import type { Json, Millis } from '../ids.js';
import { arriveConnecting, digitWhileConnecting, resumeConnecting, returned, saidWhileConnecting, timerWhileConnecting } from './connector-node.js';
import type { Flow, FlowNode, NodeOf } from './flow-schema.js';
import type { FlowState, Saying } from './flow-state.js';
import type { FlowEffect, FlowEvent, Language } from './flow-types.js';
import { arriveAsking, ask, digitWhileAsking, isInput, saidWhileAsking, timerWhileAsking } from './input-node.js';
import { afterPart, arriveSaying, digitWhileSaying, isSpeaking, saidWhileSaying } from './say-node.js';
import { cancelTimers, currentNode, fail, isOnErrorWay, leave, notePath, type Next, type Turn } from './turn.js';
import { admit, holds, lookUp, resolve } from './variables.js';

export interface FlowStart {
  readonly callId: string;
  readonly at: Millis;
  readonly ani: string | null;
  readonly dnis: string;
  readonly language?: Language;
  /** First values of variables that the flow declares; others are left out. */
  readonly vars?: Readonly<Record<string, Json>>;
}

export interface FlowStep {
  readonly state: FlowState;
  readonly effects: readonly FlowEffect[];
}

/** Nodes passed within one step, and entered in one run: far above any sensible flow, so only a loop gets there. */
const MAX_MOVES_PER_STEP = 100;
const MAX_VISITS = 1_000;

/** Begins a run of a flow. */
export function startFlow(flow: Flow, start: FlowStart): FlowStep {
  const language = flow.languages.find((one) => one === start.language) ?? flow.languages[0] ?? 'sv';
  const turn: Turn = {
    flow,
    at: start.at,
    effects: [],
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
    },
  };
  return run(turn, flow.start);
}

function firstValues(flow: Flow, given: Readonly<Record<string, Json>>): Readonly<Record<string, Json>> {
  const values: Record<string, Json> = {};
  for (const [name, variable] of flow.vars) {
    const first = Object.hasOwn(given, name) ? given[name] : variable.type === 'record' ? undefined : variable.initial;
    const value = admit(variable, first);
    if (value !== undefined) values[name] = value;
  }
  return values;
}

/** Folds one fact. A fact that is late, repeated or of another step changes nothing. */
export function stepFlow(flow: Flow, state: FlowState, event: FlowEvent): FlowStep {
  if (state.activity.phase === 'left') return { state, effects: [] };
  const turn: Turn = { flow, at: event.at, state: { ...state }, effects: [] };
  return run(turn, react(turn, event));
}

/** Takes up a run after a crash: a pending connector call is ordered again under the same ids; any other node is said again. */
export function resumeFlow(flow: Flow, state: FlowState, at: Millis): FlowStep {
  const turn: Turn = { flow, at, state: { ...state, timers: [], buffer: '', echo: null }, effects: [] };
  const { activity } = state;
  switch (activity.phase) {
    case 'left':
      return { state, effects: [{ type: 'flow.left', exit: activity.exit }] };
    case 'connecting':
      return run(turn, resumeConnecting(turn, activity));
    case 'saying':
    case 'asking': {
      const node = currentNode(turn);
      if (node === null) return run(turn, fail(turn, 'node is gone'));
      if (isSpeaking(node)) return run(turn, arriveSaying(turn, activity.node, node));
      if (!isInput(node) || activity.phase !== 'asking') return run(turn, fail(turn, 'node is gone'));
      return run(turn, ask(turn, { id: activity.node, node, before: [], tries: { noInputs: activity.noInputs, noMatches: activity.noMatches } }));
    }
    default:
      return assertNever(activity, 'resumeFlow');
  }
}

function react(turn: Turn, event: FlowEvent): Next {
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

function digit(turn: Turn, pressed: string): Next {
  const { activity } = turn.state;
  switch (activity.phase) {
    case 'saying':
      return digitWhileSaying(turn, activity, pressed);
    case 'asking':
      return digitWhileAsking(turn, activity, pressed);
    case 'connecting':
      return digitWhileConnecting(turn, pressed);
    case 'left':
      return null;
    default:
      return assertNever(activity, 'digit');
  }
}

function said(turn: Turn): Next {
  const { activity } = turn.state;
  switch (activity.phase) {
    case 'saying':
      return saidWhileSaying(turn, activity);
    case 'asking':
      return saidWhileAsking(turn, activity);
    case 'connecting':
      return saidWhileConnecting(turn, activity);
    case 'left':
      return null;
    default:
      return assertNever(activity, 'said');
  }
}

/** A prompt that could not be heard: a filler may be missed, anything else leads to the error node, and on the way out it is left out. */
function sayFailed(turn: Turn): Next {
  const { activity } = turn.state;
  if (activity.phase === 'connecting') return said(turn);
  if (activity.phase === 'saying' && isOnErrorWay(turn)) return afterPart(turn, activity);
  return fail(turn, 'prompt could not be played');
}

function timerFired(turn: Turn, timer: string): Next {
  if (!turn.state.timers.includes(timer)) return null;
  turn.state.timers = turn.state.timers.filter((one) => one !== timer);
  const kind = timer.slice(0, timer.indexOf('.'));
  const { activity } = turn.state;
  if (activity.phase === 'asking') return timerWhileAsking(turn, activity, kind);
  return activity.phase === 'connecting' ? timerWhileConnecting(turn, activity, kind) : null;
}

/** Walks on until a node waits for something. */
function run(turn: Turn, first: Next): FlowStep {
  let next = first;
  for (let moves = 0; next !== null; moves++) {
    cancelTimers(turn);
    const visits = Object.values(turn.state.visits).reduce((sum, count) => sum + count, 0);
    const isLoop = moves >= MAX_MOVES_PER_STEP || visits >= MAX_VISITS;
    next = isLoop ? leave(turn, { kind: 'broken' }) : arrive(turn, next);
  }
  return { state: turn.state, effects: turn.effects };
}

function arrive(turn: Turn, id: string): Next {
  const node = turn.flow.nodes.get(id);
  if (node === undefined) return fail(turn, `node ${id} is gone`);
  const { state } = turn;
  state.visits = { ...state.visits, [id]: (state.visits[id] ?? 0) + 1 };
  if (node.reason !== undefined) state.statedReason = node.reason;
  if (node.solved !== undefined) state.isSolved = node.solved;
  if (isSpeaking(node)) return arriveSaying(turn, id, node);
  if (isInput(node)) return arriveAsking(turn, id, node);
  return node.do === 'connector' ? arriveConnecting(turn, id, node) : pass(turn, id, node);
}

/** Nodes that wait for nothing. */
function pass(turn: Turn, id: string, node: Exclude<FlowNode, NodeOf<'say' | 'queue' | 'transfer' | 'hangup' | 'menu' | 'collect' | 'confirm' | 'connector'>>): Next {
  const { state } = turn;
  switch (node.do) {
    case 'branch':
      return node.when.find((condition) => holds(state, condition))?.next ?? node.else;
    case 'language':
      state.language = node.to;
      notePath(turn, { node: id, did: `language ${node.to}` });
      return node.next;
    case 'set':
      return assign(turn, id, node);
    default:
      return assertNever(node, 'pass');
  }
}

function assign(turn: Turn, id: string, node: NodeOf<'set'>): Next {
  const { state, flow } = turn;
  const values = { ...state.vars };
  for (const [name, written] of Object.entries(node.values)) {
    const variable = flow.vars.get(name);
    const value = variable === undefined ? undefined : admit(variable, resolve(state, written));
    if (value === undefined) {
      notePath(turn, { node: id });
      return fail(turn, `value of ${name} is missing or of the wrong type`);
    }
    values[name] = value;
  }
  state.vars = values;
  if (node.customer !== undefined) {
    const [customerId, name] = [lookUp(state, node.customer.id.slice(1)), lookUp(state, node.customer.name.slice(1))];
    if (typeof customerId === 'string' && typeof name === 'string') state.customer = { id: customerId, name, confidence: node.customer.confidence };
  }
  return node.next;
}
