import type { CallState, Channel, ChannelState } from './channel.js';

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

/** What events say about a channel; with all its variables unless told otherwise. */
export function channelHeaders(channel: Channel, opts: { withVariables: boolean } = { withVariables: true }): Record<string, string> {
  return {
    ...stateHeaders(channel),
    ...codecHeaders(channel),
    ...callerHeaders(channel, 'Caller-'),
    ...otherLegHeaders(channel),
    ...(opts.withVariables ? variableHeaders(channel) : {}),
  };
}

function stateHeaders(channel: Channel): Record<string, string> {
  return {
    'Channel-State': channel.state,
    'Channel-Call-State': channel.callState,
    'Channel-State-Number': String(STATE_NUMBER[channel.state]),
    'Channel-Name': channelName(channel),
    'Unique-ID': channel.uuid,
    'Call-Direction': 'inbound',
    'Presence-Call-Direction': 'inbound',
    'Channel-HIT-Dialplan': 'true',
    'Channel-Call-UUID': channel.vars.get('call_uuid') ?? channel.uuid,
    'Answer-State': channel.answerState,
    ...(channel.hangupCause === undefined ? {} : { 'Hangup-Cause': channel.hangupCause }),
  };
}

function codecHeaders(channel: Channel): Record<string, string> {
  const codec = channel.vars.get('read_codec');
  if (codec === undefined) return {};
  return {
    'Channel-Read-Codec-Name': codec, 'Channel-Read-Codec-Rate': '8000', 'Channel-Read-Codec-Bit-Rate': '64000',
    'Channel-Write-Codec-Name': codec, 'Channel-Write-Codec-Rate': '8000', 'Channel-Write-Codec-Bit-Rate': '64000',
  };
}

/** The caller profile, under `Caller-` in events and once more under `Channel-` in the CHANNEL_DATA block. */
export function callerHeaders(channel: Channel, prefix: 'Caller-' | 'Channel-'): Record<string, string> {
  const { vars } = channel;
  const caller = callerOf(channel);
  const list: readonly (readonly [string, string])[] = [
    ['Direction', 'inbound'], ['Logical-Direction', 'inbound'], ['Username', caller], ['Dialplan', 'XML'], ['Caller-ID-Name', caller], ['Caller-ID-Number', caller],
    ['Orig-Caller-ID-Name', caller], ['Orig-Caller-ID-Number', caller], ['Network-Addr', vars.get('sip_network_ip') ?? ''], ['ANI', caller],
    ['Destination-Number', vars.get('sip_req_user') ?? ''], ['Unique-ID', channel.uuid], ['Source', 'mod_sofia'], ['Context', 'mrf'], ['Channel-Name', channelName(channel)],
    ['Profile-Created-Time', microseconds(channel.createdAtMs)], ['Channel-Created-Time', microseconds(channel.createdAtMs)],
  ];
  return Object.fromEntries(list.map(([name, value]) => [`${prefix}${name}`, value]));
}

function otherLegHeaders(channel: Channel): Record<string, string> {
  if (channel.otherLeg === undefined) return {};
  return { 'Other-Type': channel.otherLeg.isOriginatee ? 'originatee' : 'originator', 'Other-Leg-Unique-ID': channel.otherLeg.uuid };
}

/** `variable_<name>` for each variable. */
export function variableHeaders(channel: Channel): Record<string, string> {
  return Object.fromEntries([...channel.vars.entries()].map(([name, value]) => [`variable_${name}`, value]));
}

export function callStateHeaders(channel: Channel, before: CallState): Record<string, string> {
  return { 'Original-Channel-Call-State': before, ...channelHeaders(channel, { withVariables: false }) };
}

/** What `connect` on an outbound socket and uuid_dump show. */
export function channelData(channel: Channel): Record<string, string> {
  return { ...channel.owner.baseHeaders('CHANNEL_DATA'), ...callerHeaders(channel, 'Channel-'), ...channelHeaders(channel) };
}
