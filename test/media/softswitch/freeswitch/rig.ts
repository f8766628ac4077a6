import { toneShare } from '../../../../media/rtp/goertzel.js';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { Server, Socket } from 'node:net';
import { createConnection, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DtmfSignal } from '../../../../media/rtp/dtmf.js';
import { Pacer } from '../../../../media/rtp/pacer.js';
import { RtpSession } from '../../../../media/rtp/session.js';
import { joinSounds, tone } from '../../../../media/rtp/tone.js';
import { writeWav8k } from '../../../../media/rtp/wav.js';
import { audioOf } from '../../../../media/sip/offer-answer.js';
import type { OutgoingCall } from '../../../../media/sip/outgoing-call.js';
import { UserAgent } from '../../../../media/sip/user-agent.js';
import type { Freeswitch, FreeswitchOptions } from '../../../../media/softswitch/freeswitch/start.js';
import { startFreeswitch } from '../../../../media/softswitch/freeswitch/start.js';
import type { Log } from '../../../../media/softswitch/log.js';

export const HOST = '127.0.0.1';
export const PASSWORD = 'secret-of-the-test';
/** What `local_stream://moh` plays here. */
export const MUSIC_HZ = 350; // whole cycles in each frame, so that a frame lost under load does not blur the tone

const ignore = (): void => undefined;
export const quiet: Log = { debug: ignore, info: ignore, warn: ignore, error: ignore };

export type EventFields = Readonly<Record<string, string>>;
interface Frame {
  readonly head: string;
  readonly body: string;
  readonly event: EventFields | undefined;
}

/** A client of the event socket that shows the bytes: each frame in the order it came. */
export class EslClient {
  readonly frames: Frame[] = [];
  readonly closed: Promise<void>;
  #buffer = Buffer.alloc(0);
  #waiting: (() => void)[] = [];

  constructor(readonly socket: Socket) {
    this.closed = once(socket, 'close').then(() => undefined);
    socket.on('error', ignore);
    socket.on('data', (data: Buffer) => this.#read(data));
    void this.closed.then(() => this.#wake());
  }

  static async connect(port: number, password = PASSWORD): Promise<EslClient> {
    const client = new EslClient(createConnection(port, HOST));
    await client.next((frame) => frame.head.includes('auth/request'));
    await client.command(`auth ${password}`);
    return client;
  }

  send(text: string): void {
    this.socket.write(`${text}\n\n`);
  }

  /** The next frame that fits; it is taken out, those before it stay. Rejects when the connection ends without it. */
  async next(fits: (frame: Frame) => boolean): Promise<Frame> {
    for (;;) {
      const at = this.frames.findIndex(fits);
      const found = at < 0 ? undefined : this.frames.splice(at, 1)[0];
      if (found !== undefined) return found;
      if (this.socket.destroyed) throw new Error('event socket closed');
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  async command(text: string): Promise<string> {
    this.send(text);
    return /^Reply-Text: (.*)$/m.exec((await this.next((frame) => frame.head.includes('command/reply'))).head)?.[1] ?? '';
  }

  async api(text: string): Promise<string> {
    this.send(`api ${text}`);
    return (await this.next((frame) => frame.head.includes('api/response'))).body;
  }

  async event(name: string, fits: (event: EventFields) => boolean = () => true): Promise<EventFields> {
    const frame = await this.next(({ event }) => event?.['Event-Name'] === name && fits(event));
    return frame.event ?? {};
  }

  /** Asks for an application; resolves with its CHANNEL_EXECUTE_COMPLETE. */
  execute(uuid: string, app: string, arg = '', more: Readonly<Record<string, string>> = {}): Promise<EventFields> {
    const id = randomUUID();
    const lines = Object.entries(more).map(([name, value]) => `\n${name}: ${value}`).join('');
    this.send(`sendmsg ${uuid}\ncall-command: execute\nexecute-app-name: ${app}\nexecute-app-arg: ${arg}\nEvent-UUID: ${id}${lines}`);
    return this.event('CHANNEL_EXECUTE_COMPLETE', (event) => event['Application-UUID'] === id);
  }

  /** Takes out all events that came so far, as short lines. */
  story(...names: string[]): string[] {
    const told = this.frames.filter(({ event }) => event !== undefined && (names.length === 0 || names.includes(event['Event-Name'] ?? '')));
    for (const frame of told) this.frames.splice(this.frames.indexOf(frame), 1);
    return told.map(({ event = {} }) => [event['Event-Name'], event['Application'] ?? event['Playback-File-Path'] ?? event['Channel-Call-State'], event['Playback-Status']].filter((part) => part !== undefined).join(' '));
  }

  #read(data: Buffer): void {
    this.#buffer = Buffer.concat([this.#buffer, data]);
    for (let end = this.#buffer.indexOf('\n\n'); end >= 0; end = this.#buffer.indexOf('\n\n')) {
      const head = this.#buffer.toString('utf8', 0, end);
      const bytes = Number(/^Content-Length: (\d+)/m.exec(head)?.[1] ?? 0);
      if (this.#buffer.length < end + 2 + bytes) break;
      const body = this.#buffer.toString('utf8', end + 2, end + 2 + bytes);
      this.#buffer = this.#buffer.subarray(end + 2 + bytes);
      this.frames.push({ head, body, event: head.includes('text/event-json') ? (JSON.parse(body) as EventFields) : undefined });
    }
    this.#wake();
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

/** One call into the switch as drachtio-fsmrf makes it, with its outbound socket and its RTP. */
export interface TestLeg {
  readonly call: OutgoingCall;
  readonly rtp: RtpSession;
  readonly link: EslClient;
  readonly uuid: string;
  /** The CHANNEL_DATA block, decoded. */
  readonly data: EventFields;
  readonly keys: DtmfSignal[];
  /** Begins to talk with this tone, so that the switch hears something. */
  talk(hz: number): void;
  /** The next `ms` of what is heard, once something is. */
  listen(ms: number): Promise<Int16Array>;
  sdp(direction?: string): string;
}

const EVENTS = 'event json CHANNEL_EXECUTE CHANNEL_EXECUTE_COMPLETE CHANNEL_CALLSTATE CHANNEL_ANSWER CHANNEL_PARK DTMF SWITCH_EVENT_PLAYBACK_START SWITCH_EVENT_PLAYBACK_STOP';

/** A switch, an application that listens for its sockets, and a phone; all closed by `close`. */
export class Rig {
  readonly #closers: (() => unknown)[] = [];
  readonly #arrived: Socket[] = [];
  #waiting: ((socket: Socket) => void) | undefined;
  readonly pacer = new Pacer();

  private constructor(readonly fs: Freeswitch, readonly agent: UserAgent, readonly app: Server, readonly folder: string) {
    app.on('connection', (socket) => {
      const take = this.#waiting;
      this.#waiting = undefined;
      if (take === undefined) this.#arrived.push(socket);
      else take(socket);
    });
  }

  static async open(opts: Partial<FreeswitchOptions> = {}): Promise<Rig> {
    const folder = await mkdtemp(join(tmpdir(), 'fs-'));
    await writeWav8k(join(folder, 'music.wav'), tone([MUSIC_HZ], 1000));
    const fs = await startFreeswitch({ host: HOST, sipPort: 0, eslPort: 0, eslPassword: PASSWORD, mohDir: folder, log: quiet, ...opts });
    const app = createServer();
    await new Promise<void>((resolve) => { app.listen(0, HOST, resolve); });
    const rig = new Rig(fs, await UserAgent.open({ host: HOST, port: 0, onInvite: (call) => call.reject(486) }), app, folder);
    rig.#closers.push(() => rm(folder, { recursive: true }), () => fs.close(), () => rig.agent.close(), () => app.close());
    return rig;
  }

  get appPort(): number {
    const address = this.app.address();
    return address !== null && typeof address === 'object' ? address.port : 0;
  }

  async close(): Promise<void> {
    for (const close of this.#closers.splice(0).reverse()) await close();
  }

  async inbound(): Promise<EslClient> {
    const client = await EslClient.connect(this.fs.esl.port);
    this.#closers.push(() => client.socket.destroy());
    return client;
  }

  /** The next socket that the switch opens to the application, after `connect`. */
  async nextLink(): Promise<{ link: EslClient; data: EventFields }> {
    const socket = this.#arrived.shift() ?? (await new Promise<Socket>((resolve) => { this.#waiting = resolve; }));
    const link = new EslClient(socket);
    this.#closers.push(() => socket.destroy());
    link.send('connect');
    const { head } = await link.next((frame) => frame.head.includes('CHANNEL_DATA'));
    return { link, data: Object.fromEntries(head.split('\n').map((line) => [line.slice(0, line.indexOf(': ')), decodeURIComponent(line.slice(line.indexOf(': ') + 2))])) };
  }

  /** Sends the INVITE that drachtio-fsmrf sends. */
  invite(opts: { user?: string; body?: string; lateAnswer?(offer: string): string; headers?: readonly (readonly [string, string])[] } = {}): OutgoingCall {
    return this.agent.invite({
      uri: `sip:${opts.user ?? 'drachtio'}@${HOST}:${this.fs.sip.port}`, from: `sip:caller@${HOST}`, via: { protocol: 'udp', address: HOST, port: this.fs.sip.port },
      headers: [['User-Agent', `drachtio-fsmrf:${randomUUID()}`], ['X-esl-outbound', `${HOST}:${this.appPort}`], ...(opts.headers ?? [])],
      ...(opts.body === undefined ? {} : { body: opts.body }), ...(opts.lateAnswer === undefined ? {} : { lateAnswer: opts.lateAnswer }),
    });
  }

  async leg(opts: { payloads?: string; headers?: readonly (readonly [string, string])[] } = {}): Promise<TestLeg> {
    const rtp = await RtpSession.open({ host: HOST, pacer: this.pacer });
    this.#closers.push(() => rtp.close());
    const payloads = opts.payloads ?? '8 0 101';
    const sdp = (direction = 'sendrecv'): string => sdpOf(rtp.port, payloads, direction);
    const call = this.invite({ body: sdp(), ...(opts.headers === undefined ? {} : { headers: opts.headers }) });
    const [{ link, data }] = await Promise.all([this.nextLink(), once(call, 'answered')]);
    const remote = audioOf(call.remoteSdp ?? '');
    if (remote === undefined) throw new Error('no answer');
    rtp.setRemote({ address: remote.address, port: remote.port });
    rtp.setFormat({ codec: remote.codecs[0]?.name === 'PCMU' ? 'PCMU' : 'PCMA', telephoneEvent: { payloadType: 101, clockRate: 8000 } });
    const keys: DtmfSignal[] = [];
    rtp.onDtmf = (signal) => keys.push(signal);
    const uuid = data['Unique-ID'] ?? '';
    await link.command(EVENTS);
    await link.command(`filter Unique-ID ${uuid}`);
    return { call, rtp, link, uuid, data, keys, sdp, talk: (hz) => talk(rtp, hz), listen: (ms) => listen(rtp, ms) };
  }
}

export function sdpOf(port: number, payloads: string, direction = 'sendrecv'): string {
  const events = payloads.includes('101') ? 'a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\n' : '';
  return `v=0\r\no=- 1 1 IN IP4 ${HOST}\r\ns=-\r\nc=IN IP4 ${HOST}\r\nt=0 0\r\nm=audio ${port} RTP/AVP ${payloads}\r\n${events}a=ptime:20\r\na=${direction}\r\n`;
}

function talk(rtp: RtpSession, hz: number): void {
  const sound = tone([hz], 1000);
  let at = 0;
  rtp.source = () => sound.subarray((at = (at + 160) % 8000), at + 160);
}

const MAX_LISTENS = 100;

/** Listens until this tone fills what is heard, however busy the machine is. */
export async function hears(leg: Pick<TestLeg, 'listen'>, hz: number): Promise<void> {
  let share = 0;
  for (let listens = 0; listens < MAX_LISTENS; listens++) {
    share = toneShare(await leg.listen(60), hz);
    if (share > 0.9) return;
  }
  throw new Error(`${hz} Hz is ${share.toFixed(2)} of what is heard at last`);
}

function listen(rtp: RtpSession, ms: number): Promise<Int16Array> {
  const frames: Int16Array[] = [];
  return new Promise((resolve) => {
    rtp.onFrame = (frame) => {
      if (frames.push(frame.slice()) < ms / 20) return;
      rtp.onFrame = undefined;
      resolve(joinSounds(frames));
    };
  });
}
