import { parseNameAddr, parseUri, splitList, tagOf, uriOf } from './address.js';
import type { Hop } from './exchange.js';
import { SipHeaders } from './headers.js';
import { parseCSeq, type SipRequest, type SipResponse } from './message.js';
import type { Protocol } from './transport.js';

export interface DialogParts {
  callId: string;
  /** Our From value in requests, tag included. */
  local: string;
  /** Our To value in requests, with the peer's tag if it has one. */
  remote: string;
  /** URI of the peer's Contact. */
  target: string;
  /** Route values, the next hop first. */
  routes: readonly string[];
  localCseq: number;
  remoteCseq?: number;
  /** How the dialog was made; used where a URI names no transport. */
  protocol: Protocol;
}

/** What a request inside a dialog adds. */
export interface InDialogParts {
  headers?: readonly (readonly [string, string])[] | undefined;
  body?: string | undefined;
  contentType?: string | undefined;
}

export const contactOf = (headers: SipHeaders): string | undefined => {
  const first = splitList(headers.all('contact'))[0];
  return first === undefined ? undefined : parseNameAddr(first)?.uri;
};

/** The state two user agents share (RFC 3261 section 12). */
export class Dialog {
  readonly callId: string;
  readonly protocol: Protocol;
  target: string;
  localCseq: number;
  remoteCseq: number | undefined;
  private readonly local: string;
  private readonly remote: string;
  private readonly routes: readonly string[];

  constructor(parts: DialogParts) {
    this.callId = parts.callId;
    this.protocol = parts.protocol;
    this.local = parts.local;
    this.remote = parts.remote;
    this.target = parts.target;
    this.routes = parts.routes;
    this.localCseq = parts.localCseq;
    this.remoteCseq = parts.remoteCseq;
  }

  /** The caller's view of an answer to its INVITE: the route set is Record-Route in reverse (RFC 3261 section 12.1.2). */
  static asCaller(invite: SipRequest, response: SipResponse, protocol: Protocol): Dialog {
    return new Dialog({
      callId: invite.headers.get('call-id') ?? '', local: invite.headers.get('from') ?? '', remote: response.headers.get('to') ?? '',
      target: contactOf(response.headers) ?? invite.uri, routes: splitList(response.headers.all('record-route')).reverse(),
      localCseq: parseCSeq(invite.headers)?.number ?? 1, protocol,
    });
  }

  /** The callee's view: the route set in the order it came (RFC 3261 section 12.1.1). */
  static asCallee(invite: SipRequest, local: string, protocol: Protocol): Dialog {
    return new Dialog({
      callId: invite.headers.get('call-id') ?? '', local, remote: invite.headers.get('from') ?? '',
      target: contactOf(invite.headers) ?? '', routes: splitList(invite.headers.all('record-route')),
      localCseq: 0, remoteCseq: parseCSeq(invite.headers)?.number ?? 0, protocol,
    });
  }

  get localTag(): string {
    return tagOf(this.local) ?? '';
  }

  get remoteTag(): string {
    return tagOf(this.remote) ?? '';
  }

  /** The next request, and where to send it (RFC 3261 section 12.2.1.1). */
  request(method: string, parts: InDialogParts = {}): { request: SipRequest; hop: Hop } {
    this.localCseq++;
    return this.make(method, this.localCseq, parts);
  }

  /** The ACK for a 2xx to the INVITE with this CSeq number (RFC 3261 section 13.2.2.4). */
  ack(cseq: number, parts: InDialogParts = {}): { request: SipRequest; hop: Hop } {
    return this.make('ACK', cseq, parts);
  }

  /** Checks and keeps the CSeq of a request of the peer: false when it is out of order (RFC 3261 section 12.2.2). */
  takeRemoteCseq(request: SipRequest): boolean {
    const number = parseCSeq(request.headers)?.number ?? 0;
    if (this.remoteCseq !== undefined && number <= this.remoteCseq) return false;
    this.remoteCseq = number;
    return true;
  }

  /** A target refresh: INVITE or UPDATE of the peer, or a 2xx to ours. */
  refreshTarget(headers: SipHeaders): void {
    this.target = contactOf(headers) ?? this.target;
  }

  private make(method: string, cseq: number, parts: InDialogParts): { request: SipRequest; hop: Hop } {
    const [first, ...rest] = this.routes;
    const firstUri = first === undefined ? undefined : uriOf(first);
    // A first route without `lr` is a strict router: it gets the request URI, the target goes last.
    const isStrict = firstUri !== undefined && parseUri(firstUri)?.params.has('lr') !== true;
    const uri = isStrict && firstUri !== undefined ? firstUri : this.target;
    const routes = isStrict ? [...rest, `<${this.target}>`] : this.routes;
    const body = parts.body ?? '';
    const headers = SipHeaders.of([
      ['Max-Forwards', '70'], ['From', this.local], ['To', this.remote], ['Call-ID', this.callId], ['CSeq', `${cseq} ${method}`],
      ...routes.map((value) => ['Route', value] as const), ...(parts.headers ?? []),
      ...(body === '' ? [] : [['Content-Type', parts.contentType ?? 'application/sdp'] as const]),
    ]);
    return { request: { kind: 'request', method, uri, headers, body }, hop: { uri: firstUri ?? this.target, protocol: this.protocol } };
  }
}
