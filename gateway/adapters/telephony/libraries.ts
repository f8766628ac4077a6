/**
 * The calls of drachtio-srf 5.0.29 and drachtio-fsmrf 4.1.2 that this adapter uses, with the shapes seen in their sources.
 * srf's published types miss most of them (`stackDialogId`, `removeDialog`, message events), fsmrf has none.
 */
import { createRequire } from 'node:module';
import type { EventEmitter } from 'node:events';

const load = createRequire(import.meta.url);

export interface SipMessage {
  readonly method: string;
  readonly uri: string;
  readonly body: string;
  readonly status: number;
  readonly reason: string;
  get(name: string): string | undefined;
  has(name: string): boolean;
}

export interface SipRequest extends SipMessage, Pick<EventEmitter, 'on' | 'once'> {
  /** As it came; a message that the library made has none. */
  readonly msg: { readonly raw?: string };
  /** drachtio-server's name of the transaction. */
  readonly stackTxnId: string;
  readonly source_address: string;
  readonly source_port: string;
  readonly protocol: string;
  readonly stackDialogId?: string;
  cancel(callback: (error: Error | null) => void): void;
}

export interface SipResponder {
  readonly finalResponseSent: boolean;
  send(status: number, reason?: string, options?: { readonly headers?: Readonly<Record<string, string>>; readonly body?: string }): void;
}

export interface SipDialog extends EventEmitter {
  readonly id: string;
  readonly remote: { readonly sdp: string };
  readonly local: { sdp: string };
  /** Ends the dialog with BYE. */
  destroy(options: { readonly headers?: Readonly<Record<string, string>> }, callback: (error: Error | null) => void): void;
}

export interface SrfRequestOptions {
  readonly method: string;
  readonly stackDialogId: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface SipServer extends EventEmitter {
  connect(options: { readonly host: string; readonly port: number; readonly secret: string; readonly reconnect?: { readonly retryMaxDelay: number } }): void;
  disconnect(): void;
  invite(handler: (request: SipRequest, response: SipResponder) => void): void;
  options(handler: (request: SipRequest, response: SipResponder) => void): void;
  register(handler: (request: SipRequest, response: SipResponder) => void): void;
  createUAS(request: SipRequest, response: SipResponder, options: { readonly localSdp: string; readonly headers: Readonly<Record<string, string>> }): Promise<SipDialog>;
  createUAC(
    uri: string,
    options: { readonly localSdp: string; readonly proxy?: string; readonly headers: Readonly<Record<string, string>> },
    progress: { readonly cbRequest: (error: Error | null, request: SipRequest) => void; readonly cbProvisional: (response: SipMessage) => void },
  ): Promise<SipDialog>;
  request(uri: string, options: SrfRequestOptions, callback: (error: (Error & { code?: string }) | null, request: SipRequest) => void): void;
  removeDialog(dialog: SipDialog): void;
  readonly app: { readonly client: { _getDefaultSocket(): object; readonly wp: Reconnecting } & Routing };
}

/** What drachtio-server is asked for, on every connection. A private part of srf. */
interface Routing {
  readonly verbs: Map<string, object>;
  route(verb: string): void;
  removeRoute(verb: string): void;
}

/** How the connection to drachtio-server is made again. A private part of srf. */
interface Reconnecting {
  readonly reconnectOpts: { retryMaxDelay?: number };
  readonly reconnectVars: { retryDelay: number; readonly retryBackoff: number };
}

export interface ChannelEvent {
  getHeader(name: string): string | undefined;
}

export interface Endpoint extends EventEmitter {
  readonly uuid: string;
  readonly local: { sdp: string };
  /** `rfc2833` when telephone-event was agreed, `info` when the offer had none. */
  readonly dtmfType: string | undefined;
  readonly connected: boolean;
  /** The SIP dialog between drachtio and the media server. */
  readonly dialog: SipDialog;
  execute(application: string, argument?: string): Promise<ChannelEvent>;
  set(variables: Readonly<Record<string, string>>): Promise<unknown>;
}

/** A dialog with the media server as fsmrf makes it. Without a callback `destroy` gives a promise. */
export interface ChannelDialog extends EventEmitter {
  destroy(...how: readonly unknown[]): Promise<unknown>;
}

export interface MediaServer extends EventEmitter {
  /** What fsmrf makes dialogs with. A private part of it. */
  readonly srf: { createUAC(...request: readonly unknown[]): Promise<ChannelDialog> };
  readonly advertisedAddress: string;
  readonly advertisedPort: number;
  /** Outbound sockets that FreeSWITCH is expected to open, by the id in the leg's User-Agent header. */
  readonly pendingConnections: Map<string, { fn: (connection: object) => void }>;
  connected(): boolean;
  api(command: string): Promise<string>;
  createEndpoint(options: { readonly remoteSdp?: string; readonly headers: Readonly<Record<string, string>> }): Promise<Endpoint>;
  disconnect(): void;
}

interface MediaResourceFunction {
  connect(options: { readonly address: string; readonly port: number; readonly secret: string; readonly listenAddress: string; readonly advertisedAddress: string }): Promise<MediaServer>;
}

/** A new, unconnected client of drachtio-server. */
export function newSipServer(): SipServer {
  const Srf = load('drachtio-srf') as new () => SipServer;
  return new Srf();
}

/**
 * Has drachtio-server send new requests of these kinds here, and no others, each in turn with its other applications. Its `remove_route` ends
 * all that it was asked for, whatever it names; srf's `route` asks for all of them again, and who asks twice gets twice as many.
 */
export function takeOnly(server: SipServer, [last, ...others]: readonly [string, ...string[]]): void {
  const { client } = server.app;
  const [any] = client.verbs.keys();
  if (any !== undefined) client.removeRoute(any);
  client.verbs.clear();
  for (const verb of others) client.verbs.set(verb, {});
  client.route(last);
}

/** Has attempts to connect again wait ever longer, up to so long. */
export function connectAgainWithin(server: SipServer, mostMs: number): void {
  server.app.client.wp.reconnectOpts.retryMaxDelay = mostMs;
}

/** Has the next attempt to connect again wait so long: srf itself asks four times a second for as long as it is refused. */
export function connectAgainAfter(server: SipServer, waitMs: number): void {
  connectAgainWithin(server, waitMs);
  const { reconnectVars } = server.app.client.wp;
  // It multiplies, and then takes the bound.
  reconnectVars.retryDelay = (waitMs + 1) / reconnectVars.retryBackoff;
}

/** The media resource function that makes media servers usable through that SIP server. */
export function newMediaResourceFunction(server: SipServer): MediaResourceFunction {
  const Mrf = load('drachtio-fsmrf') as new (srf: SipServer) => MediaResourceFunction;
  return new Mrf(server);
}

/** An endpoint around a channel's fresh outbound socket, for a call that another process made. A private part of fsmrf. */
export function endpointOf(connection: object, dialog: object, server: MediaServer): Endpoint {
  const Constructor = load('drachtio-fsmrf/lib/endpoint') as new (connection: object, dialog: object, server: MediaServer, options: object) => Endpoint;
  return new Constructor(connection, dialog, server, { is3pcc: true, customEvents: [] });
}

/** Where a request came from, and drachtio-server's name of its transaction. */
export type RequestOrigin = Readonly<Record<'address' | 'port' | 'protocol' | 'transactionId', string>>;

/**
 * A request that came to another process, as if it had come here: drachtio-server takes the response of any client that names the
 * transaction. Private parts of srf.
 */
export function requestAgain(sip: SipServer, kept: RequestOrigin & { readonly raw: string }): { readonly request: SipRequest; readonly response: SipResponder } {
  const Message = load('drachtio-srf/lib/sip-parser/message') as new (raw: string) => object;
  const Request = load('drachtio-srf/lib/request') as new (message: object, meta: object) => SipRequest;
  const Response = load('drachtio-srf/lib/response') as new () => SipResponder;
  const { raw, ...meta } = kept;
  const [request, response] = [new Request(new Message(raw), { ...meta, source: 'network' }), new Response()];
  const { client } = sip.app;
  const own = { agent: client, socket: client._getDefaultSocket() };
  Object.assign(request, own, { res: response });
  Object.assign(response, own, { req: request });
  return { request, response };
}

/** Ends a channel; nothing when its media server is away, whose channels are lost or bounded by their own limits. */
export async function killChannel(server: MediaServer, channel: string): Promise<void> {
  if (server.connected()) await server.api(`uuid_kill ${channel}`);
}
