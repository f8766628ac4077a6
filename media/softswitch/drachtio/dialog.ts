import { parseUri, splitList, tagOf, uriOf } from '../../sip/address.js';
import { contactOf } from '../../sip/dialog.js';
import type { NamedTimers } from '../../sip/clock.js';
import type { SipHeaders } from '../../sip/headers.js';
import { parseCSeq, type SipRequest, type SipResponse } from '../../sip/message.js';
import type { Source } from '../../sip/transport.js';
import type { Application } from './applications.js';
import { appHeaders, type HeaderLine, ordered, valueOf, without } from './header-rules.js';
import type { Incoming } from './incoming.js';

/**
 * One leg, as the server keeps it. It belongs for life to the connection that made it: `app` may be gone, the dialog stays.
 *
 *   early --200--> confirmed --BYE, ACK time-out, session expiry--> ended
 *     `--failure, CANCEL----------------------------------------------^
 */
export interface Dialog {
  /** `<Call-ID>;from-tag=<From tag of the INVITE>`, in both roles. */
  readonly id: string;
  readonly role: 'uac' | 'uas';
  readonly callId: string;
  readonly app: Application;
  readonly timers: NamedTimers;
  phase: 'early' | 'confirmed' | 'ended';
  /** From and To values as we write them, tags included. */
  readonly local: string;
  remote: string;
  localCSeq: number;
  /** CSeq of our INVITE whose 2xx waits for an ACK or had it last. */
  inviteCSeq: number;
  /** Contact of the peer; none when it gave none. */
  target: string | undefined;
  /** Route header values, first hop first. */
  routes: readonly string[];
  /** Peers behind an address translation get requests where they sent from. */
  natHop: Source | undefined;
  /** How the INVITE travelled; a TCP connection is used again. */
  readonly via: Source;
  localContact: string;
  localBody: { readonly type: string; readonly text: string } | undefined;
  /** We cancelled, the callee answered all the same: the ACK is followed by BYE. */
  isAckBye: boolean;
  /** Transaction id of the INVITE that made it, until its ACK was passed on. */
  inviteTransactionId: string | undefined;
  /** Who refreshes the session; seconds of the interval (RFC 4028). */
  session: { readonly seconds: number; readonly refresher: 'us' | 'them' } | undefined;
  /** The next ACK is the one of the INVITE that made the dialog: only that one is kept for repeated 200s. */
  isFirstAck: boolean;
  /** Our re-INVITE under way. */
  reinvite: { cancel(): void } | undefined;
  /** Requests of the peer that wait for the application; they get 500 when the dialog ends. */
  readonly held: Set<Incoming>;
}

/** The dialog id that both sides can work out from the INVITE. */
export function dialogIdOf(invite: SipHeaders): string {
  return `${invite.get('call-id') ?? ''};from-tag=${tagOf(invite.get('from')) ?? ''}`;
}

/** Where a URI says to send: `transport` chooses the protocol, host names are resolved when sending. Undefined when we cannot go there. */
export function hopOf(uri: string): Source | undefined {
  const parsed = parseUri(uri);
  if (!parsed || parsed.scheme !== 'sip') return undefined;
  const transport = (parsed.params.get('transport') || 'udp').toLowerCase();
  if (transport !== 'udp' && transport !== 'tcp') return undefined;
  return { protocol: transport, address: parsed.host.replace(/^\[|\]$/g, ''), port: parsed.port ?? 5060 };
}

/** Where the caller is, when its Contact lies: UDP, no Record-Route, Contact other than the source. Then requests go to the source. */
export function natHopOfCaller(invite: SipHeaders, source: Source): Source | undefined {
  const contact = contactOf(invite);
  const uri = contact === undefined ? undefined : parseUri(contact);
  if (source.protocol !== 'udp' || !uri || invite.has('record-route')) return undefined;
  const isSame = uri.host === source.address && (uri.port === undefined || uri.port === source.port);
  return isSame ? undefined : source;
}

/** The same for a callee: without Record-Route the host of its Contact is compared, a private route address always counts as hidden. */
export function natHopOfCallee(answer: SipResponse, source: Source): Source | undefined {
  const routes = splitList(answer.headers.all('record-route'));
  const nearest = routes.at(-1);
  if (nearest !== undefined) return isPrivate(parseUri(uriOf(nearest))?.host ?? '') ? source : undefined;
  const contact = contactOf(answer.headers);
  const host = contact === undefined ? undefined : parseUri(contact)?.host;
  return host !== undefined && host !== source.address ? source : undefined;
}

/** RFC 1918 addresses. */
function isPrivate(host: string): boolean {
  return /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)/.test(host);
}

/** Takes what the 2xx of our INVITE says about the peer: tag, target, route set (reversed: RFC 3261 section 12.1.2). */
export function learnFromAnswer(dialog: Dialog, answer: SipResponse, source: Source): void {
  dialog.remote = answer.headers.get('to') ?? dialog.remote;
  dialog.target = contactOf(answer.headers);
  dialog.routes = splitList(answer.headers.all('record-route')).reverse();
  dialog.natHop = natHopOfCallee(answer, source);
}

/** What an application, or the server itself, wants to send in a dialog. Whatever URI an application names, the request goes to the peer's Contact. */
export interface DialogRequest {
  readonly method: string;
  readonly headers: readonly HeaderLine[];
  readonly body: string;
  readonly local: string;
}

/** The request as it goes out, without Via, and its next hop. Undefined when the dialog has no target. RFC 3261 section 12.2.1.1. */
export function requestInDialog(dialog: Dialog, wanted: DialogRequest): { request: SipRequest; to: Source } | undefined {
  const { target } = dialog;
  if (target === undefined) return undefined;
  const given = without(appHeaders(wanted.headers, wanted.local), ['from', 'to', 'call-id', 'max-forwards']);
  const { uri, routes } = routed(target, dialog.routes);
  const headers = ordered([
    ['Max-Forwards', valueOf(wanted.headers, 'max-forwards') ?? '70'],
    ...routes.map((route): HeaderLine => ['Route', route]),
    ['From', dialog.local], ['To', dialog.remote], ['Call-ID', dialog.callId],
    ['CSeq', `${nextCSeq(dialog, wanted)} ${wanted.method}`],
    ...without(given, ['cseq']),
  ]);
  if (wanted.method === 'INVITE') dialog.inviteCSeq = dialog.localCSeq;
  const [first] = dialog.routes;
  const hop = dialog.natHop ?? hopOf(first === undefined ? target : uriOf(first));
  const to = dialog.via.protocol === 'tcp' && dialog.role === 'uas' ? dialog.via : hop;
  return to && { request: { kind: 'request', method: wanted.method, uri, headers, body: wanted.body }, to };
}

function nextCSeq(dialog: Dialog, wanted: DialogRequest): number {
  if (wanted.method === 'ACK') return dialog.inviteCSeq;
  const given = Number(/^\d+/.exec(valueOf(wanted.headers, 'cseq') ?? '')?.[0] ?? Number.NaN);
  dialog.localCSeq = Number.isSafeInteger(given) && given < 2 ** 31 ? given : dialog.localCSeq + 1;
  return dialog.localCSeq;
}

/** A first route without `lr` is a strict router: it becomes the request URI and the target goes last (RFC 3261 section 12.2.1.1). */
function routed(target: string, routes: readonly string[]): { uri: string; routes: readonly string[] } {
  const [first, ...rest] = routes;
  if (first === undefined || parseUri(uriOf(first))?.params.has('lr')) return { uri: target, routes };
  return { uri: uriOf(first), routes: [...rest, `<${target}>`] };
}

/** Number of the CSeq header; 0 when unreadable. */
export const cseqOf = (headers: SipHeaders): number => parseCSeq(headers)?.number ?? 0;

/** The dialogs of the server, by dialog id for applications and by tags for peers. */
export class Dialogs {
  private readonly confirmed = new Map<string, Dialog>();
  private readonly legs = new Map<string, Dialog>();
  private readonly keys = new Map<Dialog, Set<string>>();

  /** Confirmed dialogs. */
  get count(): number {
    return this.confirmed.size;
  }

  /** Timers that run for dialogs. */
  get timerCount(): number {
    let count = 0;
    for (const dialog of this.keys.keys()) count += dialog.timers.size;
    return count;
  }

  /** Makes an early dialog known to requests of the peer. */
  addEarly(dialog: Dialog): void {
    const key = legKey(dialog.callId, tagOf(dialog.local), tagOf(dialog.remote));
    this.legs.set(key, dialog);
    this.keys.set(dialog, (this.keys.get(dialog) ?? new Set()).add(key));
  }

  /** Makes it known to applications too. */
  confirm(dialog: Dialog): void {
    dialog.phase = 'confirmed';
    this.addEarly(dialog);
    this.confirmed.set(dialog.id, dialog);
  }

  byId(id: string): Dialog | undefined {
    return this.confirmed.get(id);
  }

  /** The dialog that a request from the network belongs to. */
  match(request: SipHeaders): Dialog | undefined {
    return this.legs.get(legKey(request.get('call-id') ?? '', tagOf(request.get('to')), tagOf(request.get('from'))));
  }

  /** Forgets the dialog. */
  remove(dialog: Dialog): void {
    dialog.phase = 'ended';
    dialog.timers.clearAll();
    if (this.confirmed.get(dialog.id) === dialog) this.confirmed.delete(dialog.id);
    for (const key of this.keys.get(dialog) ?? []) if (this.legs.get(key) === dialog) this.legs.delete(key);
    this.keys.delete(dialog);
  }

  /** Stops every timer and forgets all. */
  clear(): void {
    for (const dialog of [...this.keys.keys()]) this.remove(dialog);
  }
}

const legKey = (callId: string, localTag = '', remoteTag = ''): string => `${callId}\n${localTag}\n${remoteTag}`;
