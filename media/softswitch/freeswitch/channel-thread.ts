import { randomUUID } from 'node:crypto';
import { bridgeTurn } from './bridge-turn.js';
import type { Channel, Turn } from './channel.js';
import { execute } from './execute.js';
import { NORMAL_CLEARING } from './hangup-cause.js';
import type { Action } from './inline-dialplan.js';
import { parkState } from './park.js';

/**
 * A channel from its first step to its end.
 *
 *   dial plan --uuid_bridge--> bridge --other leg gone--> park | dial plan | hang-up
 *       ^  \                     |
 *       |   `--uuid_transfer-----'          every state --hang-up--> reporting --> gone
 *       `-- out of steps: hang-up
 */
export async function runChannel(channel: Channel): Promise<void> {
  startMedia(channel);
  for (let turn = channel.takeTurn(); turn?.kind !== 'hangup'; turn = channel.takeTurn()) {
    // Nothing was asked for: the dial plan, or whatever state it was, came to its end.
    if (turn === undefined) channel.hangup(NORMAL_CLEARING);
    else await take(channel, turn);
  }
  await report(channel);
}

async function take(channel: Channel, turn: Exclude<Turn, { kind: 'hangup' }>): Promise<void> {
  if (turn.kind === 'bridge') return bridgeTurn(channel, turn.bridge);
  if (turn.kind === 'park') return parkState(channel);
  if (turn.isTransfer) {
    channel.setState('CS_ROUTING');
    channel.setCallState('RINGING');
  }
  channel.setState('CS_EXECUTE');
  if (turn.isTransfer) channel.setCallState('ACTIVE');
  await runActions(channel, turn.actions);
}

async function runActions(channel: Channel, actions: readonly Action[]): Promise<void> {
  channel.actions = actions;
  while (channel.turn === undefined) {
    const [next, ...rest] = channel.actions;
    if (next === undefined) return;
    channel.actions = rest;
    await execute(channel, { ...next, uuid: randomUUID(), isLocked: false, loops: 1 });
  }
}

/** The innermost activity makes and hears the sound; keys are told to it and to everybody who listens. */
function startMedia(channel: Channel): void {
  const { pacer } = channel.owner.settings;
  let quietSinceMs = pacer.now();
  let frames = 0;
  channel.media.attach({
    frame() {
      frames += 1;
      if (frames % MEDIA_CHECK_FRAMES === 0) quietSinceMs = checkMediaTimeout(channel, quietSinceMs);
      return channel.top?.nextFrame?.();
    },
    heard: (pcm) => channel.top?.onFrame?.(pcm),
    digit(digit, durationMs, source) {
      const duration = Math.max(MIN_DTMF_UNITS, Math.round(durationMs * 8));
      channel.emitBrief('DTMF', { 'DTMF-Digit': digit, 'DTMF-Duration': String(duration), 'DTMF-Source': source });
      channel.top?.onDigit?.(digit, durationMs);
    },
  });
}

const MIN_DTMF_UNITS = 400;
const MEDIA_CHECK_FRAMES = 10;
const HOLD_FACTOR = 10;

/** `media_timeout` in ms without RTP, ten times as long while the peer holds. Returns since when it is quiet. */
function checkMediaTimeout(channel: Channel, quietSinceMs: number): number {
  const heardAtMs = Math.max(quietSinceMs, channel.media.stats().lastReceivedAtMs ?? 0);
  const limitMs = Number(channel.vars.get('media_timeout') ?? 0) * (channel.isHeld ? HOLD_FACTOR : 1);
  if (limitMs > 0 && channel.owner.settings.pacer.now() - heardAtMs > limitMs) channel.hangup('MEDIA_TIMEOUT');
  return heardAtMs;
}

/** The last events, the BYE, and the end of every socket attached to the channel. */
async function report(channel: Channel): Promise<void> {
  const { owner, uuid } = channel;
  channel.setState('CS_HANGUP');
  channel.setCallState('HANGUP');
  channel.leg.end(channel.hangupCause ?? NORMAL_CLEARING);
  channel.setState('CS_REPORTING');
  channel.emit('CHANNEL_HANGUP_COMPLETE');
  channel.emit('CHANNEL_DESTROY');
  owner.channels.delete(uuid);
  for (const link of [...channel.links]) link.sessionEnded(channel);
  channel.setState('CS_DESTROY');
  await channel.media.close();
}
