import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { ItemsEvent, ScreenItem } from '../../gateway/core/screen/items.js';
import { useDesk, type DeskRig } from '../support/desk-rig.js';
import { sampleContext } from '../support/sample-context.js';

const item = (itemId: string, title: string, changes: Partial<ScreenItem> = {}): ScreenItem => ({
  itemId, channel: 'chat', queue: { id: 'billing', name: 'Invoices and payments', names: { sv: 'Fakturor och betalning', nb: 'Faktura og betaling', en: 'Invoices and payments' } }, title, link: `https://chat.example/${itemId}`, customer: 'Eva Ek', createdAt: Date.now() - 60_000, ...changes,
});
const ITEMS = (changes: Partial<ItemsEvent>): ItemsEvent => ({ type: 'items', channel: 'chat', phase: 'ready', slots: 3, offer: null, open: [], ...changes });
const OFFER = () => ({ offerId: 'token.item-c2', expiresAt: Date.now() + 30_000, item: item('c2', 'Why was I charged twice?') });

describe('work of other channels on the desk', () => {
  let rig: DeskRig;
  let page: Page;
  useDesk((own) => (rig = own));
  const signedIn = async (options: Parameters<DeskRig['page']>[0] = {}): Promise<void> => {
    page = await rig.page(options);
    await page.getByText('Anna Berg').waitFor();
  };

  it('shows an offer with its words and its link, and Accept takes it', async () => {
    await signedIn();
    await rig.push({ type: 'agent', state: { phase: 'blocked', since: Date.now() } });
    await rig.push(ITEMS({ phase: 'reserved', offer: OFFER(), open: [item('c1', 'Where is my invoice?')] }));
    await page.locator('.items').getByText('Waiting for you: chat · Invoices and payments').waitFor();
    await page.getByRole('heading', { name: 'You work on something else' }).waitFor();
    expect(await page.getByRole('link', { name: 'Open' }).first().getAttribute('href')).toBe('https://chat.example/c2');
    await rig.shot(page, '40-items');
    await page.getByRole('button', { name: 'Accept' }).click();
    await expect.poll(() => rig.host.commands).toMatchObject([{ type: 'accept', offerId: 'token.item-c2' }]);
  });

  it.each([
    ['en-GB', 'Accept', 'It is no longer waiting for you.'],
    ['sv-SE', 'Ta emot', 'Det väntar inte längre på dig.'],
    ['nb-NO', 'Ta imot', 'Det venter ikke lenger på deg.'],
  ])('says of what slipped away that it is gone, and not that a call is: %s', async (locale, accept, gone) => {
    rig.host.answer = () => ({ ok: false, error: { code: 'VG_OFFER_LOST', detail: 'The item is no longer there.' } });
    await signedIn({ locale });
    await rig.push(ITEMS({ phase: 'reserved', offer: OFFER() }));
    await page.getByRole('button', { name: accept }).click();
    await expect.poll(() => page.locator('.notice').innerText()).toContain(gone);
  });

  it.each([
    ['Alt+Shift+KeyA', 'accept'],
    ['Alt+Shift+KeyD', 'decline'],
  ])('a key answers the call first where work is offered as well, and the work when it is alone: %s', async (keys, type) => {
    await signedIn();
    await rig.push(ITEMS({ phase: 'reserved', offer: OFFER() }));
    await rig.push({ type: 'offer', offerId: 'offer-1', expiresAt: Date.now() + 20_000, answer: 'screen', context: sampleContext(Date.now()) });
    await page.keyboard.press(keys);
    await expect.poll(() => rig.host.commands).toMatchObject([{ type, offerId: 'offer-1' }]);
    await rig.push({ type: 'offerClosed', offerId: 'offer-1', callId: 'call-1', why: 'callerLeft' });
    await page.keyboard.press(keys);
    await expect.poll(() => rig.host.commands).toMatchObject([{ type, offerId: 'offer-1' }, { type, offerId: 'token.item-c2' }]);
  });

  it.each([
    ['en-GB', 'Lift your phone to answer.'],
    ['sv-SE', 'Lyft telefonen för att svara.'],
    ['nb-NO', 'Løft av telefonen for å svare.'],
  ])('the key for Accept takes no work while a call rings that is answered by lifting the phone, and says that: %s', async (locale, lift) => {
    await signedIn({ locale });
    await rig.push(ITEMS({ phase: 'reserved', offer: OFFER() }));
    await rig.push({ type: 'offer', offerId: 'offer-1', expiresAt: Date.now() + 20_000, answer: 'phone', context: sampleContext(Date.now()) });
    await page.keyboard.press('Alt+Shift+KeyA');
    await expect.poll(() => page.locator('#announce').textContent()).toBe(lift);
    await page.keyboard.press('Alt+Shift+KeyD');
    await expect.poll(() => rig.host.commands).toMatchObject([{ type: 'decline', offerId: 'offer-1' }]);
    await rig.push({ type: 'offerClosed', offerId: 'offer-1', callId: 'call-1', why: 'callerLeft' });
    await page.keyboard.press('Alt+Shift+KeyA');
    await expect.poll(() => rig.host.commands).toMatchObject([{ type: 'decline', offerId: 'offer-1' }, { type: 'accept', offerId: 'token.item-c2' }]);
  });

  it('says in the tab’s title what is offered, as long as it is', async () => {
    await signedIn();
    await rig.push(ITEMS({ phase: 'reserved', offer: OFFER() }));
    await expect.poll(() => page.title()).toBe('● Why was I charged twice?');
    await page.getByLabel('Language').selectOption('sv');
    await expect.poll(() => page.title()).toBe('● Why was I charged twice?');
    await rig.push(ITEMS({ open: [OFFER().item] }));
    await expect.poll(() => page.title()).toBe('Växel – skrivbord');
  });

  it('keeps what the agent writes while other work comes and goes, and sends it with Done', async () => {
    await signedIn();
    await rig.push(ITEMS({ open: [item('c1', 'Where is my invoice?')] }));
    await page.getByLabel('What came of it').fill('sent it again');
    await rig.push(ITEMS({ phase: 'reserved', offer: OFFER(), open: [item('c1', 'Where is my invoice?')] }));
    await page.locator('.items').getByText('Why was I charged twice?').waitFor();
    await rig.push(ITEMS({ open: [item('c1', 'Where is my invoice?')] }));
    await page.locator('.items').getByText('Why was I charged twice?').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Done' }).click();
    await expect.poll(() => rig.host.commands).toMatchObject([{ type: 'done', itemId: 'c1', note: 'sent it again' }]);
    await rig.push(ITEMS({}));
    await page.locator('.items').getByText('Where is my invoice?').waitFor({ state: 'hidden' });
  });

  it('keeps what the agent wrote over a reload of the page and a change of language, until Done', async () => {
    await signedIn();
    rig.host.present = [ITEMS({ open: [item('c1', 'Where is my invoice?')] })];
    await page.reload();
    await page.getByLabel('What came of it').fill('sent it again');
    await page.reload();
    await expect.poll(() => page.getByLabel('What came of it').inputValue()).toBe('sent it again');
    await page.getByLabel('Language').selectOption('sv');
    await expect.poll(() => page.getByLabel('Vad det ledde till').inputValue()).toBe('sent it again');
    await page.getByRole('button', { name: 'Klar', exact: true }).click();
    await expect.poll(() => rig.host.commands).toMatchObject([{ type: 'done', note: 'sent it again' }]);
    await expect.poll(() => page.evaluate('sessionStorage.getItem("vaxel.draft.c1")')).toBeNull();
  });

  it.each([
    ['en-GB', '“Where is my invoice?” is no longer yours: it was completed, taken back or given to others.', 'You had written: half a sent'],
    ['sv-SE', '”Where is my invoice?” är inte längre ditt: det avslutades, togs tillbaka eller gick till någon annan.', 'Du hade skrivit: half a sent'],
    ['nb-NO', '«Where is my invoice?» er ikke lenger ditt: det ble avsluttet, trukket tilbake eller gitt til andre.', 'Du hadde skrevet: half a sent'],
  ])('tells what went away without the agent’s doing, with what they had written about it: %s', async (locale, gone, written) => {
    await signedIn({ locale });
    const open = [item('c1', 'Where is my invoice?')];
    await rig.push(ITEMS({ open }));
    await page.locator('#note-c1').fill('half a sent');
    await rig.push(ITEMS({}));
    await expect.poll(() => page.locator('.notice').innerText()).toContain(gone);
    expect(await page.locator('.notice').innerText()).toContain(written);
    await expect.poll(() => page.evaluate('sessionStorage.getItem("vaxel.draft.c1")')).toBeNull();
    await rig.push(ITEMS({ phase: 'reserved', offer: { ...OFFER(), item: item('c1', 'Where is my invoice?') } }));
    await rig.push(ITEMS({}));
    await expect.poll(() => page.locator('.notice').innerText()).not.toContain(written);
    expect(await page.locator('.notice').innerText()).toContain(gone);
  });

  it('tells nothing of what the agent did, of what ran out, and of what was not there when the connection came back', async () => {
    await signedIn();
    await rig.push(ITEMS({ phase: 'reserved', offer: OFFER(), open: [item('c1', 'Where is my invoice?')] }));
    await page.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('button', { name: 'Decline' }).click();
    await expect.poll(() => rig.host.commands.length).toBe(2);
    await rig.push(ITEMS({}));
    await rig.push(ITEMS({ phase: 'reserved', offer: { ...OFFER(), offerId: 'token.item-c3', expiresAt: Date.now() } }));
    await rig.push(ITEMS({ phase: 'notReady' }));
    await rig.push(ITEMS({ open: [item('c4', 'Why was I charged twice?')] }));
    const port = rig.http?.port ?? 0;
    await rig.stopServing();
    await page.locator('.connection-waiting').waitFor();
    await rig.serve(port);
    rig.host.present = [{ type: 'agent', state: { phase: 'ready', since: Date.now() } }, ITEMS({})];
    await page.getByText('Connected', { exact: true }).waitFor();
    await page.locator('.items').waitFor({ state: 'hidden' });
    expect(await page.locator('.notice').innerText()).not.toContain('no longer yours');
  });

  it.each([
    ['en-GB', { ready: 'Your next task shows at the top of this page.', away: 'Nothing new comes until you choose Ready.', full: 'More comes when there is room.', heading: 'Your work', calls: /\b(call|phone|ring)/i }],
    ['sv-SE', { ready: 'Nästa uppgift visas högst upp på sidan.', away: 'Inget nytt kommer förrän du väljer Redo.', full: 'Mer kommer när det finns plats.', heading: 'Ditt arbete', calls: /samtal|telefon|ring/i }],
    ['nb-NO', { ready: 'Neste oppgave vises øverst på siden.', away: 'Det kommer ikke noe nytt før du velger Klar.', full: 'Mer kommer når det er plass.', heading: 'Ditt arbeid', calls: /samtale|telefon|ring/i }],
  ])('tells an agent who takes no calls nothing of calls and phones: %s', async (locale, words) => {
    rig.host.phone = null;
    await signedIn({ locale });
    const says = async (text: string): Promise<void> => {
      await page.getByText(text).waitFor();
      expect(await page.locator('body').innerText()).not.toMatch(words.calls);
    };
    await says(words.away);
    await rig.push({ type: 'agent', state: { phase: 'notReady', reason: 'rona', since: Date.now() } });
    await page.getByRole('heading', { level: 1 }).waitFor();
    expect(await page.locator('body').innerText()).not.toMatch(words.calls);
    await rig.push({ type: 'agent', state: { phase: 'ready', since: Date.now() } });
    await says(words.ready);
    await rig.push({ type: 'agent', state: { phase: 'blocked', since: Date.now() } });
    await rig.push(ITEMS({ phase: 'full', slots: 1, open: [item('c1', 'Where is my invoice?')] }));
    await page.getByRole('heading', { name: words.heading }).waitFor();
    await says(words.full);
    await rig.shot(page, `42-no-phone-${locale}`);
  });

  it('shows the phone from the moment on that a reload gives the agent calls, and hides it when they are taken away', async () => {
    rig.host.phone = null;
    await signedIn();
    await rig.push({ type: 'agent', state: { phase: 'notReady', reason: 'signedIn', since: Date.now() }, phone: 'sip:anna@vaxel' });
    await page.getByText('anna@vaxel').waitFor();
    await page.getByText('You get no calls until you choose Ready.').waitFor();
    await rig.push({ type: 'agent', state: { phase: 'ready', since: Date.now() }, phone: null });
    await page.getByText('anna@vaxel').waitFor({ state: 'detached' });
    await page.getByText('Your next task shows').waitFor();
  });

  it.each([
    ['sv-SE', 'Väntar på dig: chatt', 'Ta emot', 'Fakturor och betalning'],
    ['nb-NO', 'Venter på deg: chat', 'Ta imot', 'Faktura og betaling'],
  ])('speaks the agent’s language: %s', async (locale, heading, accept, queue) => {
    await signedIn({ locale, dark: true, width: 420 });
    await rig.push(ITEMS({ phase: 'reserved', offer: OFFER(), open: [item('c1', 'Where is my invoice?', { channel: 'chat' })] }));
    await page.locator('.items').getByText(heading).waitFor();
    await page.getByRole('button', { name: accept }).waitFor();
    await page.locator('.items').getByText(queue).first().waitFor();
    await rig.shot(page, `41-items-${locale}`);
  });
});
