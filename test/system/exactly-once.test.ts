import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { Exchange } from '../support/exchange.js';

const QUICK_FLOWS = fileURLToPath(new URL('./flows', import.meta.url));

describe('an order by keypad is carried out once', () => {
  let exchange: Exchange;
  beforeAll(async () => {
    exchange = await Exchange.start({ flowsDir: QUICK_FLOWS, agents: ['anna', 'bo', 'cia'] });
  });
  afterAll(() => exchange.close());
  beforeEach(() => setFaults({}));

  const setFaults = (faults: { readonly dropAnswers?: number; readonly fail?: number; readonly delayMs?: number }): Promise<unknown> =>
    fetch(`${exchange.billing.url}/faults`, { method: 'POST', body: JSON.stringify(faults) });

  /** Extends an invoice by keypad. @returns how the call ended, and what the billing service itself wrote down about it */
  const extend = async (invoice: string, lastKeys: string): Promise<{ readonly prompts: readonly string[]; readonly end: unknown; readonly entries: number }> => {
    const call = await exchange.call(`1${invoice}#${lastKeys}`);
    const { sipCallId } = call.call;
    const said = (): readonly string[] => exchange.log.of('says', sipCallId).flatMap((line) => line.fields['prompts'] as string[]);
    await vi.waitFor(() => expect(said().some((prompt) => prompt === 'read-back' || prompt === 'sorry')).toBe(true), { timeout: 15_000, interval: 20 });
    call.hangUp();
    await vi.waitFor(() => expect(exchange.log.of('call ended', sipCallId)).toHaveLength(1), { timeout: 5_000, interval: 20 });
    const prompts = said();
    const ended = exchange.log.of('call ended', sipCallId)[0]?.fields;
    const entries = (await exchange.ledger()).filter((entry) => entry.invoice === invoice).length;
    return { prompts, end: `${String(ended?.['result'])}/${String(ended?.['reason'])}`, entries };
  };

  it('when the key is pressed twice, three times and once more during the answer', async () => {
    await setFaults({ delayMs: 300 });
    const { prompts, end, entries } = await extend('471100', '111 wait:100 1');
    expect(prompts).toContain('read-back');
    expect([end, entries]).toEqual(['completed/solved', 1]);
  });

  it('when the answer is lost after the commit, as often as it is asked again', async () => {
    await setFaults({ dropAnswers: 2 });
    const { prompts, end, entries } = await extend('471101', '1');
    expect(prompts).toContain('read-back');
    expect([end, entries]).toEqual(['completed/solved', 1]);
  });

  it('when every answer is lost: then nothing is promised to the caller', async () => {
    await setFaults({ dropAnswers: 1_000 });
    const { prompts, entries } = await extend('471102', '1');
    expect(prompts).not.toContain('read-back');
    expect(prompts).toContain('sorry');
    expect(entries).toBe(1);
  });

  it('when the service refuses at first and then serves', async () => {
    await setFaults({ fail: 2 });
    const { prompts, end, entries } = await extend('471103', '1');
    expect(prompts).toContain('read-back');
    expect([end, entries]).toEqual(['completed/solved', 1]);
  });
});
