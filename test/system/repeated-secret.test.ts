import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { projectFile } from '../../gateway/project.js';
import { Exchange } from '../support/exchange.js';

const PIN = '2580';
const FLOW = `purpose: A back end tells everybody the PIN that was keyed.
owner: test
reviewBy: 2030-01-01
expect: nobody sees it
languages: [en]
start: ask-pin
error: person
vars:
  who: { type: record, fields: { customer: { type: digits, label: Number }, name: { type: text, label: Name } } }
prompts:
  pin: { en: Your PIN please. }
  hello: { en: "Hello {{who.name}}." }
  sorry: { en: That is wrong. }
nodes:
  ask-pin:
    do: identify
    by: pin
    prompt: pin
    min: 4
    max: 4
    call: billing.checkPin
    with: { customer: "1001", pin: $entered }
    into: who
    customer: { id: $who.customer, name: $who.name }
    filler: sorry
    noInput: { retries: 0, next: person }
    noMatch: { retries: 0, next: person }
    exits: { ok: hello, wrong: person, notFound: person, error: person }
  hello: { do: say, prompt: hello, next: person }
  person: { do: queue, queue: billing }
`;
/** Times and ids may hold any digits. */
const hasPin = (value: unknown): boolean => new RegExp(`(?<![0-9a-z.-])${PIN}(?![0-9a-z.-])`).test(JSON.stringify(value).replace(/"(at|ms|times|after|seq|time|[a-zA-Z]*(At|Ms))":(\[[^\]]*\]|"?[0-9.TZ:-]+"?)/g, ''));

describe('a back end that repeats the PIN of a caller', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vx-flows-'));
  let backEnd: Server;
  let exchange: Exchange;

  beforeAll(async () => {
    cpSync(projectFile('ivr-flows'), folder, { recursive: true });
    writeFileSync(join(folder, 'flows', 'told.yaml'), FLOW);
    const centre = readFileSync(join(folder, 'contact-centre.yaml'), 'utf8');
    writeFileSync(join(folder, 'contact-centre.yaml'), centre.replace('numbers:\n', 'numbers:\n  "300": { flow: told, language: en, lastResort: { do: tell, prompt: call-later } }\n'));
    backEnd = createServer((_request, response) => response.setHeader('content-type', 'application/json').end(JSON.stringify({ customer: '1001', name: `Anna, ${PIN}` })));
    backEnd.listen(0, '127.0.0.1');
    await once(backEnd, 'listening');
    exchange = await Exchange.start({ flowsDir: folder, environment: { BILLING_URL: `http://127.0.0.1:${(backEnd.address() as AddressInfo).port}` } });
  });
  afterAll(async () => {
    await exchange.close();
    backEnd.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('tells it to nobody but the caller: no pop, thread entry, recorded call, queue log and no line of the log', async () => {
    const anna = await exchange.agent('anna', { kind: 'after', ms: 0 });
    await anna.ready();
    const call = await exchange.call(`wait:400 ${PIN} wait:60000`, { to: `sip:300@${exchange.sip}` });
    const { context } = await anna.next('offer');
    expect(context.caller.customer).toEqual({ id: '1001', name: '••••', confidence: 'verified' });
    expect(context.shown).toEqual([{ label: 'Number', value: '1001' }, { label: 'Name', value: '••••' }]);
    expect(context.path.find(({ node }) => node === 'hello')?.said).toBe('Hello ••••.');
    call.hangUp();
    await exchange.ended(call.call.sipCallId);
    const entry = await vi.waitFor(() => {
      const [found] = exchange.thread.interactions.values();
      if (found === undefined) throw new Error('not filed yet');
      return found;
    }, 10_000);
    const recording = await vi.waitFor(() => {
      const [found] = exchange.recordings.kept.values();
      if (found === undefined) throw new Error('not recorded yet');
      return found;
    }, 10_000);
    expect(entry.subject).toBe('1001');
    expect(recording.events.find(({ did }) => did === 'asked')).toMatchObject({ with: { customer: '1001', pin: '••••' }, result: { customer: '1001', name: '•'.repeat(`Anna, ${PIN}`.length) } });
    const queueLog = join(exchange.folder, 'queue-log');
    const facts = await vi.waitFor(() => {
      const lines = readdirSync(queueLog).map((name) => readFileSync(join(queueLog, name), 'utf8')).join('');
      expect(lines).toContain(context.callId);
      return lines.trimEnd().split('\n').map((line) => JSON.parse(line) as unknown);
    }, 10_000);
    for (const told of [context, entry, recording, facts, exchange.log.lines]) expect(hasPin(told)).toBe(false);
    expect(hasPin({ name: `Anna, ${PIN}` })).toBe(true);
  });
});
