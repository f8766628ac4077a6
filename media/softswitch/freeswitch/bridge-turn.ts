import { randomUUID } from 'node:crypto';
import type { Bridge } from './bridge.js';
import type { Channel } from './channel.js';
import { NORMAL_CLEARING } from './hangup-cause.js';
import { endHoldMusic } from './hold-music.js';

/** One leg's time in a bridge, from the call to it until it is out. What comes next is left in `channel.turn`. */
export async function bridgeTurn(channel: Channel, bridge: Bridge): Promise<void> {
  const hasTalked = await bridge.arrive(channel);
  if (hasTalked) await talk(channel, bridge);
  bridge.leave(channel);
  endHoldMusic(channel);
  if (channel === bridge.second) return leaveAsSecond(channel);
  // If the second leg ends because of this, its end is told before that of the bridge.
  if (bridge.second.turn === undefined) await settle();
  if (hasTalked) channel.emit('CHANNEL_UNBRIDGE', bridgeHeaders(bridge));
  if (channel.turn === undefined) leaveAsFirst(channel);
}

async function talk(channel: Channel, bridge: Bridge): Promise<void> {
  const partner = bridge.partnerOf(channel);
  channel.setState('CS_SOFT_EXECUTE');
  channel.vars.set('current_application', 'uuid_bridge');
  channel.vars.set('current_application_data', partner.uuid);
  for (const name of ['bridge_uuid', 'last_bridge_to', 'signal_bond', 'bridge_to']) channel.vars.set(name, partner.uuid);
  channel.emit('CHANNEL_EXECUTE', { Application: 'uuid_bridge', 'Application-Data': partner.uuid, 'Application-UUID': randomUUID() });
  if (channel === bridge.second) channel.setState('CS_EXCHANGE_MEDIA');
  else {
    await settle();
    channel.emit('CHANNEL_BRIDGE', bridgeHeaders(bridge));
  }
  await bridge.talk(channel);
}

const bridgeHeaders = (bridge: Bridge): Record<string, string> => ({ 'Bridge-A-Unique-ID': bridge.first.uuid, 'Bridge-B-Unique-ID': bridge.second.uuid });

/** The second leg has no dial plan of its own to go back to. */
function leaveAsSecond(channel: Channel): void {
  if (channel.turn !== undefined) return;
  if (channel.vars.isTrue('park_after_bridge')) channel.go({ kind: 'park' });
  else channel.hangup(NORMAL_CLEARING);
}

/** The first leg when the second is gone. Without any wish it goes on in its dial plan, behind `socket`. */
function leaveAsFirst(channel: Channel): void {
  if (channel.vars.isTrue('park_after_bridge')) channel.go({ kind: 'park' });
  else if (channel.vars.isTrue('hangup_after_bridge')) channel.hangup(NORMAL_CLEARING);
  else channel.go({ kind: 'dialplan', actions: channel.actions, isTransfer: false });
}

/** Lets everything that is ready on the other leg happen first. */
function settle(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
