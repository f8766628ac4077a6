import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Log } from '../../ports/log.js';
import { deskAnswer, readDeskFiles, type PageFile } from './desk-files.js';
import { centreAnswer } from './centre-api.js';
import { readFigures } from './figures-api.js';
import { listFlows, listIncidents, readFlowLog, readVersion, releaseFlow, versionAt } from './flow-api.js';
import { itemAnswer } from './item-api.js';
import { listenFault } from './listen-fault.js';
import { appendInteraction, health, readEnd, readThread, type ApiRoutes } from './json-api.js';
import { listMessages, markDone, readSound } from './message-api.js';
import { OFFERS_PATH, readOffers } from './offers-api.js';
import { giveOrder, readRoster } from './queue-api.js';
import { readRecordings, replayDraft } from './replay-api.js';
import { runAt, runFlow, runTool, toolAt } from './tool-api.js';
import { notAllowed, problem, write, type Answer } from './responses.js';

export interface HttpOptions {
  readonly host: string;
  /** 0 = any free port. */
  readonly port: number;
  /** Folders with the desk's page (html, css) and its compiled scripts. */
  readonly deskFolders: readonly string[];
  readonly log: Log;
  readonly routes: ApiRoutes;
}

export interface OpenHttp {
  /** For the screens' WebSocket upgrade. */
  readonly server: Server;
  readonly port: number;
  /** `http://127.0.0.1:8080` */
  readonly url: string;
  /** Stops listening and ends open connections. Idempotent. */
  close(): Promise<void>;
}

/** Serves the desk page and the JSON API. Rejects when the port cannot be had, in a sentence with the setting to change, or a desk folder is missing. */
export async function openHttp(options: HttpOptions): Promise<OpenHttp> {
  const files = await readDeskFiles(options.deskFolders);
  const server = createServer({ requestTimeout: 10_000, headersTimeout: 5_000, keepAliveTimeout: 5_000, maxHeaderSize: 16 * 1024 });
  server.maxRequestsPerSocket = 1_000;
  server.on('request', (request, response) => void serve({ request, response, files, options }));
  server.on('clientError', (_error, socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    const refused = (error: NodeJS.ErrnoException): void => reject(listenFault(error, options));
    server.once('error', refused);
    server.listen(options.port, options.host, () => {
      server.off('error', refused);
      resolve();
    });
  });
  const { port } = server.address() as AddressInfo;
  const host = options.host.includes(':') ? `[${options.host}]` : options.host;
  let closing: Promise<void> | null = null;
  return { server, port, url: `http://${host}:${port}`, close: () => (closing ??= closeServer(server)) };
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly files: ReadonlyMap<string, PageFile>;
  readonly options: HttpOptions;
}

async function serve(exchange: Exchange): Promise<void> {
  const { request, response, options } = exchange;
  const isHead = request.method === 'HEAD';
  try {
    await write(response, await answerTo(exchange), isHead);
  } catch (error) {
    options.log.error({ method: request.method, error: String(error) }, 'HTTP request failed');
    if (!response.headersSent) await write(response, problem(500, { code: 'VG_FAILED', detail: 'the gateway failed to answer' }), isHead);
    else response.destroy();
  }
  // A body that nobody read would keep the connection busy.
  if (!request.complete) request.resume();
}

async function answerTo({ request, files, options }: Exchange): Promise<Answer> {
  const url = urlOf(request.url ?? '');
  if (url === null) return problem(400, { code: 'VG_BAD_MESSAGE', detail: 'the address is not understood' });
  const { routes, log } = options;
  if (url.pathname === '/v1/interactions') return request.method === 'POST' ? appendInteraction(request, routes, log) : notAllowed('POST');
  if (url.pathname === '/v1/flows/replays') return request.method === 'POST' ? replayDraft(request, routes) : notAllowed('POST');
  if (url.pathname === '/v1/flows/releases') return request.method === 'POST' ? releaseFlow(request, routes) : notAllowed('POST');
  if (url.pathname === '/v1/queue/orders') return request.method === 'POST' ? giveOrder(request, routes) : notAllowed('POST');
  const done = MESSAGE_DONE.exec(url.pathname)?.[1];
  if (done !== undefined) return request.method === 'POST' ? markDone(request, done, routes) : notAllowed('POST');
  const item = itemAnswer(request, url, routes);
  if (item !== null) return item;
  const centre = centreAnswer(request, url, routes);
  if (centre !== null) return centre;
  const tool = toolAt(url.pathname);
  if (tool !== null) return request.method === 'POST' ? runTool(request, tool, routes) : notAllowed('POST');
  const run = runAt(url.pathname);
  if (run !== null) return request.method === 'POST' ? runFlow(request, run, routes) : notAllowed('POST');
  const get = getRoute(url, { request, files, routes });
  if (get === null) return problem(404, { code: 'VG_FAILED', detail: 'there is nothing at this address' });
  return request.method === 'GET' || request.method === 'HEAD' ? get() : notAllowed('GET, HEAD');
}

const MESSAGE_DONE = /^\/v1\/messages\/([A-Za-z0-9-]{1,120})\/done$/;
const MESSAGE_AUDIO = /^\/v1\/messages\/([A-Za-z0-9-]{1,120})\/audio$/;

type GetContext = { readonly request: IncomingMessage; readonly files: ReadonlyMap<string, PageFile>; readonly routes: ApiRoutes };

function getRoute(url: URL, { request, files, routes }: GetContext): (() => Answer | Promise<Answer>) | null {
  switch (url.pathname) {
    case '/':
    case '/desk':
      return () => ({ status: 302, headers: { Location: '/desk/', 'Cache-Control': 'no-store' } });
    case '/health':
      return () => health(routes);
    case '/v1/calls/ended':
      return () => readEnd(request, url, routes);
    case '/v1/flows':
      return () => listFlows(request, routes);
    case '/v1/flows/incidents':
      return () => listIncidents(request, routes);
    case '/v1/flows/log':
      return () => readFlowLog(request, routes);
    case '/v1/figures':
      return () => readFigures(request, url, routes);
    case '/v1/queue':
      return () => readRoster(request, routes);
    case '/v1/messages':
      return () => listMessages(request, routes);
    case '/v1/flows/recordings':
      return () => readRecordings(request, url, routes);
    case '/v1/thread':
      return () => readThread(request, url, routes);
  }
  const version = versionAt(url.pathname);
  if (version !== null) return () => readVersion(request, version, routes);
  const callId = OFFERS_PATH.exec(url.pathname)?.[1];
  if (callId !== undefined) return () => readOffers(request, { callId, url }, routes);
  const sound = MESSAGE_AUDIO.exec(url.pathname)?.[1];
  if (sound !== undefined) return () => readSound(request, sound, routes);
  if (!url.pathname.startsWith('/desk/')) return null;
  const page = deskAnswer(files, url.pathname.slice('/desk/'.length), request.headers['if-none-match']);
  return page === null ? null : () => page;
}

/** Only the origin form of RFC 9112 section 3.2.1; put together so that `//host/…` stays a path. */
function urlOf(target: string): URL | null {
  const text = `http://gateway${target}`;
  return target.startsWith('/') && URL.canParse(text) ? new URL(text) : null;
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
