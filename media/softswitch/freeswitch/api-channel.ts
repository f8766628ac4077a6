import { randomUUID } from 'node:crypto';
import type { ApiCommand } from './api.js';
import { Bridge } from './bridge.js';
import type { Channel } from './channel.js';
import { channelData } from './channel-headers.js';
import { headerLines } from './event.js';
import { NORMAL_CLEARING, causeNamed } from './hangup-cause.js';
import { parseInline, splitWords } from './inline-dialplan.js';
import type { Switch } from './switch.js';

const OK = '+OK\n';
const NO_CHANNEL = '-ERR No such channel!\n';
const usage = (text: string): string => `-USAGE: ${text}\n`;
const notSupported = (what: string): string => `-ERR ${what} not supported by the softswitch\n`;

/** The API commands about one channel (and its partner). */
export const CHANNEL_API: Readonly<Record<string, ApiCommand | undefined>> = Object.assign(Object.create(null) as Record<string, ApiCommand>, {
  uuid_exists: (owner, args) => String(owner.channels.has(splitWords(args)[0] ?? '')),
  uuid_kill(owner, args) {
    const [uuid, cause = NORMAL_CLEARING] = splitWords(args);
    if (uuid === undefined) return usage('<uuid> [cause]');
    return withChannel(owner, uuid, (channel) => channel.hangup(causeNamed(cause)));
  },
  uuid_park: (owner, args) => withChannel(owner, splitWords(args)[0] ?? '', (channel) => channel.go({ kind: 'park' })),
  uuid_break(owner, args) {
    const [uuid, all] = splitWords(args);
    if (uuid === undefined) return usage('<uuid> [all]');
    return withChannel(owner, uuid, (channel) => channel.break({ all: all === 'all' }));
  },
  uuid_bridge: uuidBridge,
  uuid_transfer: uuidTransfer,
  uuid_broadcast: uuidBroadcast,
  uuid_getvar(owner, args) {
    const [uuid, name] = splitWords(args);
    if (uuid === undefined || name === undefined) return uuid !== undefined && !owner.channels.has(uuid) ? NO_CHANNEL : usage('<uuid> <var>');
    const channel = owner.channels.get(uuid);
    return channel === undefined ? NO_CHANNEL : (channel.vars.get(name) ?? '_undef_');
  },
  uuid_setvar(owner, args) {
    const [, uuid, name, value = ''] = /^(\S+)\s+(\S+)(?:\s+(.*))?$/s.exec(args.trim()) ?? [];
    if (uuid === undefined || name === undefined) return usage('<uuid> <var> [value]');
    return withChannel(owner, uuid, (channel) => channel.vars.set(name, value));
  },
  uuid_setvar_multi: uuidSetvarMulti,
  uuid_dump(owner, args) {
    const [uuid] = splitWords(args);
    if (uuid === undefined) return usage('<uuid> [format]');
    const channel = owner.channels.get(uuid);
    return channel === undefined ? NO_CHANNEL : `${headerLines(channelData(channel))}\n`;
  },
  uuid_send_dtmf(owner, args) {
    const [uuid, keys] = splitWords(args);
    const channel = owner.channels.get(uuid ?? '');
    if (uuid === undefined || keys === undefined) return usage('<uuid> <dtmf_data>');
    if (channel === undefined) return '-ERR Cannot locate session!\n';
    if (!channel.media.sendDigits(keys)) return notSupported('uuid_send_dtmf without telephone-event');
    return `+OK ${uuid} sent DTMF ${keys}.\n`;
  },
  uuid_set_media_stats(owner, args) {
    const [uuid] = splitWords(args);
    if (uuid === undefined) return usage('<uuid>');
    const channel = owner.channels.get(uuid);
    if (channel === undefined) return `-ERR No such channel ${uuid}!\n`;
    setMediaStats(channel);
    return '+OK:\n';
  },
  uuid_audio: uuidAudio,
} satisfies Record<string, ApiCommand>);

function withChannel(owner: Switch, uuid: string, act: (channel: Channel) => void): string {
  const channel = owner.channels.get(uuid);
  if (channel === undefined) return NO_CHANNEL;
  act(channel);
  return OK;
}

function uuidBridge(owner: Switch, args: string): string {
  const [firstUuid, secondUuid] = splitWords(args);
  if (firstUuid === undefined || secondUuid === undefined) return usage('<uuid> <other_uuid>');
  const [first, second] = [owner.channels.get(firstUuid), owner.channels.get(secondUuid)];
  if (first === undefined || second === undefined || first.hangupCause !== undefined || second.hangupCause !== undefined) return '-ERR Invalid uuid\n';
  // The real server takes this and the channel does not survive it.
  if (first === second) first.hangup(NORMAL_CLEARING);
  else {
    const bridge = new Bridge(first, second);
    for (const [channel, partner] of [[first, second], [second, first]] as const) {
      channel.bridge = bridge;
      channel.otherLeg = { uuid: partner.uuid, isOriginatee: channel === first };
      channel.vars.set('call_uuid', first.uuid);
    }
    first.go({ kind: 'bridge', bridge });
    second.go({ kind: 'bridge', bridge });
  }
  return `+OK ${secondUuid}\n`;
}

function uuidTransfer(owner: Switch, args: string): string {
  const [uuid, ...rest] = splitWords(args);
  const leg = rest[0] === '-bleg' || rest[0] === '-both' ? rest.shift() : undefined;
  const [destination, dialplan] = rest;
  if (uuid === undefined || destination === undefined) return usage('<uuid> [-bleg|-both] <dest-exten> [<dialplan>] [<context>]');
  const channel = owner.channels.get(uuid);
  if (channel === undefined) return NO_CHANNEL;
  if (dialplan !== 'inline') return notSupported('uuid_transfer to anything but an inline dial plan');
  const partner = leg === undefined ? undefined : channel.bridge?.partnerOf(channel);
  const targets = [...(leg === '-bleg' ? [] : [channel]), ...(partner === undefined ? [] : [partner])];
  for (const target of targets) {
    target.otherLeg = undefined;
    target.go({ kind: 'dialplan', actions: parseInline(destination), isTransfer: true });
  }
  return OK;
}

function uuidBroadcast(owner: Switch, args: string): string {
  const [uuid, path, leg = 'aleg'] = splitWords(args);
  if (uuid === undefined || path === undefined) return usage('<uuid> <path> [aleg|bleg|holdb|both]');
  const channel = owner.channels.get(uuid);
  if (channel === undefined) return '-ERR invalid uuid\n';
  if (leg === 'holdb') return notSupported('uuid_broadcast holdb');
  const partner = channel.bridge?.partnerOf(channel);
  const [, app = 'playback', arg = path] = /^([a-z_]+)::(.*)$/s.exec(path) ?? [];
  for (const target of [leg === 'bleg' ? undefined : channel, leg === 'aleg' ? undefined : partner]) {
    target?.request({ app, arg, uuid: randomUUID(), isLocked: true, loops: 1 });
  }
  return '+OK Message sent\n';
}

function uuidSetvarMulti(owner: Switch, args: string): string {
  const [, uuid, list] = /^(\S+)\s+(.+)$/s.exec(args.trim()) ?? [];
  if (uuid === undefined || list === undefined) return usage('<uuid> <var>=<value>;<var>=<value>...');
  return withChannel(owner, uuid, (channel) => {
    for (const assignment of list.split(';')) {
      const equals = assignment.indexOf('=');
      if (equals > 0) channel.vars.set(assignment.slice(0, equals).trim(), assignment.slice(equals + 1));
    }
  });
}

function uuidAudio(owner: Switch, args: string): string {
  const [uuid, verb, direction, what, level] = splitWords(args);
  const channel = owner.channels.get(uuid ?? '');
  const isStart = verb === 'start' && level !== undefined;
  if (uuid === undefined || (verb !== 'stop' && !isStart)) return usage('<uuid> [start [read|write] [mute|level <level>]|stop]');
  if (channel === undefined) return NO_CHANNEL;
  if (isStart && (direction !== 'read' || what !== 'mute')) return notSupported('uuid_audio other than read mute');
  channel.media.isReadMuted = isStart && Number(level) !== 0;
  return OK;
}

const BYTES_A_PACKET = 160;

function setMediaStats(channel: Channel): void {
  const stats = channel.media.stats();
  const values: Readonly<Record<string, number>> = {
    rtp_audio_in_raw_bytes: stats.receivedPackets * (BYTES_A_PACKET + 12), rtp_audio_in_media_bytes: stats.receivedPackets * (BYTES_A_PACKET + 12),
    rtp_audio_in_packet_count: stats.receivedPackets, rtp_audio_in_media_packet_count: stats.receivedPackets, rtp_audio_in_skip_packet_count: stats.lostPackets,
    rtp_audio_out_raw_bytes: stats.sentPackets * (BYTES_A_PACKET + 12), rtp_audio_out_media_bytes: stats.sentPackets * (BYTES_A_PACKET + 12),
    rtp_audio_out_packet_count: stats.sentPackets, rtp_audio_out_media_packet_count: stats.sentPackets,
  };
  for (const [name, value] of Object.entries(values)) channel.vars.set(name, String(value));
}
