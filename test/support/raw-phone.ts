import { createHash, randomUUID } from 'node:crypto';
import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { EventEmitter, once } from 'node:events';
import { connect, type Socket as TcpSocket } from 'node:net';
import { PhoneMedia } from '../../media/phone/phone-media.js';
import { SipTrace } from './sip-trace.js';

export interface RawPhoneOptions {
  /** `host:port` of the SIP server. */
  readonly sip: string;
  readonly user: string;
  readonly protocol?: 'udp' | 'tcp';
  /** Its UDP port, where that has to be known before (default: a free one). */
  readonly port?: number;
  /** What to call addresses in the trace. */
  readonly names: ReadonlyMap<string, string>;
  /** What it says once its audio is agreed. */
  readonly toneHz: number;
}

export interface MessageParts {
  readonly headers?: readonly string[];
  readonly body?: string;
}

/**
 * A phone without a SIP stack: bytes on a socket. It answers nothing by itself and repeats nothing; every message is written by the
 * test, so what it shows about the other side does not depend on our own idea of SIP. Its audio is that of our phones.
 */
export class RawPhone {
  readonly trace: SipTrace;
  private readonly heard: string[] = [];
  private readonly seen = new Set<string>();
  private readonly news = new EventEmitter();

  private constructor(
    private readonly wire: Wire,
    readonly media: PhoneMedia,
    private readonly options: RawPhoneOptions,
  ) {
    this.trace = new SipTrace(new Map([...options.names, [wire.address, 'phone']]));
    media.say({ kind: 'tone', hz: options.toneHz, amplitude: 4_000 });
    wire.onMessage = (text) => this.take(text);
    this.news.setMaxListeners(0);
  }

  static async open(options: RawPhoneOptions): Promise<RawPhone> {
    const [host = '', port = ''] = options.sip.split(':');
    const to = { host, port: Number(port) };
    const wire = options.protocol === 'tcp' ? await TcpWire.open(to) : await UdpWire.open(to, options.port ?? 0);
    return new RawPhone(wire, await PhoneMedia.open({ host: '127.0.0.1' }), options);
  }

  /** Where it is reached: `sip:user@host:port`. */
  get uri(): string {
    return `sip:${this.options.user}@${this.wire.address}${this.wire.protocol === 'TCP' ? ';transport=tcp' : ''}`;
  }

  /** `host:port`. */
  get address(): string {
    return this.wire.address;
  }

  get contact(): string {
    return `Contact: <${this.uri}>`;
  }

  /** A Via of its own with a new branch. */
  via(): string {
    return `Via: SIP/2.0/${this.wire.protocol} ${this.wire.address};branch=z9hG4bK${randomUUID()};rport`;
  }

  send(text: string): void {
    this.trace.add('sent', text);
    this.wire.send(text);
  }

  /** The first message that matches, come already or still to come; each is given once, repeats never. */
  async next(pattern: RegExp): Promise<string> {
    for (;;) {
      const at = this.heard.findIndex((text) => pattern.test(text));
      if (at >= 0) return this.heard.splice(at, 1)[0] ?? '';
      await once(this.news, 'message');
    }
  }

  /** Start lines of everything received so far that `next` did not give out. */
  rest(): readonly string[] {
    return this.heard.map((text) => text.slice(0, text.indexOf('\r\n')));
  }

  /** Answers a request: `status` with its words. The To tag is added where the request had none. */
  answer(request: string, status: string, parts: MessageParts & { readonly toTag?: string } = {}): void {
    const copied = request.split('\r\n').filter((line) => /^(Via|From|Call-ID|CSeq|Record-Route):/i.test(line));
    const to = header(request, 'To');
    const tagged = to.includes(';tag=') ? to : `${to};tag=${parts.toTag ?? 'raw'}`;
    this.send(message(`SIP/2.0 ${status}`, [...copied, `To: ${tagged}`, ...(parts.headers ?? [])], parts.body));
  }

  /** The dialog of that INVITE, as the called party has it. */
  dialog(invite: string, toTag = 'raw'): RawDialog {
    return new RawDialog(this, { invite, toTag });
  }

  /** Registers by hand (RFC 7616, MD5). */
  async register(aor: string, password: string): Promise<void> {
    const uri = `sip:${this.options.sip}`;
    const ask = (cseq: number, credentials: readonly string[]): void => this.send(message(`REGISTER ${uri} SIP/2.0`, [
      this.via(), 'Max-Forwards: 70', `From: <${aor}>;tag=reg`, `To: <${aor}>`, `Call-ID: reg-${this.wire.address}`, `CSeq: ${cseq} REGISTER`,
      `${this.contact};expires=300`, ...credentials,
    ]));
    ask(1, []);
    const challenge = (await this.next(/^SIP\/2\.0 401/)).split('\r\n').find((line) => line.startsWith('WWW-Authenticate') && line.includes('algorithm=MD5')) ?? '';
    const value = (name: string): string => new RegExp(`${name}="([^"]*)"`).exec(challenge)?.[1] ?? '';
    const md5 = (text: string): string => createHash('md5').update(text).digest('hex');
    const { user } = this.options;
    const [realm, nonce] = [value('realm'), value('nonce')];
    const response = md5(`${md5(`${user}:${realm}:${password}`)}:${nonce}:00000001:raw:auth:${md5(`REGISTER:${uri}`)}`);
    ask(2, [`Authorization: Digest username="${user}", realm="${realm}", nonce="${nonce}", uri="${uri}", response="${response}", algorithm=MD5, cnonce="raw", qop=auth, nc=00000001`]);
    await this.next(/^SIP\/2\.0 200[^]*CSeq: 2 REGISTER/);
  }

  async close(): Promise<void> {
    await this.media.close();
    await this.wire.close();
  }

  private take(text: string): void {
    if (this.seen.has(text)) return;
    this.seen.add(text);
    this.trace.add('received', text);
    this.heard.push(text);
    this.news.emit('message');
  }
}

/** Requests of the called party in a dialog. */
export class RawDialog {
  private cseq = 0;

  constructor(
    private readonly phone: RawPhone,
    private readonly parts: { readonly invite: string; readonly toTag: string },
  ) {}

  /** Sends a request; gives the number of its CSeq. */
  request(method: string, parts: MessageParts = {}): number {
    this.cseq += 1;
    this.send(method, this.cseq, parts);
    return this.cseq;
  }

  /** Sends a request and waits for its final answer; a re-INVITE is acknowledged. */
  async ask(method: string, parts: MessageParts & { readonly ackBody?: (answer: string) => string } = {}): Promise<string> {
    const cseq = this.request(method, parts);
    const answer = await this.phone.next(new RegExp(`^SIP/2\\.0 [2-6][^]*CSeq: ${cseq} ${method}`));
    if (method === 'INVITE') this.send('ACK', cseq, parts.ackBody === undefined ? {} : { body: parts.ackBody(answer) });
    return answer;
  }

  private send(method: string, cseq: number, parts: MessageParts): void {
    const { invite, toTag } = this.parts;
    const target = /<([^>]+)>/.exec(header(invite, 'Contact'))?.[1] ?? '';
    this.phone.send(message(`${method} ${target} SIP/2.0`, [
      this.phone.via(), 'Max-Forwards: 70', `From: ${header(invite, 'To')};tag=${toTag}`, `To: ${header(invite, 'From')}`,
      `Call-ID: ${header(invite, 'Call-ID')}`, `CSeq: ${cseq} ${method}`, this.phone.contact, ...(parts.headers ?? []),
    ], parts.body));
  }
}

/** The value of a header in a raw message; '' without one. */
export function header(text: string, name: string): string {
  const line = text.split('\r\n').find((entry) => entry.toLowerCase().startsWith(`${name.toLowerCase()}:`));
  return line?.slice(name.length + 1).trim() ?? '';
}

export const bodyOf = (text: string): string => text.slice(text.indexOf('\r\n\r\n') + 4);

function message(startLine: string, headers: readonly string[], body = ''): string {
  const type = body === '' ? [] : ['Content-Type: application/sdp'];
  return [startLine, ...headers, ...type, `Content-Length: ${Buffer.byteLength(body)}`, '', body].join('\r\n');
}

interface Wire {
  readonly protocol: 'UDP' | 'TCP';
  /** `host:port` of this end. */
  readonly address: string;
  onMessage: (text: string) => void;
  send(text: string): void;
  close(): Promise<void>;
}

class UdpWire implements Wire {
  readonly protocol = 'UDP';
  onMessage: (text: string) => void = () => undefined;

  private constructor(private readonly socket: UdpSocket, private readonly to: { readonly host: string; readonly port: number }) {
    socket.on('message', (data) => this.onMessage(data.toString()));
  }

  static async open(to: { readonly host: string; readonly port: number }, port: number): Promise<UdpWire> {
    const socket = createSocket('udp4');
    socket.bind(port, '127.0.0.1');
    await once(socket, 'listening');
    return new UdpWire(socket, to);
  }

  get address(): string {
    return `127.0.0.1:${this.socket.address().port}`;
  }

  send(text: string): void {
    this.socket.send(text, this.to.port, this.to.host);
  }

  async close(): Promise<void> {
    this.socket.close();
    await once(this.socket, 'close');
  }
}

/** One connection, which the SIP server uses both ways. */
class TcpWire implements Wire {
  readonly protocol = 'TCP';
  onMessage: (text: string) => void = () => undefined;
  private unread = '';

  private constructor(private readonly socket: TcpSocket, readonly address: string) {
    socket.on('data', (data) => this.read(data.toString()));
  }

  static async open(to: { readonly host: string; readonly port: number }): Promise<TcpWire> {
    const socket = connect({ ...to, localAddress: '127.0.0.1' });
    await once(socket, 'connect');
    return new TcpWire(socket, `127.0.0.1:${socket.localPort ?? 0}`);
  }

  send(text: string): void {
    this.socket.write(text);
  }

  async close(): Promise<void> {
    this.socket.destroy();
    if (!this.socket.closed) await once(this.socket, 'close');
  }

  private read(text: string): void {
    this.unread += text;
    for (;;) {
      const end = this.unread.indexOf('\r\n\r\n');
      const length = Number(/^Content-Length: *(\d+)/im.exec(this.unread.slice(0, end))?.[1] ?? 0);
      if (end < 0 || this.unread.length < end + 4 + length) return;
      const text = this.unread.slice(0, end + 4 + length);
      this.unread = this.unread.slice(end + 4 + length);
      this.onMessage(text);
    }
  }
}
