import { assertNever } from '../../errors.js';
import type { Flow } from '../../flow/flow-schema.js';
import type { Json } from '../../ids.js';
import { speechMs } from '../speech-length.js';
import { begin, play, wordsAt, type CallStart, type Move, type Place, type Witness } from './moves.js';

/** A witness in words, a line a step; what only lets words end is left out. */
export function tellMoves(moves: readonly Move[]): readonly string[] {
  return moves.flatMap((move) => {
    switch (move.kind) {
      case 'listens':
        return [];
      case 'key':
        return [`presses ${move.key}${move.isFit ? '' : ', which fits nothing here'}`];
      case 'entry':
        return [`keys ${move.keys}${move.pauseMs === null ? '' : ' and pauses'}${move.isFit ? '' : ', which does not fit'}`];
      case 'tries':
        return tellMoves([move.doing]).map((told) => `${told}, ${move.times} times`);
      case 'waits':
        return [`presses nothing for ${move.ms / 1_000} s`];
      case 'answer':
        return [`${move.operation} answers ${move.exit}${move.result === null || JSON.stringify(move.result) === '{}' ? '' : ` ${JSON.stringify(move.result)}`}`];
      case 'slow':
        return ['the back end is slow'];
      case 'noAnswer':
        return [`${move.operation} does not answer`];
      case 'speaks':
        return [`speaks for ${move.seconds} s after the beep`];
      case 'saysNothing':
        return ['says nothing after the beep'];
      case 'notRecorded':
        return ['the message cannot be recorded'];
      case 'unplayable':
        return [`${move.prompts.join(', ')} cannot be played`];
      default:
        return assertNever(move, 'tellMoves');
    }
  });
}

/** Who calls, in words. */
export function tellStart({ ani, dnis, language, at, incidents }: CallStart): string {
  const wrong = incidents.length === 0 ? '' : `, while ${incidents.length === 1 ? 'an incident is' : 'incidents are'} told`;
  return `a call from ${ani ?? 'a withheld number'} to ${dnis} in ${language}, ${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC${wrong}`;
}

/** The same as a test of a flow's test file, which leads to the same place: what is left to write is `then`. */
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
  const when: Json[] = [];
  const unplayable = moves.flatMap((move) => (move.kind === 'unplayable' ? move.prompts.slice(0, 1) : []));
  let place: Place | null = begin(flow, start);
  let listenedMs = 0;
  for (const move of moves) {
    const isMeanwhile = place?.state.activity.phase === 'saying' || place?.state.activity.phase === 'recording';
    if (move.kind === 'answer') given[move.operation] = [...(given[move.operation] ?? []), answer(move)];
    if (move.kind === 'noAnswer') given[move.operation] = [...(given[move.operation] ?? []), { lost: true }];
    if (move.kind === 'listens' && place !== null) listenedMs += speechMs(wordsAt(place.state));
    const done = stepsOf(move, isMeanwhile ? listenedMs : null);
    if (done.length > 0) listenedMs = 0;
    when.push(...done);
    place = place === null ? null : play(flow, place, move);
  }
  return {
    caller: { number: start.ani ?? 'withheld', dialled: start.dnis, language: start.language },
    clock: new Date(start.at).toISOString(),
    ...(start.incidents.length === 0 ? {} : { incidents: Object.fromEntries(start.incidents.map(({ id, services, areas, texts }) => [id, { until: '2099-12-31T00:00:00Z', text: texts as Json, ...(services.length === 0 ? {} : { services }), ...(areas.length === 0 ? {} : { areas }) }])) }),
    given,
    ...(unplayable.length === 0 ? {} : { unplayable }),
    ...(moves.some(({ kind }) => kind === 'notRecorded') ? { unrecordable: true } : {}),
    when,
  };
}

/** What the caller does in a move. `afterMs`: while a node speaks, so long after the last thing they did. */
function stepsOf(move: Move, afterMs: number | null): readonly Json[] {
  switch (move.kind) {
    case 'key':
      return [afterMs === null ? move.key : { early: move.key, after: `${afterMs + AND_A_BIT_MS}ms` }];
    case 'entry':
      return move.pauseMs === null ? [move.keys] : [move.keys, { wait: `${move.pauseMs + AND_A_BIT_MS}ms` }];
    case 'waits':
      return [{ wait: `${move.ms + AND_A_BIT_MS}ms` }];
    case 'speaks':
      return [{ speak: `${move.seconds}s` }];
    case 'saysNothing':
      return [{ wait: `${move.silenceMs + BEEP_AND_A_BIT_MS}ms` }];
    case 'tries':
      return Array.from({ length: move.times }, () => stepsOf(move.doing, null)).flat();
    default:
      return [];
  }
}

const answer = ({ exit, result }: Extract<Move, { kind: 'answer' }>): Json => (result === null || JSON.stringify(result) === '{}' ? exit : { exit, result });
