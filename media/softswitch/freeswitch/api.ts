import { CHANNEL_API } from './api-channel.js';
import { SYSTEM_API } from './api-system.js';
import type { Switch } from './switch.js';

/** An API command: its arguments as written behind its name, its result as the real server words it. */
export type ApiCommand = (owner: Switch, args: string) => string;

/** Commands of the real server that this gateway does not use. */
const UNSUPPORTED: ReadonlySet<string> = new Set([
  'originate', 'conference', 'uuid_record', 'uuid_displace', 'uuid_media', 'uuid_hold', 'uuid_answer', 'uuid_recv_dtmf', 'uuid_deflect', 'uuid_dual_transfer',
  'uuid_simplify', 'uuid_jitterbuffer', 'uuid_buglist', 'uuid_limit', 'uuid_codec_param', 'reloadxml', 'reload', 'load', 'unload', 'fsctl', 'eval', 'expand', 'bgapi', 'luarun', 'lua',
  'sched_api', 'sched_hangup', 'acl', 'db', 'hash', 'limit', 'module_exists', 'pause', 'strftime', 'time_test', 'uptime', 'user_data', 'xml_locate', 'echo', 'help', 'console',
]);

/** Runs one API command. Unknown names and those that the stand-in has not are refused, each in its own words. */
export async function runApi(owner: Switch, text: string): Promise<string> {
  const [, name = '', args = ''] = /^(\S+)\s*(.*)$/s.exec(text.trim()) ?? [];
  const command = CHANNEL_API[name] ?? SYSTEM_API[name];
  if (command !== undefined) return command(owner, args) || '-ERR no reply\n';
  if (!UNSUPPORTED.has(name)) return `-ERR ${name} Command not found!\n`;
  owner.log.error({ api: name }, 'API command not supported by the softswitch');
  return `-ERR ${name} not supported by the softswitch\n`;
}
