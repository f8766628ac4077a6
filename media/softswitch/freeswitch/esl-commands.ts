import { randomUUID } from 'node:crypto';
import { runApi } from './api.js';
import { APPLICATIONS, UNSUPPORTED_APPLICATIONS } from './applications.js';
import { channelData } from './channel-headers.js';
import type { EslCommand } from './command-reader.js';
import type { EslLink } from './esl-link.js';
import { encodeValue } from './event.js';
import { causeNamed } from './hangup-cause.js';

type Command = (link: EslLink, args: string, command: EslCommand) => void | Promise<void>;

const NOT_FOUND = '-ERR command not found';
const MAX_LOOPS = 1000;
const words = (args: string): string[] => args.split(/\s+/).filter((word) => word !== '');

/** Carries out one command and writes its one reply. */
export async function runCommand(link: EslLink, command: EslCommand): Promise<void> {
  const [, name = '', args = ''] = /^(\S+)\s*(.*)$/s.exec(command.line) ?? [];
  const verb = name.toLowerCase();
  if (!link.isAuthenticated && verb !== 'auth' && verb !== 'exit') return link.reply(NOT_FOUND);
  const run = COMMANDS[verb];
  if (run !== undefined) return run(link, args, command);
  link.reply(UNSUPPORTED.has(verb) ? `-ERR ${verb} not supported by the softswitch` : NOT_FOUND);
}

const COMMANDS: Readonly<Record<string, Command | undefined>> = Object.assign(Object.create(null) as Record<string, Command>, {
  auth(link, args) {
    if (link.isAuthenticated) return link.reply(NOT_FOUND);
    link.isAuthenticated = link.passwordMatches(args);
    if (link.isAuthenticated) return link.reply('+OK accepted');
    link.reply('-ERR invalid');
    link.disconnect();
  },
  exit(link) {
    link.reply('+OK bye');
    link.disconnect();
  },
  event(link, args) {
    if (!link.subscription.add(words(args))) return link.reply('-ERR no keywords supplied');
    link.relisten();
    link.reply(`+OK event listener enabled ${link.subscription.format}`);
  },
  nixevent(link, args) {
    link.subscription.remove(words(args));
    link.reply('+OK events nixed');
  },
  noevents(link) {
    link.subscription.clear();
    link.reply('+OK no longer listening for events');
  },
  filter,
  async api(link, args) {
    if (args === '') return link.reply(NOT_FOUND);
    link.replyApi(await runApi(link.owner, args));
  },
  bgapi,
  sendmsg,
  sendevent,
  connect(link) {
    if (link.channel === undefined) return link.reply(NOT_FOUND);
    const headers = { ...channelData(link.channel), 'Content-Type': 'command/reply', 'Reply-Text': '+OK\n', 'Socket-Mode': 'async', Control: 'full' };
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${name === 'Content-Type' ? value : encodeValue(value)}\n`);
    link.write(`${lines.join('')}\n`);
  },
} satisfies Record<string, Command>);

/** Real commands that this gateway does not send. */
const UNSUPPORTED: ReadonlySet<string> = new Set(['linger', 'nolinger', 'myevents', 'getvar', 'resume', 'divert_events', 'log', 'nolog', 'userauth']);

function filter(link: EslLink, args: string): void {
  const [first, ...rest] = words(args);
  if (first === undefined) return link.reply(NOT_FOUND);
  if (first === 'delete') {
    const [header = '', ...value] = rest;
    link.subscription.removeFilter(header, value.length === 0 ? undefined : value.join(' '));
    link.reply(`+OK filter deleted. [${header}][${value.join(' ')}]`);
  } else {
    if (rest.length === 0) return link.reply('-ERR invalid syntax');
    link.subscription.addFilter(first, rest.join(' '));
    link.reply(`+OK filter added. [${first}]=[${rest.join(' ')}]`);
  }
  link.relisten();
}

async function bgapi(link: EslLink, args: string, command: EslCommand): Promise<void> {
  if (args === '') return link.reply(NOT_FOUND);
  const job = command.headers.get('job-uuid') ?? randomUUID();
  const [, name = '', rest = ''] = /^(\S+)\s*(.*)$/s.exec(args) ?? [];
  link.reply(`+OK Job-UUID: ${job}`, { 'Job-UUID': job });
  const result = await runApi(link.owner, args);
  link.owner.publish({ name: 'BACKGROUND_JOB' }, (to) => void Object.assign(to, { 'Job-UUID': job, 'Job-Command': name, ...(rest === '' ? {} : { 'Job-Command-Arg': rest }) }), result);
}

/** Fires an event of a client's own for whoever listens to its subclass. */
function sendevent(link: EslLink, args: string, { headers, written, body }: EslCommand): void {
  if (args.trim().toUpperCase() !== 'CUSTOM') return link.reply('-ERR sendevent of other events than CUSTOM not supported by the softswitch');
  const uuid = randomUUID();
  const own = Object.fromEntries(written.filter(([name]) => !/^(content-length|event-subclass|event-uuid)$/i.test(name)));
  link.owner.publish({ name: 'CUSTOM', subclass: headers.get('event-subclass') ?? '' }, (to) => void Object.assign(to, own, { Command: 'sendevent CUSTOM', 'Event-UUID': uuid }), body === '' ? undefined : body);
  link.reply(`+OK ${uuid}`);
}

function sendmsg(link: EslLink, args: string, command: EslCommand): void {
  const uuid = args.trim();
  const channel = uuid === '' ? link.channel : link.owner.channels.get(uuid);
  if (channel === undefined) return link.reply(`-ERR invalid session id [${uuid}]`);
  const { headers } = command;
  const verb = headers.get('call-command');
  if (verb === 'hangup') {
    link.reply('+OK');
    return channel.hangup(causeNamed(headers.get('hangup-cause') ?? ''));
  }
  const app = headers.get('execute-app-name');
  if (verb !== 'execute' || app === undefined) return link.reply(`-ERR sendmsg ${verb ?? ''} not supported by the softswitch`);
  // An application of the real server that is missing here: the client's promise never settles, so the call ends as well (see execute.ts).
  const isMissing = APPLICATIONS[app] === undefined && UNSUPPORTED_APPLICATIONS.has(app);
  link.reply(isMissing ? `-ERR ${app} not supported by the softswitch` : '+OK');
  channel.request({
    app,
    arg: headers.get('execute-app-arg') ?? command.body,
    uuid: headers.get('event-uuid') ?? randomUUID(),
    isLocked: headers.get('event-lock') === 'true',
    loops: Math.max(1, Math.min(MAX_LOOPS, Number(headers.get('loops') ?? 1) || 1)),
  });
}
