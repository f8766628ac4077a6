import { SipHeaders } from '../../../media/sip/headers.js';
import { parseMessage, type SipMessage, type SipRequest, type SipResponse } from '../../../media/sip/message.js';
import type { MessageTransport, Source } from '../../../media/sip/transport.js';

export const PEER: Source = { protocol: 'udp', address: '10.0.0.2', port: 5070 };
export const PEER_TCP: Source = { ...PEER, protocol: 'tcp' };

/** What we sent, read again. An answer to a request that lacks headers may lack them too. */
function readBack(raw: string): SipMessage {
  const parsed = parseMessage(Buffer.from(raw));
  if (parsed.ok) return parsed.message;
  const status = /^SIP\/2\.0 (\d{3}) ([^\r]*)\r\n/.exec(raw);
  if (!status?.[1]) throw new Error(`sent something unreadable (${parsed.reason}):\n${raw}`);
  return { kind: 'response', status: Number(status[1]), reason: status[2] ?? '', headers: SipHeaders.of([]), body: '' };
}

/** A transport without a network: keeps what is sent, takes what a test delivers. */
export class FakeTransport implements MessageTransport {
  readonly host = '10.0.0.1';
  readonly port = 5060;
  readonly sent: { message: SipMessage; to: Source; raw: string }[] = [];
  onMessage: (raw: Buffer, source: Source) => void = () => undefined;
  /** When set, every send is refused with it. */
  failure: Error | undefined;
  isClosed = false;

  send(raw: string, to: Source): Promise<void> {
    if (this.failure) return Promise.reject(this.failure);
    this.sent.push({ message: readBack(raw), to, raw });
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.isClosed = true;
    return Promise.resolve();
  }

  deliver(text: string, source: Source = PEER): void {
    this.onMessage(Buffer.from(text), source);
  }

  /** Start lines of everything sent, in short: `INVITE`, `200`. */
  get log(): string[] {
    return this.sent.map(({ message }) => (message.kind === 'request' ? message.method : String(message.status)));
  }

  request(index: number): SipRequest {
    const message = this.sent.at(index)?.message;
    if (message?.kind !== 'request') throw new Error(`message ${index} is no request`);
    return message;
  }

  response(index: number): SipResponse {
    const message = this.sent.at(index)?.message;
    if (message?.kind !== 'response') throw new Error(`message ${index} is no response`);
    return message;
  }
}

export interface RequestParts { branch?: string; uri?: string; cseq?: number; to?: string; from?: string; callId?: string; via?: string; extra?: string[]; body?: string }

/** The text of a request from the peer. */
export function requestText(method: string, parts: RequestParts = {}): string {
  const body = parts.body ?? '';
  return [
    `${method} ${parts.uri ?? 'sip:100@10.0.0.1'} SIP/2.0`,
    parts.via ?? `Via: SIP/2.0/UDP 10.0.0.2:5070;branch=${parts.branch ?? 'z9hG4bKpeer1'}`,
    'Max-Forwards: 70',
    `From: ${parts.from ?? '<sip:alice@10.0.0.2>;tag=a1'}`,
    `To: ${parts.to ?? '<sip:100@10.0.0.1>'}`,
    `Call-ID: ${parts.callId ?? 'call-1'}`,
    `CSeq: ${parts.cseq ?? 1} ${method}`,
    'Contact: <sip:alice@10.0.0.2:5070>',
    ...(parts.extra ?? []),
    ...(body === '' ? [] : ['Content-Type: application/sdp']),
    `Content-Length: ${Buffer.byteLength(body)}`,
    '', body,
  ].join('\r\n');
}

/** The text of an answer of the peer to a request of ours. */
export function responseText(request: SipRequest, status: number, parts: { toTag?: string; extra?: string[]; body?: string } = {}): string {
  const body = parts.body ?? '';
  const to = request.headers.get('to') ?? '';
  return [
    `SIP/2.0 ${status} Text`,
    ...request.headers.all('via').map((value) => `Via: ${value}`),
    `From: ${request.headers.get('from')}`,
    `To: ${status === 100 || to.includes(';tag=') ? to : `${to};tag=${parts.toTag ?? 'b1'}`}`,
    `Call-ID: ${request.headers.get('call-id')}`,
    `CSeq: ${request.headers.get('cseq')}`,
    ...(parts.extra ?? []),
    ...(body === '' ? [] : ['Content-Type: application/sdp']),
    `Content-Length: ${Buffer.byteLength(body)}`,
    '', body,
  ].join('\r\n');
}
