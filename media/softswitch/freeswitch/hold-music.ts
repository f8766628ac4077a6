import { randomUUID } from 'node:crypto';
import type { Channel } from './channel.js';

const DEFAULT_MUSIC = 'local_stream://moh';

/**
 * The peer of this channel has put us on hold. In a bridge the other leg hears music meanwhile: `hold_music` of the held channel names it,
 * `silence` means none.
 */
export function peerHolds(channel: Channel): void {
  if (channel.isHeld) return;
  channel.isHeld = true;
  channel.setCallState('HELD');
  channel.emit('CHANNEL_HOLD');
  const listener = channel.bridge?.partnerOf(channel);
  const music = channel.vars.get('hold_music') ?? DEFAULT_MUSIC;
  if (listener === undefined || music === 'silence' || (music === DEFAULT_MUSIC && !channel.owner.settings.sounds.hasStream('moh'))) return;
  channel.holdListener = listener;
  listener.request({ app: 'playback', arg: music, uuid: randomUUID(), isLocked: false, loops: 1 });
}

/** The hold is over: the music stops and both hear each other again. */
export function peerResumes(channel: Channel): void {
  if (!channel.isHeld) return;
  channel.unhold();
  channel.setCallState('ACTIVE');
  endHoldMusic(channel);
}

export function endHoldMusic(channel: Channel): void {
  const listener = channel.holdListener;
  channel.holdListener = undefined;
  if (listener?.bridge !== undefined) listener.break({ all: false });
}
