import type { Move } from './moves.js';

/** What tells the ways out of a waiting node apart. */
export function nameOf(move: Move | null): string {
  switch (move?.kind) {
    case undefined:
    case 'listens':
    case 'slow':
    case 'unplayable':
    case 'hoursChange':
      return '';
    case 'key':
      return move.isFit ? `key ${move.key}` : 'noMatch';
    case 'entry':
      return move.isFit ? 'entry' : 'noMatch';
    case 'waits':
      return 'noInput';
    case 'tries':
      return nameOf(move.doing);
    case 'answer':
      return `exit ${move.exit}`;
    case 'noAnswer':
      return 'exit error';
    case 'speaks':
      return 'recorded';
    case 'saysNothing':
      return 'empty';
    case 'notRecorded':
      return 'failed';
  }
}
