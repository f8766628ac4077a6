import type { Page } from 'playwright-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { SYSTEM_REASONS } from '../../gateway/core/acd/contact-centre.js';
import type { CallContext } from '../../gateway/core/screen/context.js';
import type { ServerEvent } from '../../gateway/core/screen/messages.js';
import { useDesk, type DeskRig } from '../support/desk-rig.js';
import { sampleContext } from '../support/sample-context.js';

const BILLING = { id: 'billing', name: 'Invoices and payments', names: { sv: 'Fakturor och betalning', nb: 'Faktura og betaling', en: 'Invoices and payments' } };
const READY = (): ServerEvent => ({ type: 'agent', state: { phase: 'ready', since: Date.now() } });
const offer = (changes: Partial<CallContext>): ServerEvent => ({ type: 'offer', offerId: 'offer-1', expiresAt: Date.now() + 20_000, answer: 'screen', context: sampleContext(Date.now(), { queue: BILLING, ...changes }) });

describe('the language of the agent desk', () => {
  let rig: DeskRig;
  let page: Page;
  useDesk((own) => (rig = own));
  beforeEach(() => void (rig.host.present = [READY()]));

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
    ['nb-NO', ['Extend invoice: avslått', 'Extend invoice: mislyktes', 'Åpningstider: stengt', 'Språk: norsk', 'Kvittering: sms', 'Satt over til et annet nummer', 'La igjen en beskjed, 0:23', 'La ikke igjen noen beskjed', 'Beskjeden kunne ikke spilles inn', 'Hører til andelen 20 %', 'Et trinn i menyen mislyktes']],
  ])('tells what happened on the caller’s way: %s', async (locale, words) => {
    await offered(locale, { path: wayOf(...NOTED) });
    await page.locator('.panel-path .link').click();
    expect((await page.locator('.step-line > span:last-child').allInnerTexts())).toEqual(words);
    await rig.shot(page, `60-way-${locale}`);
  });

  const past = (told: CallContext['thread'][number]['told'], changes: Partial<CallContext['thread'][number]> = {}): CallContext['thread'][number] =>
    ({ id: String(told?.what), at: '2026-10-30T09:00:00Z', channel: 'phone', summary: 'As the gateway says it in English.', reason: null, result: null, agent: null, note: null, told, ...changes });
  const PAST: CallContext['thread'] = [
    past({ what: 'talked', isCallback: false, agent: 'Bo Dahl', queue: BILLING, talkMs: 185_000, waitMs: 65_000 }, { did: ['billing.findInvoice → ok', 'billing.extendInvoice → refused'], result: 'completed/caller-hung-up' }),
    past({ what: 'hungUpWaiting', queue: BILLING, waitMs: 65_000 }, { result: 'abandoned/caller-hung-up' }),
    past({ what: 'notReached', outcome: 'busy', attempt: 2 }),
    past({ what: 'callbackDropped', attempts: 2 }),
    past({ what: 'messageLeft', durationMs: 23_000 }),
    past({ what: 'messageRemoved', leftAt: Date.parse('2026-10-01T09:00:00Z'), durationMs: 23_000, afterDays: 30, wasDone: false }),
    past(undefined, { channel: 'chat', summary: 'Asked the chat for a copy.', result: 'handed over' }),
  ];
  it.each([
    ['en-GB', ['By keypad: find invoice, extend invoice: refused. Talked with Bo Dahl (Invoices and payments) for 3:05 after 1:05 of waiting.', 'Hung up after 1:05 of waiting (Invoices and payments).', 'Called back, not reached: busy (attempt 2).', 'The callback was dropped by the contact centre (attempts: 2).', 'Left a message, 0:23.', 'The message of 1 Oct, 0:23, was removed after 30 days; nobody had dealt with it.', 'Asked the chat for a copy.'], ['Completed', 'Gave up', 'Handed over']],
    ['sv-SE', ['I menyn: find invoice, extend invoice: nekat. Talade med Bo Dahl (Fakturor och betalning) i 3:05 efter 1:05 i kö.', 'Lade på efter 1:05 i kö (Fakturor och betalning).', 'Uppringd, nåddes inte: upptaget (försök 2).', 'Återuppringningen ströks av kontaktcentret (försök: 2).', 'Lämnade ett meddelande, 0:23.', 'Meddelandet från 1 okt., 0:23, togs bort efter 30 dagar; ingen hade tagit hand om det.', 'Asked the chat for a copy.'], ['Klart', 'Gav upp', 'Handed over']],
    ['nb-NO', ['I menyen: find invoice, extend invoice: avslått. Snakket med Bo Dahl (Faktura og betaling) i 3:05 etter 1:05 i kø.', 'La på etter 1:05 i kø (Faktura og betaling).', 'Oppringt, ikke nådd: opptatt (forsøk 2).', 'Tilbakeringingen ble strøket av kontaktsenteret (forsøk: 2).', 'La igjen en beskjed, 0:23.', 'Beskjeden fra 1. okt., 0:23, ble fjernet etter 30 dager; ingen hadde tatt hånd om den.', 'Asked the chat for a copy.'], ['Ferdig', 'Ga opp', 'Handed over']],
  ])('tells earlier contacts as the agent speaks, what others wrote as it is: %s', async (locale, summaries, results) => {
    await offered(locale, { thread: PAST });
    expect(await page.locator('.entry-summary').allInnerTexts()).toEqual(summaries);
    expect(await page.locator('.tag-result').allInnerTexts()).toEqual(results);
    await rig.shot(page, `61-thread-${locale}`);
  });

  it.each([
    ['en-GB', 'Due date moved'],
    ['sv-SE', 'Förfallodag flyttad'],
    ['nb-NO', 'Forfallsdato flyttet'],
  ])('offers results in the agent’s language, and shows those filed before in it: %s', async (locale, result) => {
    const resultNames = { en: 'Due date moved', sv: 'Förfallodag flyttad', nb: 'Forfallsdato flyttet' };
    const filed = past(undefined, { id: 'call:9:note', channel: 'note', summary: 'Due date moved', result: 'Due date moved', resultNames });
    await offered(locale, { thread: [filed, past(undefined, { summary: 'A file of one language.', result: 'Solved' })] });
    expect(await page.locator('.tag-result').allInnerTexts()).toEqual([result, 'Solved']);
    expect(await page.locator('.entry-summary').first().innerText()).toBe(result);
    await rig.push({ type: 'agent', state: { phase: 'wrapUp', callId: 'call-1', until: Date.now() + 30_000, since: Date.now() } });
    await page.getByRole('radio', { name: result }).waitFor();
    await page.getByRole('radio', { name: 'Solved' }).waitFor();
  });

  it('shows as done what was, the outcome of a part of the menu too, and nothing else', async () => {
    await offered('en-GB', { path: wayOf('who-is-calling → known', 'billing.findInvoice → ok', 'billing.extendInvoice → refused', 'left no message', 'prompt lacks a value') });
    expect(await page.locator('.step-done').allInnerTexts()).toEqual([expect.stringContaining('Who is calling: known'), expect.stringContaining('Find invoice')]);
  });

  // A plain lookup finds code under such a name in every table.
  it('shows words that the desk has no text for as they are, also one that is called `constructor`', async () => {
    const path = wayOf('billing.extendInvoice → constructor', 'who-is-calling → constructor', 'hours office → constructor', 'receipt by constructor');
    await offered('en-GB', { path, thread: [past(undefined, { summary: 'A note.', result: 'constructor' })] });
    expect(await page.locator('.step-line > span:last-child').allInnerTexts()).toEqual(['Extend invoice: constructor', 'Who is calling: constructor', 'Opening hours: constructor', 'constructor']);
    expect(await page.locator('.tag-result').allInnerTexts()).toEqual(['Constructor']);
    await rig.push({ type: 'agent', state: { phase: 'notReady', reason: 'constructor', since: Date.now() } });
    expect(await page.locator('[data-action=notReady] .label').innerText()).toBe('Constructor');
    await page.getByText('You get no calls until you choose Ready.').waitFor();
    rig.host.answer = () => ({ ok: false, error: { code: 'constructor', detail: '' } });
    await page.getByRole('button', { name: 'Get ready' }).click();
    await page.getByText('That did not work. Try again.').waitFor();
  });

  it.each([
    ['en-GB', { signedIn: 'Just signed in', rona: 'Not answered', busy: 'The phone was busy', legFailed: 'The phone was not reached', agentLeft: 'Signing out', screenLost: 'Screen was away', freed: 'Set free by an operator' }],
    ['sv-SE', { signedIn: 'Nyss inloggad', rona: 'Ej besvarat', busy: 'Telefonen var upptagen', legFailed: 'Telefonen nåddes inte', agentLeft: 'Loggas ut', screenLost: 'Skärmen var borta', freed: 'Frigjord av en operatör' }],
    ['nb-NO', { signedIn: 'Nettopp logget inn', rona: 'Ikke besvart', busy: 'Telefonen var opptatt', legFailed: 'Telefonen ble ikke nådd', agentLeft: 'Logges ut', screenLost: 'Skjermen var borte', freed: 'Frigjort av en operatør' }],
  ])('says why the system made the agent not ready, whatever it was: %s', async (locale, words) => {
    expect(Object.keys(words).sort()).toEqual([...SYSTEM_REASONS].sort());
    page = await rig.page({ locale, width: 360 });
    await page.getByText('Anna Berg').waitFor();
    for (const [reason, text] of Object.entries(words)) {
      await rig.push({ type: 'agent', state: { phase: 'notReady', reason, since: Date.now() } });
      expect(await page.locator('[data-action=notReady] .label').innerText(), reason).toBe(text);
      expect(await page.evaluate('document.documentElement.scrollWidth - window.innerWidth'), reason).toBeLessThanOrEqual(0);
    }
  });
});
