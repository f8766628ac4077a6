import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CallContext } from '../../gateway/core/screen/context.js';
import type { ServerEvent } from '../../gateway/core/screen/messages.js';
import { DeskRig } from '../support/desk-rig.js';
import { sampleContext } from '../support/sample-context.js';

const BILLING = { id: 'billing', name: 'Invoices and payments', names: { sv: 'Fakturor och betalning', nb: 'Faktura og betaling', en: 'Invoices and payments' } };
const READY = (): ServerEvent => ({ type: 'agent', state: { phase: 'ready', since: Date.now() } });
const offer = (changes: Partial<CallContext>): ServerEvent => ({ type: 'offer', offerId: 'offer-1', expiresAt: Date.now() + 20_000, answer: 'screen', context: sampleContext(Date.now(), { queue: BILLING, ...changes }) });

describe('the language of the agent desk', () => {
  let rig: DeskRig;
  let page: Page;
  beforeAll(async () => {
    rig = await DeskRig.open();
  });
  afterAll(() => rig.close());
  beforeEach(async () => {
    rig.complaints.length = 0;
    await rig.stopServing();
    await rig.serve(0);
    rig.host.present = [READY()];
  });
  afterEach(async () => {
    await rig.leavePages();
    expect(rig.complaints).toEqual([]);
  });

  const offered = async (locale: string, changes: Partial<CallContext>): Promise<void> => {
    page = await rig.page({ locale });
    await page.getByText('Anna Berg').waitFor();
    await rig.push(offer(changes));
    await page.getByRole('heading', { level: 1, name: 'Maria Lindqvist' }).waitFor();
  };
  const wayOf = (...did: string[]): CallContext['path'] => did.map((one, index) => ({ at: Date.now(), node: `step-${index}`, did: one, ...(/^(queue|callback)/.test(one) ? { queue: BILLING } : {}) }));

  it.each([
    ['en-GB', ['Queue: Invoices and payments', 'Callback asked for: Invoices and payments']],
    ['sv-SE', ['Kö: Fakturor och betalning', 'Bad om återuppringning: Fakturor och betalning']],
    ['nb-NO', ['Kø: Faktura og betaling', 'Ba om å bli ringt opp: Faktura og betaling']],
  ])('names the queue on the caller’s way: %s', async (locale, words) => {
    await offered(locale, { path: wayOf('queue billing', 'callback from billing') });
    expect(await page.locator('.step-line').allInnerTexts()).toEqual(words.map((text) => expect.stringContaining(text)));
  });
});
