import type { Flow } from '../../flow/flow-schema.js';
import type { FlowWitness } from '../../flow/turn.js';
import type { Json, Millis } from '../../ids.js';
import { takeStep } from '../run-test.js';
import { speechMs } from '../speech-length.js';
import type { TestStep } from '../test-file-schema.js';
import { VirtualCall, type Answer } from '../virtual-call.js';
import { begin, play, wordsAt, type CallStart, type Move, type Place, type Witness } from './moves.js';

/** A witness as a test of a flow's test file, which leads to the same place: what is left to write is `then`. */
export interface WitnessTest {
  readonly caller: { readonly number: string; readonly dialled: string; readonly language: string };
  readonly clock: string;
  readonly incidents?: Json;
  readonly given: Readonly<Record<string, readonly Json[]>>;
  readonly unplayable?: readonly string[];
  readonly unrecordable?: true;
  readonly when: readonly Json[];
}

/** Somewhat more than a timer takes. */
const AND_A_BIT_MS = 100;
const BEEP_AND_A_BIT_MS = 500;

export function asTest(flow: Flow, { start, moves }: Witness): WitnessTest {
  const given: Record<string, Json[]> = {};
  for (const move of moves) {
    if (move.kind === 'answer') given[move.operation] = [...(given[move.operation] ?? []), answerText(move)];
    if (move.kind === 'noAnswer') given[move.operation] = [...(given[move.operation] ?? []), { lost: true }];
  }
  const unplayable = unplayableIn(moves);
  return {
    caller: { number: start.ani ?? 'withheld', dialled: start.dnis, language: start.language },
    clock: new Date(beginsAt(flow, { start, moves })).toISOString(),
    ...(start.incidents.length === 0 ? {} : { incidents: incidentsOf(start) }),
    given,
    ...(unplayable.length === 0 ? {} : { unplayable }),
    ...(moves.some(({ kind }) => kind === 'notRecorded') ? { unrecordable: true } : {}),
    when: stepsOf(flow, { start, moves }).map(stepText),
  };
}

const incidentsOf = ({ incidents }: CallStart): Json => Object.fromEntries(incidents.map(({ id, services, areas, texts }) => [id, { until: '2099-12-31T00:00:00Z', text: texts as Json, ...(services.length === 0 ? {} : { services }), ...(areas.length === 0 ? {} : { areas }) }]));

const unplayableIn = (moves: readonly Move[]): readonly string[] => moves.flatMap((move) => (move.kind === 'unplayable' ? move.prompts.slice(0, 1) : []));

/** Where opening hours change during the call they do right after the node at which the call stands then was come to. */
function beginsAt(flow: Flow, { start, moves }: Witness): Millis {
  const index = moves.findIndex(({ kind }) => kind === 'hoursChange');
  const change = moves[index];
  return change?.kind === 'hoursChange' ? change.at - 1 - arrivalAt(flow, { start, moves: moves.slice(0, index) }) : start.at;
}

/** How long a call goes on until it comes to its last node, as tests are played; in ms. */
function arrivalAt(flow: Flow, { start, moves }: Witness): number {
  let arrivedAt = start.at;
  const ignore = (): void => undefined;
  const witness: FlowWitness = { arrived: (_node, { at }) => (arrivedAt = at), keyed: ignore, ledOut: ignore, silent: ignore };
  const answers = moves.flatMap((move): Answer[] => (move.kind === 'answer' ? [{ exit: move.exit, result: move.result }] : move.kind === 'noAnswer' ? [LOST] : []));
  const call = new VirtualCall(flow, () => answers.shift() ?? LOST, { ...start, witness, unplayable: new Set(unplayableIn(moves)), unrecordable: moves.some(({ kind }) => kind === 'notRecorded') });
  for (const step of stepsOf(flow, { start, moves })) takeStep(call, step);
  const lastAct = moves.findLastIndex(({ kind }) => kind !== 'listens');
  for (let heard = lastAct + 1; heard < moves.length; heard++) hear(call);
  return arrivedAt - start.at;
}

const LOST: Answer = { exit: 'error', afterMs: 'never' };

/** To the end of what the node says. */
function hear(call: VirtualCall): void {
  const { node } = call;
  while (call.state.activity.phase === 'saying' && call.node === node) call.wait(call.nextInMs ?? 0);
}

/** What the caller does, as the steps of a test. */
function stepsOf(flow: Flow, { start, moves }: Witness): readonly TestStep[] {
  const steps: TestStep[] = [];
  let place: Place | null = begin(flow, start);
  let listenedMs = 0;
  for (const move of moves) {
    const isMeanwhile = place?.state.activity.phase === 'saying' || place?.state.activity.phase === 'recording';
    if (move.kind === 'listens' && place !== null) listenedMs += speechMs(wordsAt(place.state));
    const done = stepsIn(move, isMeanwhile ? listenedMs : null);
    if (done.length > 0) listenedMs = 0;
    steps.push(...done);
    place = place === null ? null : play(flow, place, move);
  }
  return steps;
}

/** What the caller does in a move. `afterMs`: while a node speaks, so long after the last thing they did. */
function stepsIn(move: Move, afterMs: number | null): readonly TestStep[] {
  switch (move.kind) {
    case 'key':
      return [afterMs === null ? move.key : { early: move.key, after: afterMs + AND_A_BIT_MS }];
    case 'entry':
      return move.pauseMs === null ? [move.keys] : [move.keys, { wait: move.pauseMs + AND_A_BIT_MS }];
    case 'waits':
      return [{ wait: move.ms + AND_A_BIT_MS }];
    case 'speaks':
      return [{ speak: move.seconds * 1_000 }];
    case 'saysNothing':
      return [{ wait: move.silenceMs + BEEP_AND_A_BIT_MS }];
    case 'tries':
      return Array.from({ length: move.times }, () => stepsIn(move.doing, null)).flat();
    default:
      return [];
  }
}

/** A step as it is written. */
function stepText(step: TestStep): Json {
  if (typeof step !== 'object') return step;
  return Object.fromEntries(Object.entries<string | number | undefined>(step).flatMap(([name, value]) => (value === undefined ? [] : [[name, typeof value === 'number' ? `${value}ms` : value]])));
}

const answerText = ({ exit, result }: Extract<Move, { kind: 'answer' }>): Json => (result === null || JSON.stringify(result) === '{}' ? exit : { exit, result });
