import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readWav } from '../../gateway/core/wav.js';
import { AGENT_SECRET } from '../support/exchange.js';
import { ProcessExchange } from '../support/process-exchange.js';
import { vaxelIn, type RunningCommand } from '../support/vaxel-command.js';

const QUICK_FLOWS = fileURLToPath(new URL('./flows', import.meta.url));

function programOnPath(name: string): string {
  const path = (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, name)).find(existsSync);
  if (path === undefined) throw new Error(`${name} is not on PATH`);
  return path;
}

/** Content that can be broken and mended. */
class Content {
  readonly folder = mkdtempSync(join(tmpdir(), 'vx-flows-'));

  constructor() {
    this.mend();
  }

  break(file: string, from: string, to: string): void {
    const path = join(this.folder, file);
    const text = readFileSync(path, 'utf8');
    if (!text.includes(from)) throw new Error(`${file} has no "${from}"`);
    writeFileSync(path, text.replace(from, to));
  }

  mend(): void {
    cpSync(QUICK_FLOWS, this.folder, { recursive: true });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

describe('faulty content', () => {
  it.concurrent.each([
    ['a flow', 'flows/quick.yaml', '1: ask', '1: aks', [/flows\/quick\.yaml:\d+/, /"menu"/, /aks/, /Fix: /]],
    ['a connector file', 'connectors/billing.yaml', 'timeoutMs: 2000', 'timeoutMs: soon', [/connectors\/billing\.yaml:\d+/, /timeoutMs/, /Fix: /]],
    ['a contact centre', 'contact-centre.yaml', 'needs: { billing: 1 }', 'needs: { biling: 1 }', [/contact-centre\.yaml:\d+/, /biling/, /Fix: /]],
  ])('%s: the system does not start, and says file, line, place and fix', async (_what, file, from, to, said) => {
    const content = new Content();
    content.break(file, from, to);
    const up = vaxelIn({}, 'up', '--json', '--var', join(content.folder, 'var'), '--sip-port', '0', '--http-port', '0', '--flows', content.folder);
    expect(await up.exited).toBe(1);
    const { message } = (await up.line('error')) as { readonly message: string };
    for (const part of said) expect(message).toMatch(part);
    expect(message).not.toMatch(/^\s+at /m);
    content.remove();
  });
});

describe('content that changes under a gateway', () => {
  const content = new Content();
  let exchange: ProcessExchange;
  beforeAll(async () => {
    exchange = await ProcessExchange.start({ FLOWS_DIR: content.folder });
  });
  afterAll(async () => {
    await exchange.close();
    content.remove();
  });

  it('is read again by a gateway that is told to while it starts, which goes on starting', async () => {
    const before = exchange.gateway;
    await before.stop();
    const gateway = await exchange.startAnother((starting) => void starting.logged('SIP server connected').then(() => starting.signal('SIGHUP')));
    await gateway.logged('content reloaded');
  });

  it('is refused with its faults where it is faulty, and the old one goes on serving', async () => {
    const { gateway } = exchange;
    content.break('flows/quick.yaml', '1: ask', '1: aks');
    gateway.signal('SIGHUP');
    const refused = await gateway.logged('content refused, the old one goes on serving');
    expect((refused['problems'] as string[])[0]).toMatch(/quick\.yaml:\d+/);
    expect((await (await exchange.call('1471100#1')).finished).result).toBe('completed');
    expect(exchange.billing.ledger).toHaveLength(1);
    content.mend();
    const { length: known } = gateway.lines;
    gateway.signal('SIGHUP');
    await gateway.logged('content reloaded', (line) => gateway.lines.indexOf(line) >= known);
  });

  it('cannot lose a queue that a published flow leads to, though its file does so no more, by the API or in the folder: the refusal names the version, the line and the fix', async () => {
    const { gateway } = exchange;
    const url = await gateway.ready;
    const headers = { authorization: `Bearer ${AGENT_SECRET}` };
    const published = await fetch(`${url}/v1/flows/releases`, { method: 'POST', headers, body: JSON.stringify({ action: 'publish', flow: 'quick', author: 'Eva', note: 'spring' }) });
    expect(published.status).toBe(201);
    const { version } = (await published.json()) as { readonly version: string };
    content.break('flows/quick.yaml', 'person: { do: queue, queue: billing }', 'person: { do: hangup }');
    const { length: known } = gateway.lines;
    gateway.signal('SIGHUP');
    await gateway.logged('content reloaded', (line) => gateway.lines.indexOf(line) >= known);
    const text = await (await fetch(`${url}/v1/centre`, { headers })).text();
    const refused = await fetch(`${url}/v1/centre?author=Eva&note=summer`, { method: 'PUT', headers: { ...headers, 'if-match': '*' }, body: text.replace('  billing:\n    name', '  invoices:\n    name') });
    expect(refused.status).toBe(422);
    const { error } = (await refused.json()) as { readonly error: { readonly issues: readonly object[] } };
    expect(error.issues).toMatchObject([{ path: expect.stringMatching(/^flows\/quick\.yaml:\d+:\d+$/) as string, message: expect.stringMatching(new RegExp(`published as ${version}: .*billing.*Fix: .*invoices`)) as string }]);
    content.break('contact-centre.yaml', '  billing:\n    name', '  invoices:\n    name');
    gateway.signal('SIGHUP');
    await gateway.logged('content refused, the old one goes on serving', ({ problems }) => new RegExp(`published as ${version}: .*billing.*Fix: .*invoices`).test(String(problems)));
    expect(await (await fetch(`${url}/v1/centre`, { headers })).text()).toBe(text);
  });
});

describe('a machine without a program that is needed', () => {
  it('is told in one sentence which package brings it and how', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'vx-bin-'));
    symlinkSync(process.execPath, join(folder, 'node'));
    const up = vaxelIn({ PATH: folder }, 'up', '--json', '--var', folder);
    expect(await up.exited).toBe(1);
    const { message } = (await up.line('error')) as { readonly message: string };
    expect(message).toMatch(/^Missing redis-server .*Run: (sudo apt-get install -y|brew install) redis(-server)?$/);
    rmSync(folder, { recursive: true, force: true });
  });
});

describe('a machine without espeak-ng', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vx-bin-'));
  let up: RunningCommand;
  beforeAll(() => {
    symlinkSync(process.execPath, join(folder, 'node'));
    symlinkSync(programOnPath('redis-server'), join(folder, 'redis-server'));
    up = vaxelIn({ PATH: folder }, 'up', '--json', '--var', folder, '--sip-port', '0', '--http-port', '0', '--flows', QUICK_FLOWS);
  });
  afterAll(async () => {
    up.signal('SIGINT');
    await up.exited;
    rmSync(folder, { recursive: true, force: true });
  });

  it('serves calls all the same: the npm package speaks', async () => {
    await up.line('ready');
    const caller = vaxelIn({ PATH: folder }, 'call', '--json', '--var', folder, '--keys', 'prompt 2');
    expect(await caller.exited).toBe(0);
    const { wav } = (await caller.line('ended')) as { readonly wav: string };
    const heard = readWav(readFileSync(wav))?.samples ?? new Int16Array();
    expect(heard.some((sample) => Math.abs(sample) > 3_000)).toBe(true);
  });
});
