import type { CallState, Channel, ChannelState } from './channel.js';
import type { EventHeaders } from './event.js';

const STATE_NUMBER: Readonly<Record<ChannelState, number>> = {
  CS_NEW: 0, CS_INIT: 1, CS_ROUTING: 2, CS_SOFT_EXECUTE: 3, CS_EXECUTE: 4, CS_EXCHANGE_MEDIA: 5, CS_PARK: 6, CS_HANGUP: 10, CS_REPORTING: 11, CS_DESTROY: 12,
};

const microseconds = (ms: number): string => String(Math.round(ms) * 1000);

/** The name as it stands in events: the profile and who called. */
export function channelName(channel: Channel): string {
  return channel.vars.get('channel_name') ?? channel.uuid;
}

/** The caller as From names it. */
export function callerOf(channel: Channel): string {
  return channel.vars.get('sip_from_user') ?? '';
}

/** What events say about a channel, put to `to`; with all its variables unless told otherwise. */
export function addChannel(to: EventHeaders, channel: Channel, opts: { withVariables: boolean } = { withVariables: true }): void {
  addState(to, channel);
  addCodec(to, channel);
  addCaller(to, channel, CALLER);
  addOtherLeg(to, channel);
  if (opts.withVariables) addVariables(to, channel);
}

function addState(to: EventHeaders, channel: Channel): void {
  to['Channel-State'] = channel.state;
  to['Channel-Call-State'] = channel.callState;
  to['Channel-State-Number'] = String(STATE_NUMBER[channel.state]);
  to['Channel-Name'] = channelName(channel);
  to['Unique-ID'] = channel.uuid;
  to['Call-Direction'] = 'inbound';
  to['Presence-Call-Direction'] = 'inbound';
  to['Channel-HIT-Dialplan'] = 'true';
  to['Channel-Call-UUID'] = channel.vars.get('call_uuid') ?? channel.uuid;
  to['Answer-State'] = channel.answerState;
  if (channel.hangupCause !== undefined) to['Hangup-Cause'] = channel.hangupCause;
}

function addCodec(to: EventHeaders, channel: Channel): void {
  const codec = channel.vars.get('read_codec');
  if (codec === undefined) return;
  to['Channel-Read-Codec-Name'] = codec;
  to['Channel-Read-Codec-Rate'] = '8000';
  to['Channel-Read-Codec-Bit-Rate'] = '64000';
  to['Channel-Write-Codec-Name'] = codec;
  to['Channel-Write-Codec-Rate'] = '8000';
  to['Channel-Write-Codec-Bit-Rate'] = '64000';
}

const PROFILE = [
  'Direction', 'Logical-Direction', 'Username', 'Dialplan', 'Caller-ID-Name', 'Caller-ID-Number', 'Orig-Caller-ID-Name', 'Orig-Caller-ID-Number', 'Network-Addr', 'ANI',
  'Destination-Number', 'Unique-ID', 'Source', 'Context', 'Channel-Name', 'Profile-Created-Time', 'Channel-Created-Time',
];
/** The caller profile's names, under `Caller-` in events and once more under `Channel-` in the CHANNEL_DATA block. */
const CALLER: readonly string[] = PROFILE.map((name) => `Caller-${name}`);
const CHANNEL: readonly string[] = PROFILE.map((name) => `Channel-${name}`);

function addCaller(to: EventHeaders, channel: Channel, names: readonly string[]): void {
  const { vars } = channel;
  const caller = callerOf(channel);
  const createdAt = microseconds(channel.createdAtMs);
  const values = [
    'inbound', 'inbound', caller, 'XML', caller, caller, caller, caller, vars.get('sip_network_ip') ?? '', caller,
    vars.get('sip_req_user') ?? '', channel.uuid, 'mod_sofia', 'mrf', channelName(channel), createdAt, createdAt,
  ];
  for (const [at, name] of names.entries()) to[name] = values[at] ?? '';
}

function addOtherLeg(to: EventHeaders, channel: Channel): void {
  if (channel.otherLeg === undefined) return;
  to['Other-Type'] = channel.otherLeg.isOriginatee ? 'originatee' : 'originator';
  to['Other-Leg-Unique-ID'] = channel.otherLeg.uuid;
}

/** `variable_<name>` for each variable. */
export function addVariables(to: EventHeaders, channel: Channel): void {
  for (const { header, value } of channel.vars.all()) to[header] = value;
}

export function addCallState(to: EventHeaders, channel: Channel, before: CallState): void {
  to['Original-Channel-Call-State'] = before;
  addChannel(to, channel, { withVariables: false });
}

/** What `connect` on an outbound socket and uuid_dump show. */
export function channelData(channel: Channel): EventHeaders {
  const data = channel.owner.baseHeaders('CHANNEL_DATA');
  addCaller(data, channel, CHANNEL);
  addChannel(data, channel);
  return data;
}
