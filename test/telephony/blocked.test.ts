import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { expectNothingLeft, FLOWS_OF_TESTS } from '../support/contract-case.js';
import { AGENT_SECRET, Exchange } from '../support/exchange.js';
import type { Figures } from '../../gateway/core/acd/figures.js';

const BLOCKED = '+46709999999';

/** The content of the telephony tests with these callers blocked. */
function contentWith(blocked: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'vx-blocked-'));
  cpSync(FLOWS_OF_TESTS, folder, { recursive: true });
  const file = join(folder, 'contact-centre.yaml');
  writeFileSync(file, `${readFileSync(file, 'utf8')}\ndialling: { country: 46 }\nblocked: ${blocked}\n`);
  return folder;
}

const blockedFigures = async (exchange: Exchange): Promise<Pick<Figures, 'blockedCallers' | 'queues'>> => {
  const { blockedCallers, queues } = (await (await fetch(`${exchange.gateway.httpUrl}/v1/figures`, { headers: { authorization: `Bearer ${AGENT_SECRET}` } })).json()) as Figures;
  return { blockedCallers, queues };
};

describe('blocked callers', () => {
  const folder = contentWith(`{ numbers: { "${BLOCKED}": Threats, "+882*": null }, withheld: refuse }`);
  let exchange: Exchange;
  beforeAll(async () => {
    exchange = await Exchange.start({ flowsDir: folder, agents: [] });
  });
  afterAll(async () => {
    await exchange.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each([
    ['a number that is blocked', { from: BLOCKED }, 603],
    ['the same, written as at home', { from: '0709999999' }, 603],
    ['the same, asserted by the trunk', { from: 'sip:anonymous@anonymous.invalid', headers: [['P-Asserted-Identity', `<sip:${BLOCKED}@trunk.example>`]] }, 603],
    ['the beginning of blocked numbers', { from: '+88216123456' }, 603],
    ['a number that is withheld', { from: 'sip:anonymous@anonymous.invalid' }, 433],
    ['one that the trunk knows and may not tell (Privacy: id)', { from: 'sip:anonymous@anonymous.invalid', headers: [['P-Asserted-Identity', '<sip:+46701234567@trunk.example>'], ['Privacy', 'id']] }, 433],
  ] as const)('%s is refused before a channel is made', async (_what, options, status) => {
    const call = await exchange.call('', options);
    expect(await call.finished).toMatchObject({ result: 'failed', status });
    expect(exchange.eventSockets.of(exchange.facts.callIdOf(call.call.sipCallId)).caller).toBeUndefined();
  });

  it('are not those who tell a number that is not blocked', async () => {
    const call = await exchange.call('wait:400', { maxTalkMs: 1_000 });
    expect((await call.finished).result).not.toBe('failed');
  });

  it('are counted apart from those who gave up', async () => {
    await vi.waitFor(async () => expect(await blockedFigures(exchange)).toEqual({ blockedCallers: { byNumber: 4, withheld: 2 }, queues: [] }), { timeout: 5_000 });
  });

  it('leave nothing behind', () => expectNothingLeft(exchange));
});

describe('blocked callers with an announcement', () => {
  const folder = contentWith(`{ numbers: { "${BLOCKED}": null }, announce: call-later }`);
  let exchange: Exchange;
  beforeAll(async () => {
    exchange = await Exchange.start({ flowsDir: folder, agents: [] });
  });
  afterAll(async () => {
    await exchange.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('hear it, and the call is ended', async () => {
    const call = await exchange.call('', { from: BLOCKED });
    expect((await call.finished).ladder.at(-1)).toMatchObject({ event: 'ended', by: 'remote' });
    expect(exchange.log.of('says', call.call.sipCallId).flatMap((line) => line.fields['prompts'])).toEqual(['call-later']);
    await vi.waitFor(async () => expect((await blockedFigures(exchange)).blockedCallers).toEqual({ byNumber: 1, withheld: 0 }), { timeout: 5_000 });
    await expectNothingLeft(exchange);
  });

  it('with a withheld number are served, where the file says nothing about them', async () => {
    const call = await exchange.call('wait:400', { from: 'sip:anonymous@anonymous.invalid', maxTalkMs: 1_000 });
    expect((await call.finished).result).not.toBe('failed');
    expect(exchange.log.of('says', call.call.sipCallId).flatMap((line) => line.fields['prompts'])).not.toContain('call-later');
    await expectNothingLeft(exchange);
  });
});
