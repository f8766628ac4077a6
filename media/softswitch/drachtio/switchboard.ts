import { randomUUID } from 'node:crypto';
import { splitList, tagOf } from '../../sip/address.js';
import type { Clock, NamedTimers } from '../../sip/clock.js';
import type { SipHeaders } from '../../sip/headers.js';
import { formatMessage, type SipRequest } from '../../sip/message.js';
import { reasonPhrase } from '../../sip/response.js';
import { BaseServerTransaction } from '../../sip/server-transaction.js';
import type { SipStack } from '../../sip/stack.js';
import type { ClientTransaction, ServerTransaction } from '../../sip/transaction.js';
import type { Protocol, Source } from '../../sip/transport.js';
import { hostPort, newBranch, newTag } from '../../sip/via.js';
import type { Log } from '../log.js';
import type { Applications } from './applications.js';
import type { Cdrs } from './cdrs.js';
import type { Dialog, Dialogs } from './dialog.js';
import { type HeaderLine, ordered, responseBasics } from './header-rules.js';
import type { Incoming } from './incoming.js';
import type { RegisteredConnections } from './registered-connections.js';
import type { Meta } from './wire.js';

/** An INVITE of an application that has no final answer yet. */
export interface PendingInvite { readonly tx: ClientTransaction; readonly to: Source; isCanceled: boolean }

/** What the parts of the stand-in share: the stack below, the applications above, and the state between. */
export interface Switchboard {
  readonly clock: Clock;
  readonly log: Log;
  readonly stack: SipStack;
  readonly apps: Applications;
  readonly dialogs: Dialogs;
  readonly cdrs: Cdrs;
  /** Round-trip estimate and longest retransmission pause, in milliseconds. */
  readonly timing: { readonly t1Ms: number; readonly t2Ms: number };
  readonly address: { readonly host: string; readonly port: number };
  /** `host:port` of the SIP side. */
  readonly hostPort: string;
  /** Requests of the network that wait for an application, by transaction id. */
  readonly incoming: Map<string, Incoming>;
  /** INVITEs of applications without a final answer, by transaction id. */
  readonly pendingInvites: Map<string, PendingInvite>;
  /** ACKs for a 2xx that go out again when the 2xx does, by `ackKey`. */
  readonly acks: Map<string, { readonly request: SipRequest; readonly to: Source }>;
  readonly registered: RegisteredConnections;
  /** Timers that belong to no dialog, by name. */
  readonly timers: NamedTimers;
  /** `inviteKey` of INVITEs that an application has begun to answer: another copy is not shown to anybody. */
  readonly invitesSeen: Set<string>;
}

/** What two copies of one INVITE have in common (RFC 3261 section 8.2.2.2). */
export const inviteKey = (invite: SipHeaders): string => [invite.get('call-id'), tagOf(invite.get('from')), invite.get('cseq')].join('\n');

/** The server's own Contact; over UDP the transport goes without saying. */
export const ownContact = (board: Switchboard, protocol: Protocol): string => `<sip:${board.hostPort}${protocol === 'tcp' ? ';transport=tcp' : ''}>`;

export const newId = (): string => randomUUID();

/** Meta data of a message that came from the network. */
export function networkMeta(board: Switchboard, raw: string, source: Source): Meta {
  return { source: 'network', bytes: Buffer.byteLength(raw), protocol: source.protocol, address: source.address, port: source.port, at: board.clock.now() };
}

/** Meta data of a request that went out: our own address, but over TCP the far end of the connection. */
export function sentMeta(board: Switchboard, raw: string, to: Source): Meta {
  const { host, port } = to.protocol === 'tcp' ? { host: to.address, port: to.port } : board.address;
  return { source: 'application', bytes: Buffer.byteLength(raw), protocol: to.protocol, address: host, port, at: board.clock.now() };
}

/** Meta data of an answer that went out: where it went to. */
export function answerMeta(board: Switchboard, raw: string, source: Source): Meta {
  return { ...networkMeta(board, raw, source), source: 'application' };
}

/** A request that is sent outside transactions, with the Via it keeps when it is sent again. */
export function withVia(board: Switchboard, request: SipRequest, to: Source): SipRequest {
  const rport = to.protocol === 'udp' ? 'rport;' : '';
  const via = `SIP/2.0/${to.protocol.toUpperCase()} ${hostPort(board.address.host, board.address.port)};${rport}branch=${newBranch()}`;
  return { ...request, headers: request.headers.clone().prepend('Via', via) };
}

/** Ends a transaction that the server never answers: the peer's own timers are to run out. */
export function abandon(tx: ServerTransaction): void {
  if (tx instanceof BaseServerTransaction) tx.stop();
}

/** Extra parts of an answer that the server makes by itself. */
export interface OwnAnswer { readonly toTag?: string; readonly reason?: string; readonly headers?: readonly HeaderLine[] }

/** Sends an answer of the server itself: nothing but the copied headers, no Server, Allow or Contact. Gives its text. */
export function reply(tx: ServerTransaction, status: number, parts: OwnAnswer = {}): string {
  const toTag = parts.toTag ?? newTag();
  const headers = ordered([...responseBasics(tx.request.headers, toTag), ...(parts.headers ?? [])]);
  const response = { kind: 'response', status, reason: parts.reason ?? phrase(status), headers, body: '' } as const;
  tx.respond(response);
  return formatMessage(response);
}

/** 100 Trying, which has no To tag. */
export function trying(tx: ServerTransaction): void {
  const { headers } = tx.request;
  const routes = splitList(headers.all('record-route')).map((route): HeaderLine => ['Record-Route', route]);
  tx.respond({ kind: 'response', status: 100, reason: 'Trying', headers: ordered([...responseBasics(headers, undefined), ...routes]), body: '' });
}

/** The stack writes the words of a 500 the other way round than the RFC does. */
export const phrase = (status: number): string => (status === 500 ? 'Internal Server Error' : reasonPhrase(status));

/** Forgets a request that is answered or given up. */
export function forget(board: Switchboard, incoming: Incoming): void {
  incoming.stopTimer();
  incoming.unacknowledged?.stop();
  incoming.dialog?.held.delete(incoming);
  if (incoming.update) abandon(incoming.update);
  board.incoming.delete(incoming.id);
}

/** Ends a dialog: its timers stop, requests that still wait for an answer get 500. */
export function endDialog(board: Switchboard, dialog: Dialog): void {
  for (const incoming of [...dialog.held]) {
    forget(board, incoming);
    reply(incoming.tx, 500);
  }
  board.dialogs.remove(dialog);
}
