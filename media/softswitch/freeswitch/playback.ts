import type { Activity, Ending } from './activity.js';
import { hold } from './activity.js';
import type { Channel, ExecuteRequest } from './channel.js';
import type { SoundSource } from './sound-source.js';

const FRAME_MS = 20;
const SAMPLES_PER_MS = 8;
const DEFAULT_TERMINATORS = '*';

/**
 * The playback application. `!` separates files once `playback_delimiter` says so; a missing one in a list is skipped. Leaves what the last
 * one came to: FILE PLAYED (stopped counts as played), FILE NOT FOUND, or PLAYBACK ERROR when the channel went elsewhere.
 */
export async function playback(channel: Channel, arg: string, request: ExecuteRequest): Promise<void> {
  const delimiter = channel.vars.get('playback_delimiter');
  const names = (delimiter === undefined ? [arg] : arg.split(delimiter)).filter((name) => name !== '');
  channel.vars.set('playback_terminator_used', '');
  channel.response = undefined;
  let result = arg === '' ? 'PLAYBACK ERROR' : 'FILE NOT FOUND';
  for (const name of names) {
    const source = await channel.owner.settings.sounds.find(name);
    if (channel.turn !== undefined) break;
    if (source === undefined) {
      result = 'FILE NOT FOUND';
      continue;
    }
    const ending = await playOne(channel, { name, source, isLocked: request.isLocked });
    result = ending === 'gone' ? 'PLAYBACK ERROR' : 'FILE PLAYED';
    // uuid_break ends one file of a list, a key the whole list.
    if (ending === 'gone' || channel.vars.get('playback_terminator_used') !== undefined) break;
  }
  channel.response = channel.turn === undefined ? result : 'PLAYBACK ERROR';
}

interface Playing {
  readonly name: string;
  readonly source: SoundSource;
  readonly isLocked: boolean;
}

async function playOne(channel: Channel, playing: Playing): Promise<Ending> {
  const { name, source } = playing;
  const headers = { ...(source.type === undefined ? {} : { 'Playback-File-Type': source.type }), 'Playback-File-Path': name };
  let frames = 0;
  const activity: Activity = {
    ending: undefined,
    isBreakable: true,
    isLocked: playing.isLocked,
    nextFrame() {
      const frame = activity.ending === undefined ? source.next() : undefined;
      if (frame === undefined) channel.finish(activity, 'done');
      else frames += 1;
      return frame;
    },
    onDigit(digit) {
      if (!isTerminator(channel, digit)) return;
      channel.vars.set('playback_terminator_used', digit);
      channel.finish(activity, 'break');
    },
  };
  channel.emit('PLAYBACK_START', headers);
  const ending = await hold(channel, activity);
  noteLength(channel, frames * FRAME_MS);
  channel.emit('PLAYBACK_STOP', { ...headers, 'Playback-Status': ending === 'break' ? 'break' : 'done' });
  return ending;
}

/** Whether this key ends what plays or is recorded. */
export function isTerminator(channel: Channel, digit: string): boolean {
  const terminators = channel.vars.get('playback_terminators') ?? DEFAULT_TERMINATORS;
  if (terminators === 'none') return false;
  return terminators === 'any' || terminators.includes(digit);
}

/** What was made, not what was heard: the peer may be on hold. */
function noteLength(channel: Channel, ms: number): void {
  channel.vars.set('playback_last_offset_pos', String(ms * SAMPLES_PER_MS));
  channel.vars.set('playback_seconds', String(Math.floor(ms / 1000)));
  channel.vars.set('playback_ms', String(ms));
  channel.vars.set('playback_samples', String(ms * SAMPLES_PER_MS));
}
