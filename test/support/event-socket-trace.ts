import { createRequire } from 'node:module';

const load = createRequire(import.meta.url);

interface SocketEvent {
  getHeader(name: string): string | undefined;
}

type Fields = Readonly<Record<string, string>>;

/** The parts of drachtio-modesl's connections that are read along. */
interface Link {
  on(event: string, listener: (event: SocketEvent) => void): void;
}

type Send = (this: Link, command: string, headers?: Fields | null) => void;

/** What went over the event sockets about one channel. */
export interface ChannelTrace {
  /** What the gateway asked for, in its order; questions that are repeated stand once. */
  readonly commands: readonly string[];
  /** What the media server told, in its order, up to the end of the channel. */
  readonly events: readonly string[];
}

interface Channel {
  readonly uuid: string;
  callId: string;
  /** Number of the event with which its socket was opened (`Event-Sequence`); 0 where the server gives none. */
  readonly openedAt: number;
  readonly commands: string[];
  readonly events: string[];
  /** Event-UUIDs of what was executed and still runs. */
  readonly running: Set<string>;
  /** It has ended, or was ordered to: which events still come depends on who is quicker. */
  isEnding: boolean;
  isKilled: boolean;
}

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
const QUESTIONS = /^(uuid_getvar|uuid_set_media_stats|uuid_exists) /;

/**
 * Reads along with the gateway's event sockets: commands as they are sent, and of the events what the gateway itself reads. Written so
 * that two runs of one case read the same: channels are named in the order in which their call got them, files by their number.
 */
export class EventSocketTrace {
  private readonly channels: Channel[] = [];
  private readonly links = new WeakSet<Link>();
  /** A new socket is told about every channel until its filter is read: the same event then comes twice. */
  private readonly seen = new Set<string>();

  /** Begins with the next message of any event socket of this process. The gateway must have been started. */
  static begin(): EventSocketTrace {
    const trace = new EventSocketTrace();
    const { prototype } = (load('drachtio-modesl') as { readonly Connection: { readonly prototype: { send: Send } } }).Connection;
    const { send } = prototype;
    prototype.send = function (command, headers) {
      trace.hear(this);
      trace.sent(command, headers ?? {});
      send.call(this, command, headers);
    };
    return trace;
  }

  /** The channels of a call: `caller`, then `leg 1`, `leg 2` … */
  of(callId: string | null): Readonly<Record<string, ChannelTrace>> {
    const own = this.channels.filter((channel) => channel.callId === callId);
    const name = (uuid: string): string => {
      const at = own.findIndex((channel) => channel.uuid === uuid);
      return at < 0 ? '<id>' : at === 0 ? 'caller' : `leg ${at}`;
    };
    const plain = (text: string): string => text.replace(UUID, name);
    return Object.fromEntries(own.map(({ uuid, commands, events }) => [name(uuid), { commands: commands.map(plain), events: events.map(plain) }]));
  }

  private hear(link: Link): void {
    if (this.links.has(link)) return;
    this.links.add(link);
    link.on('esl::event::*::*', (event) => this.told(event));
  }

  private sent(command: string, headers: Fields): void {
    const named: readonly string[] = command.match(UUID) ?? [];
    const channel = this.channels.find((one) => one.uuid === named[0]);
    if (channel === undefined || channel.isKilled) return;
    if (command.startsWith('sendmsg ')) return executed(channel, headers);
    const text = command.replace(/^api /, '');
    const [, callRef] = /^uuid_setvar \S+ sip_h_X-Call-Ref (\S+)$/.exec(text) ?? [];
    // A channel that was made before it was known for which call.
    if (callRef !== undefined) return void (channel.callId = callRef);
    if (/^(event|filter) /.test(text) || (QUESTIONS.test(text) && channel.commands.includes(text))) return;
    channel.commands.push(text);
    if (text.startsWith('uuid_kill ')) channel.isEnding = channel.isKilled = true;
    if (text.startsWith('uuid_bridge ')) this.channels.filter((one) => named.includes(one.uuid)).forEach(bridged);
  }

  private told(event: SocketEvent): void {
    const name = event.getHeader('Event-Name') ?? '';
    const uuid = event.getHeader('Unique-ID') ?? '';
    if (name === 'CHANNEL_DATA') return this.opened(uuid, event);
    const channel = this.channels.find((one) => one.uuid === uuid);
    const sequence = event.getHeader('Event-Sequence') ?? '';
    // What happened before the socket was opened can be delivered after it, by a server that is busy.
    if (channel === undefined || channel.isEnding || this.seen.has(sequence) || Number(sequence) < channel.openedAt) return;
    this.seen.add(sequence);
    if (name === 'CHANNEL_CALLSTATE' && event.getHeader('Channel-Call-State') === 'HANGUP') channel.isEnding = true;
    else channel.events.push(...linesOf(channel, { name, event }));
  }

  private opened(uuid: string, event: SocketEvent): void {
    if (this.channels.some((one) => one.uuid === uuid)) return;
    const callId = event.getHeader('variable_sip_h_X-Call-Ref') ?? '';
    this.channels.push({ uuid, callId, openedAt: Number(event.getHeader('Event-Sequence') ?? 0), commands: [], events: [`CHANNEL_DATA dtmf ${event.getHeader('variable_dtmf_type') ?? 'none'}`], running: new Set(), isEnding: false, isKilled: false });
  }
}

/** Music begins when the announcement before it has ended, if nobody was quicker: it is left out. */
const MUSIC = 'local_stream://moh';

/** What a bridge cuts, and what had just ended by itself, depends on who is quicker. */
function bridged(channel: Channel): void {
  channel.running.clear();
  while (channel.events.at(-1)?.startsWith('CHANNEL_EXECUTE_COMPLETE playback')) channel.events.pop();
}

function executed(channel: Channel, headers: Fields): void {
  const argument = headers['execute-app-arg'] ?? '';
  if (argument === MUSIC) return;
  channel.commands.push(`${headers['execute-app-name'] ?? '?'} ${soundsOf(argument)}`.trim());
  channel.running.add(headers['Event-UUID'] ?? '');
}

/** What the gateway or its libraries read of that event: one line, or none for other events. */
function linesOf(channel: Channel, { name, event }: { readonly name: string; readonly event: SocketEvent }): readonly string[] {
  const value = (header: string): string => event.getHeader(header) ?? '';
  switch (name) {
    case 'CHANNEL_EXECUTE_COMPLETE':
      if (!channel.running.delete(value('Application-UUID'))) return [];
      return [`${name} ${value('Application')} ${soundsOf(value('Application-Data'))}: ${value('Application-Response')}`];
    case 'CHANNEL_CALLSTATE':
      return [`${name} ${value('Channel-Call-State')}`];
    case 'DTMF':
      return [`${name} ${value('DTMF-Digit')}`];
    default:
      return [];
  }
}

/** Spoken prompts have names that change with their words. */
const soundsOf = (text: string): string => text.replace(/\/[^\s!]*\.wav/g, '<sound>');
