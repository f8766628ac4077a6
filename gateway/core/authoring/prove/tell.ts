import { assertNever } from '../../errors.js';
import type { Millis } from '../../ids.js';
import type { CallStart, Move } from './moves.js';

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
      case 'hoursChange':
        return [`opening hours change meanwhile, at ${timeText(move.at)}`];
      default:
        return assertNever(move, 'tellMoves');
    }
  });
}

const timeText = (at: Millis): string => `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;

/** Who calls, in words. */
export function tellStart({ ani, dnis, language, at, incidents }: CallStart): string {
  const wrong = incidents.length === 0 ? '' : `, while ${incidents.length === 1 ? 'an incident is' : 'incidents are'} told`;
  return `a call from ${ani ?? 'a withheld number'} to ${dnis} in ${language}, ${timeText(at)}${wrong}`;
}
