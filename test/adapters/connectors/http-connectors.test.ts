import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConnectorFile, type ConnectorFile } from '../../../gateway/adapters/connectors/connector-file.js';
import { HttpConnectors } from '../../../gateway/adapters/connectors/http-connectors.js';
import { formatProblem } from '../../../gateway/core/flow/problem.js';
import type { Json } from '../../../gateway/core/ids.js';
import type { ConnectorOutcome } from '../../../gateway/ports/connectors.js';
import { BillingService } from '../../sample-billing/billing-service.js';
import { KeptLog } from '../../support/silent-log.js';
import { readSample } from '../../ivr-flows/sample-files.js';

const fileOf = (text: string): ConnectorFile => {
  const loaded = loadConnectorFile(text, 'connectors/x.yaml');
  if (!loaded.ok) throw new Error(loaded.problems.map(formatProblem).join('\n'));
  return loaded.value;
};

describe('on the sample billing service', () => {
  let billing: BillingService;
  let log: KeptLog;
  beforeEach(async () => {
    billing = await BillingService.start();
    log = new KeptLog();
  });
  afterEach(() => billing.close());

  const call = (operation: string, args: Readonly<Record<string, Json>>, key = 'call-1:x:1'): Promise<ConnectorOutcome> => {
    const file = fileOf(readSample('connectors/billing.yaml').replaceAll(/backOffMs: \d+/g, 'backOffMs: 10'));
    const files = new Map([['billing', file]]);
    const connectors = new HttpConnectors({ files: () => files, environment: { BILLING_URL: billing.url }, log });
    return connectors.call({ operation: `billing.${operation}`, arguments: args, idempotencyKey: key }, new AbortController().signal);
  };

  it('gives the declared part of the answer', async () => {
    expect(await call('getInvoice', { invoice: '471100' })).toMatchObject({ exit: 'ok', result: { invoice: '471100', customer: '1001', amount: 1249.5, dueDate: '2026-12-15', extended: false } });
    expect(await call('findCustomer', { number: '+46701234567' })).toMatchObject({ exit: 'ok', result: { customer: '1001', name: 'Anna Lindqvist' } });
  });

  it.each<[string, Readonly<Record<string, Json>>, string]>([
    ['getInvoice', { invoice: '999999' }, 'notFound'],
    ['findCustomer', { number: '+4799999999' }, 'notFound'],
    ['extendInvoice', { invoice: '471120', days: 30 }, 'alreadyExtended'],
    ['extendInvoice', { invoice: '471110', days: 30 }, 'refused'],
  ])('%s %j comes back with %s', async (operation, args, exit) => {
    expect(await call(operation, args)).toMatchObject({ exit });
  });

  it('an answer lost after the commit is asked for again under the same key: one entry in the ledger', async () => {
    await billing.post('/faults', { dropAnswers: 1 });
    expect(await call('extendInvoice', { invoice: '471100', days: 30 })).toMatchObject({ exit: 'ok', result: { invoice: '471100', dueDate: '2027-01-14' } });
    expect(billing.store.ledger).toHaveLength(1);
  });

  it('the same order from another process, after every answer was lost, is done once', async () => {
    await billing.post('/faults', { dropAnswers: 3 });
    expect(await call('extendInvoice', { invoice: '471100', days: 30 })).toMatchObject({ exit: 'error', result: null });
    expect(billing.store.ledger).toHaveLength(1);
    expect(await call('extendInvoice', { invoice: '471100', days: 30 })).toMatchObject({ exit: 'ok', result: { dueDate: '2027-01-14' } });
    expect(billing.store.ledger).toHaveLength(1);
  });

  it('500 twice, then well, is well', async () => {
    await billing.post('/faults', { fail: 2 });
    expect(await call('getInvoice', { invoice: '471100' })).toMatchObject({ exit: 'ok' });
  });

  it('a service that is down is an error, after every attempt', async () => {
    const { url } = billing;
    await billing.goDown();
    const file = fileOf(readSample('connectors/billing.yaml').replaceAll(/backOffMs: \d+/g, 'backOffMs: 10'));
    const files = new Map([['billing', file]]);
    const connectors = new HttpConnectors({ files: () => files, environment: { BILLING_URL: url }, log });
    expect(await connectors.call({ operation: 'billing.getInvoice', arguments: { invoice: '471100' }, idempotencyKey: 'k' }, new AbortController().signal)).toMatchObject({ exit: 'error', result: null, why: 'ECONNREFUSED' });
    expect(log.lines.map(({ level }) => level)).toEqual(['debug', 'debug']);
  });

  it('nothing that was keyed is logged', async () => {
    await billing.goDown();
    await billing.restart();
    await billing.post('/faults', { fail: 10 });
    await call('getInvoice', { invoice: '471100' });
    expect(log.lines.length).toBeGreaterThan(0);
    expect(log.text()).not.toContain('471100');
  });
});

const SIMPLE = `
baseUrl: http://127.0.0.1:PORT/base
headers: { X-Fixed: yes, Authorization: { env: TOKEN, prefix: "Bearer " } }
breaker: { failures: 2, openMs: 1000 }
operations:
  look:
    method: GET
    path: /things/{{id}}?q={{id}}
    arguments: { id: text }
    timeoutMs: 300
    response: { name: text }
    exits: { 200: ok, 204: empty, 404: notFound }
  act:
    method: POST
    path: /things
    arguments: { id: text, count: number }
    body: { id: $id, count: $count, fixed: $$5, on: true }
    idempotencyKeyHeader: X-Once
    timeoutMs: 300
    exits: { 200: ok }
`;

describe('on a server that misbehaves', () => {
  let server: Server;
  let answer: (request: IncomingMessage, response: ServerResponse) => void;
  let seen: { method: string; url: string; headers: IncomingMessage['headers']; body: string }[];
  let now = 0;
  let log: KeptLog;
  let connectors: HttpConnectors;
  let files: ReadonlyMap<string, ConnectorFile>;

  beforeEach(async () => {
    seen = [];
    now = 0;
    log = new KeptLog();
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        seen.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body });
        answer(request, response);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    files = new Map([['x', fileOf(SIMPLE.replace('PORT', String(port)))]]);
    connectors = new HttpConnectors({ files: () => files, environment: { TOKEN: 's3cret' }, log, now: () => now });
  });
  afterEach(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );

  const look = (args: Readonly<Record<string, Json>> = { id: 'a' }, signal = new AbortController().signal): Promise<ConnectorOutcome> => connectors.call({ operation: 'x.look', arguments: args, idempotencyKey: 'k' }, signal);
  const json = (status: number, body: string) => (_request: IncomingMessage, response: ServerResponse): void => void response.writeHead(status, { 'content-type': 'application/json' }).end(body);

  it('sends headers, secrets from the environment, the key, and arguments escaped for their place', async () => {
    answer = json(200, '{"name":"n"}');
    await look({ id: 'a/b?c=ü' });
    await connectors.call({ operation: 'x.act', arguments: { id: '"a', count: 2 }, idempotencyKey: 'call:node:1' }, new AbortController().signal);
    expect(seen[0]).toMatchObject({ method: 'GET', url: '/base/things/a%2Fb%3Fc%3D%C3%BC?q=a%2Fb%3Fc%3D%C3%BC', headers: { 'x-fixed': 'yes', authorization: 'Bearer s3cret', accept: 'application/json' } });
    expect(seen[1]).toMatchObject({ method: 'POST', url: '/base/things', headers: { 'x-once': 'call:node:1', 'content-type': 'application/json' } });
    expect(JSON.parse(seen[1]?.body ?? '')).toEqual({ id: '"a', count: 2, fixed: '$5', on: true });
  });

  it.each<[string, (request: IncomingMessage, response: ServerResponse) => void]>([
    ['an answer that is no JSON', json(200, '<html>')],
    ['an answer that lacks a field', json(200, '{}')],
    ['a field of another type', json(200, '{"name":5}')],
    ['a list', json(200, '[]')],
    ['a status that the file does not know', json(418, '{"name":"n"}')],
    ['an answer without end', (_request, response) => void response.writeHead(200).end(`"${'x'.repeat(300_000)}"`)],
    ['a connection cut off in the middle', (_request, response) => void response.writeHead(200, { 'content-length': '100' }).write('{"name"', () => response.destroy())],
    ['no answer within the time limit', () => undefined],
  ])('%s is an error', async (_title, how) => {
    answer = how;
    expect(await look()).toMatchObject({ exit: 'error', result: null });
    expect(log.text()).not.toContain('s3cret');
  });

  it('a file that was read anew takes effect with the next call, and its breaker is closed', async () => {
    answer = json(200, '{"title":"t"}');
    for (let n = 0; n < 3; n += 1) expect(await look()).toMatchObject({ exit: 'error' });
    const [before] = files.values();
    if (before === undefined) throw new Error('no file');
    const { look: read, ...others } = before.operations;
    if (read === undefined) throw new Error('no operation');
    files = new Map([['x', { ...before, operations: { ...others, look: { ...read, response: { title: { type: 'text', optional: false } } } } }]]);
    expect(await look()).toMatchObject({ exit: 'ok', result: { title: 't' } });
  });

  it('a redirect, which could carry the secret away, is an error and not followed', async () => {
    answer = (request, response) => {
      if (request.url === '/elsewhere') json(200, '{"name":"n"}')(request, response);
      else response.writeHead(302, { location: '/elsewhere' }).end();
    };
    expect(await look()).toMatchObject({ exit: 'error' });
    expect(seen).toHaveLength(1);
  });

  it('keeps only what the file declares', async () => {
    answer = json(200, '{"name":"n","password":"p"}');
    expect(await look()).toMatchObject({ exit: 'ok', result: { name: 'n' } });
  });

  it('another exit needs no body that fits', async () => {
    answer = json(404, 'nothing here');
    expect(await look()).toMatchObject({ exit: 'notFound', result: null });
  });

  it.each<[string, Readonly<Record<string, Json>>]>([
    ['missing', {}],
    ['of another type', { id: 5 }],
    ['one that would climb out of the path', { id: '..' }],
  ])('an argument that is %s is an error, and nothing is sent', async (_title, args) => {
    expect(await look(args)).toMatchObject({ exit: 'error' });
    expect(seen).toEqual([]);
  });

  it('an operation that nobody declared is an error', async () => {
    for (const operation of ['x.none', 'y.look', 'x.constructor', 'toString', '']) {
      expect(await connectors.call({ operation, arguments: {}, idempotencyKey: 'k' }, new AbortController().signal)).toMatchObject({ exit: 'error' });
    }
  });

  it('called off by its signal it ends at once and counts for nothing', async () => {
    const abort = new AbortController();
    answer = () => abort.abort();
    for (let i = 0; i < 3; i++) expect(await look({ id: 'a' }, abort.signal)).toMatchObject({ exit: 'error' });
    answer = json(200, '{"name":"n"}');
    expect(await look()).toMatchObject({ exit: 'ok' });
  });

  it('after failures in a row the server is left alone, then tried with one call', async () => {
    answer = json(503, '');
    await look();
    await look();
    expect(seen).toHaveLength(2);
    await look();
    expect(seen).toHaveLength(2);
    now = 1_001;
    const both = await Promise.all([look(), look()]);
    expect(seen).toHaveLength(3);
    expect(both.map(({ exit }) => exit)).toEqual(['error', 'error']);
    now = 2_002;
    answer = json(200, '{"name":"n"}');
    expect(await look()).toMatchObject({ exit: 'ok' });
    expect(await look()).toMatchObject({ exit: 'ok' });
  });

  it('an answer that says no is no failure of the server', async () => {
    answer = json(404, '{}');
    for (let i = 0; i < 5; i++) expect(await look()).toMatchObject({ exit: 'notFound' });
    answer = json(418, '{}');
    for (let i = 0; i < 5; i++) await look();
    expect(seen).toHaveLength(10);
  });
});
