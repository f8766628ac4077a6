import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import { Faults, faultsSchema } from './faults.js';
import { e164, type Customer } from './invoices.js';
import type { SampleData } from './sample-data.js';
import type { BillingStore, Done } from './store.js';

const MAX_BODY_BYTES = 64 * 1024;
const pinSchema = z.object({ pin: z.string().max(20) });
const extensionSchema = z.object({ days: z.number() });
const keySchema = z.string().min(1).max(255);

export interface BillingServer {
  readonly url: string;
  /** Safe to repeat. */
  close(): Promise<void>;
}

interface Service {
  readonly store: BillingStore;
  readonly customers: readonly Customer[];
  readonly texts: SampleData['texts'];
  readonly faults: Faults;
}

/** Serves the sample billing service on 127.0.0.1. Port 0 takes a free one. Rejects when the port is taken. */
export async function serveBilling(using: { readonly store: BillingStore; readonly customers: readonly Customer[]; readonly texts: SampleData['texts']; readonly port: number }): Promise<BillingServer> {
  const service: Service = { ...using, faults: new Faults() };
  const server = createServer({ requestTimeout: 10_000, headersTimeout: 5_000 }, (request, response) => {
    answer(service, request, response).catch(() => {
      if (response.headersSent) response.destroy();
      else send(response, { status: 500, body: { error: 'internal' } });
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(using.port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => close(server) };
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

async function answer(service: Service, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const body = await readBody(request);
  if (body === null) return send(response, { status: 413, body: { error: 'tooLong' } });
  if (url.pathname === '/faults' && request.method === 'POST') return send(response, setFaults(service, body));
  const fault = await service.faults.next();
  if (fault === 'refuse') return send(response, { status: 500, body: { error: 'injected' } });
  const done = route(service, { method: request.method ?? 'GET', url, body, key: request.headers['idempotency-key'] });
  // The wish is carried out, the answer gets lost: what a broken line does at the worst moment.
  if (request.method === 'POST' && done.status === 200 && service.faults.dropsAnswer()) {
    request.socket.destroy();
    return;
  }
  send(response, done);
}

function setFaults(service: Service, body: string): Done {
  const parsed = faultsSchema.safeParse(jsonOf(body));
  if (!parsed.success) return { status: 400, body: { error: 'badFaults' } };
  service.faults.set(parsed.data);
  return { status: 200, body: parsed.data };
}

interface Asked {
  readonly method: string;
  readonly url: URL;
  readonly body: string;
  readonly key: string | string[] | undefined;
}

function route(service: Service, asked: Asked): Done {
  const { store } = service;
  const { method, url } = asked;
  const [, first, id = '', rest, ...more] = url.pathname.split('/');
  if (more.length > 0) return notFound;
  if (method === 'GET' && url.pathname === '/ledger') return { status: 200, body: store.ledger };
  if (method === 'GET' && url.pathname === '/customers') return findCustomer(service.customers, url.searchParams.get('number'));
  if (first === 'customers' && /^\d{1,20}$/.test(id)) return ofCustomer(service, asked, { id, what: rest });
  if (first === 'texts' && method === 'GET' && rest === undefined) return textOf(service.texts, id, url.searchParams.get('language'));
  if (first !== 'invoices' || !/^\d{1,20}$/.test(id)) return notFound;
  if (method === 'GET' && rest === undefined) {
    const view = store.invoice(id);
    return view === null ? notFound : { status: 200, body: view };
  }
  if (method !== 'POST' || (rest !== 'extensions' && rest !== 'copies')) return rest === undefined ? { status: 405, body: { error: 'method' } } : notFound;
  const key = keySchema.safeParse(asked.key);
  if (!key.success) return { status: 400, body: { error: 'idempotencyKey' } };
  const wish = { key: key.data, invoice: id, at: new Date().toISOString() };
  if (rest === 'copies') return store.sendCopy(wish);
  const body = extensionSchema.safeParse(jsonOf(asked.body));
  return body.success ? store.extend({ ...wish, days: body.data.days }) : { status: 400, body: { error: 'days' } };
}

const notFound: Done = { status: 404, body: { error: 'notFound' } };

function findCustomer(customers: readonly Customer[], number: string | null): Done {
  if (number === null || number.length > 40 || !/\d/.test(number)) return { status: 400, body: { error: 'number' } };
  const wanted = e164(number);
  const found = customers.find((customer) => customer.number === wanted);
  return found === undefined ? notFound : { status: 200, body: told(found) };
}

function textOf(texts: SampleData['texts'], id: string, language: string | null): Done {
  const text = Object.hasOwn(texts, id) ? texts[id] : undefined;
  if (text === undefined) return notFound;
  return language === 'sv' || language === 'nb' || language === 'en' ? { status: 200, body: { id, language, text: text[language] } } : { status: 400, body: { error: 'language' } };
}

/** A customer as it is told to others: without the PIN. */
const told = ({ customer, name, number }: Customer): object => ({ customer, name, number });

function ofCustomer({ store, customers }: Service, asked: Asked, { id, what }: { readonly id: string; readonly what: string | undefined }): Done {
  const customer = customers.find((one) => one.customer === id);
  if (customer === undefined) return notFound;
  if (asked.method === 'GET' && what === 'balance') return { status: 200, body: store.balance(id) };
  if (asked.method !== 'POST' || what !== 'pin-checks') return notFound;
  const body = pinSchema.safeParse(jsonOf(asked.body));
  if (!body.success) return { status: 400, body: { error: 'pin' } };
  return body.data.pin === customer.pin ? { status: 200, body: told(customer) } : { status: 403, body: { error: 'wrongPin' } };
}

function send(response: ServerResponse, { status, body }: Done): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(`${JSON.stringify(body)}\n`);
}

async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON: the schema that reads it says what is wanted.
    return undefined;
  }
}
