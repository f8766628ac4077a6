import type { MessageTransport } from '../../media/sip/transport.js';
import type { UserAgent } from '../../media/sip/user-agent.js';

interface Traced {
  readonly direction: 'sent' | 'received';
  readonly raw: string;
}

/** Headers that only carry the message, or that say what another line says already. */
const LEFT_OUT = new Set(['via', 'from', 'to', 'call-id', 'cseq', 'content-length', 'max-forwards', 'date']);
const FULL_NAMES: Readonly<Record<string, string>> = { v: 'via', f: 'from', t: 'to', i: 'call-id', m: 'contact', l: 'content-length', c: 'content-type', k: 'supported', x: 'session-expires' };

/** The SIP messages at one far end, written so that two runs of one case read the same. */
export class SipTrace {
  private readonly messages: Traced[] = [];

  /** @param names what to write in place of an address (`host:port`) */
  constructor(private readonly names: ReadonlyMap<string, string>) {}

  /** Reads along with a phone of ours. */
  static of(agent: UserAgent, names: ReadonlyMap<string, string>): SipTrace {
    const trace = new SipTrace(new Map([...names, [`${agent.host}:${agent.port}`, 'phone']]));
    const transport = Reflect.get(agent, 'transport') as MessageTransport;
    const { onMessage } = transport;
    const send = transport.send.bind(transport);
    transport.onMessage = (raw, source) => {
      trace.add('received', raw.toString());
      onMessage(raw, source);
    };
    transport.send = (raw, to) => {
      trace.add('sent', raw);
      return send(raw, to);
    };
    return trace;
  }

  add(direction: Traced['direction'], raw: string): void {
    // A port may have belonged to somebody's RTP a moment ago.
    if (!raw.includes('SIP/2.0')) return;
    this.messages.push({ direction, raw });
  }

  /**
   * Start lines of what was sent; start lines, headers and descriptions of what was received. Repeats are left out (how many come
   * depends on the machine), so are REGISTER and what a re-INVITE gets as 100.
   */
  lines(sipCallId?: string): readonly string[] {
    const seen = new Set<string>();
    const firstCSeqs = new Map<string, number>();
    return this.messages
      .filter(({ direction, raw }) => !seen.has(direction + raw) && seen.add(direction + raw) && (sipCallId === undefined || raw.includes(sipCallId)))
      .flatMap((message) => this.linesOf(message, firstCSeqs));
  }

  /** @param firstCSeqs where each side of each dialog began to count */
  private linesOf({ direction, raw }: Traced, firstCSeqs: Map<string, number>): readonly string[] {
    const [head = '', ...bodies] = raw.replaceAll('\r\n', '\n').split('\n\n');
    const [start = '', ...rest] = head.split('\n');
    const headers = rest.map((line) => /^([^:\s]+)\s*:\s*(.*)$/.exec(line)).map((match) => [nameOf(match?.[1] ?? ''), match?.[2] ?? ''] as const);
    const value = (name: string) => headers.find(([key]) => key === name)?.[1] ?? '';
    const [number = '', method = ''] = value('cseq').split(' ');
    const isResponse = start.startsWith('SIP/2.0 ');
    if (method === 'REGISTER' || (start.includes(' 100 ') && value('to').includes(';tag='))) return [];
    const counter = `${value('call-id')} ${(direction === 'sent') === isResponse ? 'theirs' : 'ours'}`;
    if (!firstCSeqs.has(counter)) firstCSeqs.set(counter, Number(number));
    const nth = Number(number) - (firstCSeqs.get(counter) ?? 0) + 1;
    const first = isResponse ? `${start.slice(8)} (${method} ${nth})` : `${this.plain(start.replace(' SIP/2.0', ''))} (${nth})`;
    if (direction === 'sent') return [`> ${first}`, ...sdpLines(bodies.join('\n\n'), true)];
    const shown = [...headers.filter(([name, text]) => !LEFT_OUT.has(name) && text !== ''), ...(isResponse ? [] : headers.filter(([name]) => name === 'from' || name === 'to'))];
    const lines = shown.map(([name, text]) => `    ${name}: ${this.plain(text)}`).sort();
    return [`< ${first}`, ...lines, ...sdpLines(bodies.join('\n\n'), false)];
  }

  private plain(text: string): string {
    return text
      .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi, '<id>')
      .replace(/tag=[^;>\s]+/g, 'tag=<tag>')
      .replace(/(nonce|opaque)="[^"]*"/g, '$1="<$1>"')
      .replace(/^(\d+) \d+ INVITE$/, '$1 <cseq> INVITE')
      .replace(/127\.0\.0\.1(:\d+)?/g, (address) => `<${this.names.get(address) ?? 'address'}>`);
  }
}

const nameOf = (name: string): string => FULL_NAMES[name.toLowerCase()] ?? name.toLowerCase();

/** What matters in our own descriptions is the direction; of the other side's every line but ids and ports. */
function sdpLines(body: string, isOurs: boolean): readonly string[] {
  const lines = body.split('\n').map((line) => line.trim()).filter((line) => /^[a-z]=/.test(line));
  if (isOurs) return lines.filter((line) => /^a=(sendrecv|sendonly|recvonly|inactive)$/.test(line) || /^m=/.test(line)).map((line) => `      ${withoutPorts(line)}`);
  return lines.map((line) => `      ${withoutPorts(line)}`);
}

const withoutPorts = (line: string): string =>
  line
    .replace(/^o=(\S+) \d+ \d+ IN IP4 127\.0\.0\.1/, 'o=$1 <id> <version> IN IP4 <address>')
    .replace(/^m=audio [1-9]\d* /, 'm=audio <port> ')
    .replace(/^a=rtcp:\d+/, 'a=rtcp:<port>')
    .replace(/127\.0\.0\.1/g, '<address>');
