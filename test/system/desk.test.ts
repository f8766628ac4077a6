import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { ServerEvent } from '../../gateway/core/screen/messages.js';
import { useDesk, type DeskRig } from '../support/desk-rig.js';
import { ANNA_TOKEN } from '../support/fake-screen-host.js';
import { sampleContext } from '../support/sample-context.js';

const READY = (): ServerEvent => ({ type: 'agent', state: { phase: 'ready', since: Date.now() } });
const OFFER = (changes: Parameters<typeof sampleContext>[1] = {}): ServerEvent => ({
  type: 'offer',
  offerId: 'offer-1',
  expiresAt: Date.now() + 20_000,
  answer: 'screen',
  context: sampleContext(Date.now(), changes),
});
const TALKING = (): ServerEvent => ({ type: 'talking', callId: 'call-1', since: Date.now() - 3_000, context: sampleContext(Date.now(), { offerId: null }) });
const WRAP_UP = (inMs = 30_000): ServerEvent => ({ type: 'agent', state: { phase: 'wrapUp', callId: 'call-1', until: Date.now() + inMs, since: Date.now() } });
const ENDED = (inMs = 30_000): ServerEvent => ({ type: 'callEnded', callId: 'call-1', by: 'caller', talkMs: 192_000, wrapUpUntil: Date.now() + inMs });

/** How many pixels the page is wider than its window; text, as this file is not compiled for a browser. */
const SIDEWAYS = 'document.documentElement.scrollWidth - window.innerWidth';

describe('the agent desk in a browser', () => {
  let rig: DeskRig;
  let page: Page;
  useDesk((own) => (rig = own));

  const signedIn = async (options: Parameters<DeskRig['page']>[0] = {}): Promise<void> => {
    page = await rig.page(options);
    await page.getByText('Anna Berg').waitFor();
  };

  it('takes the token out of the address bar and signs in with it', async () => {
    await signedIn();
    expect(new URL(page.url()).hash).toBe('');
    await page.getByRole('heading', { name: /You are not ready/ }).waitFor();
    await rig.shot(page, '02-not-ready');
  });

  it('asks for a token when there is none, and says so when it is refused', async () => {
    page = await rig.page({ path: '' });
    await rig.shot(page, '01-sign-in');
    await page.getByLabel('Token').fill('not-the-token');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('This token is not known').waitFor();
    await page.getByLabel('Token').fill(ANNA_TOKEN);
    await page.keyboard.press('Enter');
    await page.getByText('Anna Berg').waitFor();
  });

  it('becomes ready on the agent’s word and shows why when the phone is not registered', async () => {
    await signedIn();
    rig.host.answer = () => ({ ok: false, error: { code: 'VG_PHONE_UNREGISTERED', detail: 'sip:anna@vaxel' } });
    await page.getByRole('button', { name: 'Ready', exact: true }).click();
    await page.getByText('Your phone is not connected').waitFor();
    await rig.shot(page, '03-phone-missing');
    rig.host.answer = () => ({ ok: true });
    await page.getByRole('button', { name: 'Ready', exact: true }).click();
    await rig.host.until(() => rig.host.commands.length === 2);
    await rig.push(READY());
    await page.getByRole('heading', { name: /You are ready/ }).waitFor();
    expect(await page.getByText('Your phone is not connected').count()).toBe(0);
    await rig.shot(page, '04-ready');
  });

  it('offers the reasons for not ready in a menu that the keyboard can use', async () => {
    rig.host.present = [READY()];
    await signedIn();
    await page.getByRole('button', { name: /Not ready/ }).focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('ArrowDown');
    await rig.shot(page, '05-reasons');
    await page.keyboard.press('Enter');
    await rig.host.until(() => rig.host.commands.length === 1);
    expect(rig.host.commands[0]).toMatchObject({ type: 'notReady', reason: 'lunch' });
  });

  it('shows the whole context of an offer before it acknowledges it', async () => {
    rig.host.present = [READY()];
    await signedIn();
    await page.getByRole('heading', { name: /You are ready/ }).waitFor();
    const pushed = await rig.push(OFFER());
    expect(pushed.acknowledgedAt).not.toBeNull();
    for (const text of ['Maria Lindqvist', '+46 70 123 45 67', 'Identified by what they entered', 'waited 1:24', 'Invoice: extension', '4711 0023', 'Extend invoice: refused', 'with Erik Holm']) {
      expect(await page.getByText(text, { exact: false }).first().isVisible(), text).toBe(true);
    }
    expect(await page.locator('#announce').textContent()).toContain('Incoming call from Maria Lindqvist, Billing');
    await rig.shot(page, '06-offer');
  });

  it('shows on the open offer that another call of the number came meanwhile', async () => {
    rig.host.present = [READY()];
    await signedIn();
    await rig.push(OFFER());
    await page.getByRole('button', { name: 'Accept' }).waitFor();
    await rig.push(OFFER({ otherCalls: 1 }));
    await page.getByText('Another call from this number is going on').waitFor({ timeout: 5_000 });
  });

  it('tells a supervisor why the call was offered to them, in the language of the page', async () => {
    rig.host.present = [READY()];
    await signedIn();
    const why = { en: 'the only ready agent', sv: 'den enda agenten som är redo', nb: 'den eneste agenten som er klar' };
    await rig.push({ ...OFFER(), why } as ServerEvent);
    await page.getByText('Offered to you: the only ready agent').waitFor();
  });

  it('accepts with one click and one command', async () => {
    rig.host.present = [READY()];
    await signedIn();
    await rig.push(OFFER());
    await page.getByRole('button', { name: 'Accept' }).dblclick();
    await page.getByText('Your phone answers').waitFor();
    await rig.push(TALKING());
    await page.getByRole('button', { name: 'Hang up' }).waitFor();
    expect(rig.host.commands).toEqual([expect.objectContaining({ type: 'accept', offerId: 'offer-1' })]);
  });

  it('declines by its shortcut', async () => {
    rig.host.present = [READY()];
    await signedIn();
    await rig.push(OFFER());
    await page.keyboard.press('Alt+Shift+KeyD');
    await rig.host.until(() => rig.host.commands.length === 1);
    expect(rig.host.commands[0]).toMatchObject({ type: 'decline', offerId: 'offer-1' });
  });

  it('lets the phone answer when the agent lifts it', async () => {
    rig.host.present = [READY()];
    await signedIn();
    await rig.push({ ...OFFER(), answer: 'phone' } as ServerEvent);
    await page.getByText('Lift your phone to answer').waitFor();
    expect(await page.getByRole('button', { name: 'Accept' }).count()).toBe(0);
  });

  it('says why an offer went away', async () => {
    rig.host.present = [READY()];
    await signedIn();
    await rig.push(OFFER());
    await rig.push({ type: 'offerClosed', offerId: 'offer-1', callId: 'call-1', why: 'callerLeft' });
    await page.getByText('The caller hung up before you could answer').waitFor();
    expect(await page.getByRole('button', { name: 'Accept' }).count()).toBe(0);
    await rig.shot(page, '07-caller-left');
  });

  it('leads from the talk over hanging up to the wrap-up, and files result and note', async () => {
    await signedIn();
    await rig.push({ type: 'agent', state: { phase: 'talking', callId: 'call-1', since: Date.now() } });
    await rig.push(TALKING());
    await rig.shot(page, '08-talk');
    await page.getByRole('button', { name: 'Hang up' }).click();
    await rig.host.until(() => rig.host.commands.length === 1);
    await rig.push(WRAP_UP());
    await rig.push(ENDED());
    await page.getByText('The caller hung up after 3:12').waitFor();
    expect(await page.getByRole('button', { name: 'Done' }).isDisabled()).toBe(true);
    await page.getByRole('radio', { name: 'Due date moved' }).check();
    await page.getByLabel(/Note for whoever/).fill('Moved to 30 December.');
    await rig.shot(page, '09-wrap-up');
    await page.getByRole('button', { name: 'Done' }).click();
    await rig.host.until(() => rig.host.commands.length === 2);
    expect(rig.host.commands[1]).toMatchObject({ type: 'wrapUp', callId: 'call-1', disposition: 'extended', note: 'Moved to 30 December.' });
  });

  it('files a chosen result by itself when the wrap-up ends before the agent pressed Done', async () => {
    await signedIn();
    await rig.push(WRAP_UP(4_000));
    await page.getByRole('radio', { name: 'Solved' }).check();
    await rig.host.until(() => rig.host.commands.length === 1);
    expect(rig.host.commands[0]).toMatchObject({ type: 'wrapUp', disposition: 'solved' });
  });

  it('gives more time for a wrap-up when asked, with what is typed where it was, until it is as long as it may be', async () => {
    await signedIn();
    const [since, latest] = [Date.now(), Date.now() + 60_000];
    const wrapUp = (until: number): ServerEvent => ({ type: 'agent', state: { phase: 'wrapUp', callId: 'call-1', until, since, latest } });
    await rig.push(wrapUp(since + 30_000));
    await page.getByLabel(/Note for whoever/).fill('Half a sent');
    await rig.shot(page, '09-wrap-up-more');
    const more = page.getByRole('button', { name: 'More time' });
    await more.click();
    await rig.host.until(() => rig.host.commands.length === 1);
    expect(rig.host.commands[0]).toMatchObject({ type: 'moreTime' });
    await rig.push(wrapUp(latest));
    await page.getByText(/^(1:00|0:5\d) left$/).waitFor();
    expect(await page.getByLabel(/Note for whoever/).inputValue()).toBe('Half a sent');
    await more.waitFor({ state: 'hidden' });
  });

  it('says that a result is needed for Done, and keeps a note without one when the wrap-up ends', async () => {
    await signedIn();
    await rig.push(TALKING());
    await rig.push(WRAP_UP(4_000));
    await rig.push(ENDED(4_000));
    await page.getByText('Choose a result first.').waitFor();
    expect(await page.getByRole('button', { name: 'Done' }).isDisabled()).toBe(true);
    await page.getByLabel('Note for whoever').fill('I promised to call on Thursday');
    await expect.poll(() => rig.host.commands, { timeout: 6_000 }).toContainEqual(expect.objectContaining({ type: 'wrapUp', disposition: null, note: 'I promised to call on Thursday' }));
  });

  it('keeps the note over a reload of the page', async () => {
    rig.host.present = [WRAP_UP(), TALKING(), ENDED()];
    await signedIn();
    await page.getByLabel(/Note for whoever/).fill('Half a sent');
    await page.reload();
    await page.getByText('Maria Lindqvist. The caller hung up after 3:12.').waitFor();
    expect(await page.getByLabel(/Note for whoever/).inputValue()).toBe('Half a sent');
  });

  it('shows what the caller typed as text, never as markup', async () => {
    rig.host.present = [READY()];
    await signedIn();
    const evil = '<img src=x onerror="document.title=1"><b>bold</b>';
    await rig.push(OFFER({ shown: [{ label: evil, value: evil }], statedReason: evil, caller: { number: null, customer: { id: 'c', name: evil, confidence: 'numberOnly' }, language: 'nb' } }));
    expect(await page.locator('main img, main b').count()).toBe(0);
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe(evil);
  });

  it('says that the history is missing and loads it when asked', async () => {
    rig.host.present = [READY()];
    await signedIn();
    await rig.push(OFFER({ thread: [], isThreadComplete: false }));
    await page.getByText('The history did not answer in time').waitFor();
    await rig.shot(page, '10-no-history');
    rig.historyEntries = sampleContext(Date.now()).thread;
    await page.getByRole('button', { name: 'Load history' }).click();
    await page.getByText('with Erik Holm', { exact: true }).waitFor();
  });

  it('comes back by itself after the gateway was away, and shows the present state', async () => {
    rig.host.present = [READY()];
    await signedIn();
    await rig.push(OFFER());
    const port = rig.http?.port ?? 0;
    await rig.stopServing();
    await page.getByText('Connection lost').first().waitFor();
    await rig.shot(page, '11-connection-lost');
    await rig.serve(port);
    rig.host.present = [{ type: 'agent', state: { phase: 'talking', callId: 'call-1', since: Date.now() } }, TALKING()];
    await page.getByText('Connected', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Hang up' }).waitFor();
    expect(await page.getByText('Connection lost').count()).toBe(0);
    expect(rig.host.returns).toBe(1);
  });

  it('signs out to the form and forgets the token', async () => {
    await signedIn();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByText('You are signed out').waitFor();
    await page.reload();
    await page.getByLabel('Token').waitFor();
  });

  it.each([
    ['en-GB', 'You are signed out', 'Ready', 'Sign in again'],
    ['sv-SE', 'Du är utloggad', 'Redo', 'Logga in igen'],
    ['nb-NO', 'Du er logget ut', 'Klar', 'Logg inn igjen'],
  ])('tells whom a supervisor signed out, and signs in anew when asked: %s', async (locale, heading, ready, again) => {
    await signedIn({ locale });
    await rig.push({ type: 'agent', state: { phase: 'loggedOut' } });
    await page.getByRole('heading', { name: heading }).waitFor();
    await rig.shot(page, `12-signed-out-${locale}`);
    expect(await page.getByRole('button', { name: ready, exact: true }).isDisabled()).toBe(true);
    await page.getByRole('button', { name: again }).click();
    await page.getByRole('heading', { name: heading }).waitFor({ state: 'detached' });
    await page.getByText('Anna Berg').waitFor();
    expect([rig.host.signIns, rig.host.returns]).toEqual([2, 0]);
  });

  it('speaks Swedish and Norwegian', async () => {
    await signedIn({ locale: 'sv-SE' });
    // "sedan 0:05" would be five past midnight.
    await page.getByRole('heading', { name: /Du är inte redo i \d+:\d\d/ }).waitFor();
    await page.getByLabel('Språk').selectOption('nb');
    await page.getByRole('heading', { name: /Du er ikke klar i \d+:\d\d/ }).waitFor();
  });

  it.each([360, 768, 1600])('fits a window of %d px without sideways scrolling', async (width) => {
    rig.host.present = [READY()];
    await signedIn({ width, height: 800 });
    await rig.shot(page, `20-ready-${width}`);
    await rig.push(OFFER());
    await rig.shot(page, `21-offer-${width}`);
    expect(await page.evaluate(SIDEWAYS)).toBeLessThanOrEqual(0);
    await rig.push(TALKING());
    await rig.push(WRAP_UP());
    await rig.push(ENDED());
    await rig.shot(page, `22-wrap-up-${width}`);
    expect(await page.evaluate(SIDEWAYS)).toBeLessThanOrEqual(0);
  });

  it('has a dark scheme', async () => {
    rig.host.present = [READY()];
    await signedIn({ dark: true });
    await rig.push(OFFER());
    await rig.shot(page, '30-offer-dark');
    expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(14, 23, 25)');
  });
});
