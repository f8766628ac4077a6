import { randomUUID } from 'node:crypto';
import type { ApiCommand } from './api.js';
import type { Channel } from './channel.js';
import { callerOf, channelName } from './channel-headers.js';
import { causeNamed } from './hangup-cause.js';
import { splitWords } from './inline-dialplan.js';
import type { Switch } from './switch.js';
import { MAX_SESSIONS, VERSION } from './switch.js';

const PROFILE = 'drachtio_mrf';
const RULE = '='.repeat(97);
const notSupported = (what: string): string => `-ERR ${what} not supported by the softswitch\n`;

/** The API commands about the server. */
export const SYSTEM_API: Readonly<Record<string, ApiCommand | undefined>> = Object.assign(Object.create(null) as Record<string, ApiCommand>, {
  sofia: (owner, args) => (args.trim() === 'status' ? sofiaStatus(owner) : notSupported(`sofia ${args}`)),
  status,
  show(owner, args) {
    const wanted = args.trim().replace(/\s+/g, ' ');
    if (wanted === 'channels as json') return showChannels(owner);
    if (wanted === 'channels count') return `\n${owner.channels.size} total.\n`;
    return notSupported(`show ${wanted}`);
  },
  hupall,
  version: () => `FreeSWITCH Version ${VERSION}~64bit ( 64bit)\n`,
  hostname: (owner) => owner.hostname,
  create_uuid: () => randomUUID(),
  global_getvar(owner, args) {
    const name = args.trim();
    return name === '' ? notSupported('global_getvar of all') : (owner.globals.get(name) ?? '');
  },
  global_setvar(owner, args) {
    const [, name, value = ''] = /^([^=\s]+)(?:=(.*))?$/s.exec(args.trim()) ?? [];
    if (name === undefined) return '-USAGE: <var>=<value> [=<value2>]\n';
    owner.globals.set(name, value);
    return '+OK';
  },
} satisfies Record<string, ApiCommand>);

/** Ends the channels whose variables all have the values given; without a variable every channel. */
function hupall(owner: Switch, args: string): string {
  const [cause = 'MANAGER_REQUEST', ...words] = splitWords(args);
  const wanted = words.flatMap((name, index) => (index % 2 === 0 && words[index + 1] !== undefined ? [[name, words[index + 1]] as const] : []));
  const matching = [...owner.channels.values()].filter(({ vars }) => wanted.every(([name, value]) => vars.get(name) === value));
  for (const channel of matching) channel.hangup(causeNamed(cause));
  const [first] = wanted;
  const what = first === undefined ? '' : ` matching [${first[0]}]=[${first[1]}]`;
  return `+OK hangup all channels${what}${wanted.length > 1 ? '...' : ''} with cause${first === undefined ? '' : ':'} ${causeNamed(cause)}\n`;
}

/** drachtio-fsmrf finds the profile's address in this table by a pattern: name, tab, type, tab, URL, tab, state. */
function sofiaStatus(owner: Switch): string {
  const url = `sip:mod_sofia@${owner.profile.host}:${owner.profile.port}`;
  const row = (name: string, type: string, rest: string): string => `${name.padStart(25)}\t${type.padStart(7)}\t${rest}`;
  return [
    row('Name', '   Type', `${'Data'.padStart(42)}\tState`), RULE,
    row(PROFILE, 'profile', `  ${url.padStart(40)}\tRUNNING (${owner.channels.size})`), RULE,
    '1 profile 0 aliases', '',
  ].join('\n');
}

function status(owner: Switch): string {
  const upS = Math.floor((owner.settings.clock.now() - owner.startedAtMs) / 1000);
  const [days, hours, minutes, seconds] = [Math.floor(upS / 86_400), Math.floor(upS / 3600) % 24, Math.floor(upS / 60) % 60, upS % 60];
  return [
    `UP 0 years, ${days} days, ${hours} hours, ${minutes} minutes, ${seconds} seconds, 0 milliseconds, 0 microseconds`,
    `FreeSWITCH (Version ${VERSION}  64bit) is ready`,
    `${owner.sessionsSinceStart} session(s) since startup`,
    `${owner.channels.size} session(s) - peak ${owner.channels.size}, last 5min ${owner.channels.size} `,
    '0 session(s) per Sec out of max 300, peak 0, last 5min 0 ',
    `${MAX_SESSIONS} session(s) max`,
    'min idle cpu 0.00/100.00', '',
  ].join('\n');
}

function showChannels(owner: Switch): string {
  const rows = [...owner.channels.values()].map((channel) => rowOf(channel));
  return JSON.stringify(rows.length === 0 ? { row_count: 0 } : { row_count: rows.length, rows });
}

function rowOf(channel: Channel): Record<string, string> {
  const { vars } = channel;
  const caller = callerOf(channel);
  const codec = vars.get('read_codec') ?? '';
  const created = new Date(channel.createdAtMs);
  return {
    uuid: channel.uuid, direction: 'inbound', created: created.toISOString().slice(0, 19).replace('T', ' '), created_epoch: String(Math.floor(channel.createdAtMs / 1000)),
    name: channelName(channel), state: channel.state, cid_name: caller, cid_num: caller, ip_addr: vars.get('sip_network_ip') ?? '', dest: vars.get('sip_req_user') ?? '',
    application: vars.get('current_application') ?? '', application_data: vars.get('current_application_data') ?? '', dialplan: 'XML', context: 'mrf',
    read_codec: codec, read_rate: '8000', read_bit_rate: '64000', write_codec: codec, write_rate: '8000', write_bit_rate: '64000', secure: '', hostname: channel.owner.hostname,
    presence_id: '', presence_data: '', accountcode: '', callstate: channel.callState, callee_name: '', callee_num: '', callee_direction: '',
    call_uuid: channel.bridge === undefined ? '' : (vars.get('call_uuid') ?? ''),
  };
}
