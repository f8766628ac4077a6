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

  const NOTED = ['billing.extendInvoice → refused', 'billing.extendInvoice → error', 'hours office → closed', 'language nb', 'receipt by sms', 'transfer', 'left a message, 23 s', 'left no message', 'could not be recorded', 'share of 20 %', 'prompt lacks a value'];
  it.each([
    ['en-GB', ['Extend invoice: refused', 'Extend invoice: failed', 'Opening hours: closed', 'Language: Norwegian', 'Receipt: text message', 'Transferred to another number', 'Left a message, 0:23', 'Left no message', 'The message could not be recorded', 'In the share of 20 %', 'A step of the menu failed']],
    ['sv-SE', ['Extend invoice: nekat', 'Extend invoice: misslyckades', 'Öppettider: stängt', 'Språk: norska', 'Kvitto: sms', 'Kopplad till ett annat nummer', 'Lämnade ett meddelande, 0:23', 'Lämnade inget meddelande', 'Meddelandet kunde inte spelas in', 'Hör till andelen 20 %', 'Ett steg i menyn misslyckades']],
    ['nb-NO', ['Extend invoice: avslått', 'Extend invoice: mislyktes', 'Åpningstider: stengt', 'Språk: norsk', 'Kvittering: sms', 'Satt over til et annet nummer', 'La igjen en melding, 0:23', 'La ikke igjen noen melding', 'Meldingen kunne ikke spilles inn', 'Hører til andelen 20 %', 'Et trinn i menyen mislyktes']],
  ])('tells what happened on the caller’s way: %s', async (locale, words) => {
    await offered(locale, { path: wayOf(...NOTED) });
    await page.locator('.panel-path .link').click();
    expect((await page.locator('.step-line > span:last-child').allInnerTexts())).toEqual(words);
    await rig.shot(page, `60-way-${locale}`);
  });

  it('shows as done what was, the outcome of a part of the menu too, and nothing else', async () => {
    await offered('en-GB', { path: wayOf('who-is-calling → known', 'billing.findInvoice → ok', 'billing.extendInvoice → refused', 'left no message', 'prompt lacks a value') });
    expect(await page.locator('.step-done').allInnerTexts()).toEqual([expect.stringContaining('Who is calling: known'), expect.stringContaining('Find invoice')]);
  });
});
