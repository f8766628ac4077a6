import type { LadderEntry } from '../../media/phone/ladder.js';

/** One line of the ladder for a person: time since the INVITE, direction, what happened. */
export function describe(entry: LadderEntry): string {
  const seconds = (entry.atMs / 1_000).toFixed(2).padStart(7);
  return `${seconds} s  ${words(entry)}`;
}

/** Which key it was stays untold (a ladder may be kept); the number is its place in the order, so it is written as one. */
function ordinal(place: number): string {
  const isTeen = place % 100 >= 11 && place % 100 <= 13;
  return `${place}${(isTeen ? undefined : ['th', 'st', 'nd', 'rd'][place % 10]) ?? 'th'}`;
}

const HOW_KEYS_LEAVE = { event: '', tones: ' (as tones)', info: ' (as SIP INFO)', none: ' (not sent: the other side takes no keys)' } as const;

function words(entry: LadderEntry): string {
  switch (entry.event) {
    case 'inviteSent':
      return '→ INVITE';
    case 'inviteReceived':
      return `← INVITE${entry.isAutoAnswer ? ' (asks to be answered at once)' : ''}`;
    case 'provisional':
      return `← ${entry.status}${entry.hasMedia ? ' with media' : ''}`;
    case 'ringing':
      return '→ 180 ringing';
    case 'answered':
      return `  answered (${entry.codec ?? 'no codec'})`;
    case 'firstPacket':
      return '  first sound packet';
    case 'soundBegan':
      return '  ♪ hears something';
    case 'soundEnded':
      return '    silence';
    case 'keySent':
      return `→ ${ordinal(entry.number)} key${HOW_KEYS_LEAVE[entry.path]}`;
    case 'keyReceived':
      return `← ${ordinal(entry.number)} key (${entry.durationMs} ms)`;
    case 'promptTimeout':
      return `  no prompt came at step ${entry.step}`;
    case 'keysDone':
      return '  all keys sent';
    case 'heldByPeer':
      return '← put on hold';
    case 'resumedByPeer':
      return '← taken back from hold';
    case 'held':
      return '→ hold';
    case 'resumed':
      return '→ taken back';
    case 'failed':
      // Nobody sent this status: it stands for the answer that did not come.
      return entry.cause === 'timeout' || entry.cause === 'transport' ? `  no answer (${entry.reason})` : `← ${entry.status} ${entry.reason}`;
    case 'ended':
      return entry.by === 'local' ? '→ BYE' : `← BYE${entry.cause === undefined ? '' : ` (${entry.cause})`}`;
  }
}
