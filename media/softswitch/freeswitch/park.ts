import type { Activity } from './activity.js';
import { hold } from './activity.js';
import type { Channel } from './channel.js';
import { NORMAL_CLEARING, causeNamed } from './hangup-cause.js';

const waiting = (endsWhen?: () => boolean): Activity => ({ ending: undefined, isBreakable: false, ...(endsWhen === undefined ? {} : { endsWhen }) });

/**
 * Keeps the channel, silent, until it is sent elsewhere or a socket attached to it ends. `park_timeout=<s>[:<cause>]` bounds it;
 * reading it uses it up.
 */
export async function park(channel: Channel): Promise<void> {
  const cancelTimeout = startTimeout(channel);
  channel.isParked = true;
  channel.isControlled = true;
  channel.emit('CHANNEL_PARK');
  await hold(channel, waiting(() => !channel.isControlled));
  cancelTimeout();
  channel.isParked = false;
  channel.emit('CHANNEL_UNPARK');
}

function startTimeout(channel: Channel): () => void {
  const [seconds = '', cause = NORMAL_CLEARING] = (channel.vars.get('park_timeout') ?? '').split(':');
  channel.vars.set('park_timeout', '');
  if (!(Number(seconds) > 0)) return () => undefined;
  return channel.owner.settings.clock.setTimer(Number(seconds) * 1000, () => channel.hangup(causeNamed(cause)));
}

/** The state after a bridge with park_after_bridge: parked, and still there, asleep, when the application's socket ends. */
export async function parkState(channel: Channel): Promise<void> {
  channel.setState('CS_PARK');
  await park(channel);
  await hold(channel, waiting());
}
