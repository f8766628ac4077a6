import type { Locator, Page } from 'playwright-core';
import { beforeEach, describe, expect, it } from 'vitest';
import type { ScreenItem } from '../../gateway/core/screen/items.js';
import type { ServerEvent } from '../../gateway/core/screen/messages.js';
import { useDesk, type DeskRig } from '../support/desk-rig.js';
import { sampleContext } from '../support/sample-context.js';

const READY = (): ServerEvent => ({ type: 'agent', state: { phase: 'ready', since: Date.now() } });
const OFFER = (): ServerEvent => ({ type: 'offer', offerId: 'offer-1', expiresAt: Date.now() + 20_000, answer: 'screen', context: sampleContext(Date.now()) });
const TALKING = (): ServerEvent => ({ type: 'talking', callId: 'call-1', since: Date.now() - 3_000, context: sampleContext(Date.now(), { offerId: null }) });
const WRAP_UP = (): ServerEvent => ({ type: 'agent', state: { phase: 'wrapUp', callId: 'call-1', until: Date.now() + 30_000, since: Date.now(), latest: Date.now() + 180_000 } });
const ENDED = (): ServerEvent => ({ type: 'callEnded', callId: 'call-1', by: 'agent', talkMs: 192_000, wrapUpUntil: Date.now() + 30_000 });

/** Pixels that the chosen language lacks for its name and its arrow; text, as this file is not compiled for a browser. */
const LANGUAGE_LACKS = `(() => {
  const select = document.querySelector('select');
  const { font } = getComputedStyle(select);
  const pen = document.createElement('canvas').getContext('2d');
  pen.font = font;
  return pen.measureText(select.selectedOptions[0].text).width + 18 - select.clientWidth;
})()`;

describe('where things stand on the agent desk', () => {
  let rig: DeskRig;
  let page: Page;
  useDesk((own) => (rig = own));
  beforeEach(() => void (rig.host.present = [READY()]));

  const signedIn = async (options: Parameters<DeskRig['page']>[0]): Promise<void> => {
    page = await rig.page(options);
    await page.getByText('Anna Berg').waitFor();
  };

  /** What can be pressed now on the place of `box`, by its words. */
  const pressableOn = (box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number }): Promise<unknown> =>
    page.evaluate(`(() => {
      const found = new Set();
      for (let part = 1; part < 40; part += 1) for (const down of [0.1, 0.5, 0.9]) {
        const hit = document.elementFromPoint(${box.x} + (${box.width} * part) / 40, ${box.y} + ${box.height} * down)?.closest('button, label, input, textarea, a, select');
        if (hit) found.add(hit.innerText);
      }
      return [...found];
    })()`);
  const boxOf = async (button: Locator): Promise<{ readonly x: number; readonly y: number; readonly width: number; readonly height: number }> => {
    await button.waitFor();
    // An offer rises into its place.
    await page.evaluate('Promise.all(document.getAnimations().filter((one) => one.animationName === "rise").map((one) => one.finished))');
    const box = await button.boundingBox();
    if (box === null) throw new Error('not shown');
    return box;
  };

  it.each(['en-GB', 'sv-SE', 'nb-NO'])('shows the name of the chosen language in full at 380 px: %s', async (locale) => {
    await signedIn({ locale, width: 380, height: 800 });
    expect(await page.evaluate(LANGUAGE_LACKS)).toBeLessThanOrEqual(0);
    expect(await page.evaluate('document.documentElement.scrollWidth - window.innerWidth')).toBeLessThanOrEqual(0);
    await rig.shot(page, `50-header-380-${locale}`);
  });

  it.each([360, 380, 768, 1280])('puts nothing that ends a call, or files it, where the button before stood: %d px', async (width) => {
    await signedIn({ width, height: 800 });
    await rig.push(OFFER());
    const accept = await boxOf(page.getByRole('button', { name: 'Accept' }));
    await rig.push(TALKING());
    const hangUp = await boxOf(page.getByRole('button', { name: 'Hang up' }));
    expect(await pressableOn(accept)).not.toContain('Hang up');
    await rig.shot(page, `51-talk-${width}`);
    await rig.push(WRAP_UP());
    await rig.push(ENDED());
    await page.getByRole('radio', { name: 'Solved' }).waitFor();
    expect(await pressableOn(hangUp)).toEqual([]);
    await rig.shot(page, `52-wrap-up-${width}`);
  });

  it.each(['en-GB', 'sv-SE', 'nb-NO'])('keeps all in its place at 380 px when the connection breaks, but for the notice that says so: %s', async (locale) => {
    await signedIn({ locale, width: 380, height: 800 });
    const before = await boxOf(page.locator('header.bar'));
    await rig.stopServing();
    await page.locator('.connection-waiting').waitFor();
    expect(await boxOf(page.locator('header.bar'))).toEqual(before);
    await page.locator('.notice p').waitFor();
  });

  it('breaks a name of a queue that is one long word, rather than leaving a narrow window', async () => {
    await signedIn({ width: 380, height: 800 });
    const name = 'Faktureringsavdelingensbetalingspåminnelsesspørsmålsbehandling';
    const queue = { ...sampleContext(Date.now()).queue, name, names: { sv: name, nb: name, en: name } };
    const overhang = (): Promise<unknown> => page.evaluate('document.documentElement.scrollWidth - window.innerWidth');
    await rig.push({ type: 'offer', offerId: 'offer-1', expiresAt: Date.now() + 20_000, answer: 'screen', context: sampleContext(Date.now(), { queue }) });
    await page.getByRole('button', { name: 'Accept' }).waitFor();
    expect(await overhang()).toBeLessThanOrEqual(0);
    await rig.push({ type: 'talking', callId: 'call-1', since: Date.now(), context: sampleContext(Date.now(), { offerId: null, queue }) });
    await page.getByRole('button', { name: 'Hang up' }).waitFor();
    expect(await overhang()).toBeLessThanOrEqual(0);
  });

  it.each([320, 380, 768])('breaks long words of chats, customers and phones, rather than leaving a window of %d px', async (width) => {
    const word = 'https://www.kontaktcenter.example/kunder/faktureringsavdelingen/betalningspaminnelser?arende=4711002366778899';
    rig.host.phone = `sip:${word.slice(12, 100)}@vaxel`;
    await signedIn({ width, height: 800 });
    const overhang = (): Promise<unknown> => page.evaluate('document.documentElement.scrollWidth - window.innerWidth');
    await page.getByRole('heading', { name: /You are ready/ }).waitFor();
    expect(await overhang()).toBeLessThanOrEqual(0);
    const item = (itemId: string): ScreenItem => ({ itemId, channel: 'chat', queue: { id: 'billing', name: word }, title: word, link: word, customer: word, createdAt: Date.now() });
    await rig.push({ type: 'items', channel: 'chat', phase: 'reserved', slots: 3, offer: { offerId: 'token.item-c1', expiresAt: Date.now() + 30_000, item: item('c1') }, open: [item('c2')] });
    await page.getByRole('button', { name: 'Done' }).waitFor();
    await rig.shot(page, `53-long-words-${width}`);
    expect(await overhang()).toBeLessThanOrEqual(0);
  });

  it('keeps a short label in one line beside a long value', async () => {
    await signedIn({ width: 1280, height: 800 });
    await rig.push({ ...OFFER(), context: sampleContext(Date.now(), { shown: [{ label: 'wish', value: 'more time to pay this invoice and the one before, and a copy of both '.repeat(4) }] }) } as ServerEvent);
    await page.locator('.values dt').waitFor();
    const lines = `(() => { const text = document.createRange(); text.selectNodeContents(document.querySelector('.values dt')); return text.getClientRects().length; })()`;
    expect(await page.evaluate(lines)).toBe(1);
  });

  it('has every reason for a break in reach in a low window', async () => {
    await signedIn({ width: 1280, height: 250 });
    await page.getByRole('button', { name: /Not ready/ }).click();
    await page.keyboard.press('End');
    const last = await boxOf(page.getByRole('menuitem').last());
    await rig.shot(page, '54-low-window');
    expect(last.y + last.height).toBeLessThanOrEqual(250);
  });

  it('leaves room above what is said of a call', async () => {
    await signedIn({ width: 1280, height: 800 });
    await rig.push({ ...OFFER(), context: sampleContext(Date.now(), { otherCalls: 1 }) } as ServerEvent);
    const facts = await boxOf(page.locator('.facts'));
    const said = await boxOf(page.locator('.callback'));
    expect(said.y - (facts.y + facts.height)).toBeGreaterThanOrEqual(8);
  });

  it('keeps the seconds that are left in the middle of their ring beside a long queue name', async () => {
    await signedIn({ width: 380, height: 800 });
    await rig.push({ ...OFFER(), context: sampleContext(Date.now(), { queue: { id: 'billing', name: 'Invoices, payments, reminders and everything about them' } }) } as ServerEvent);
    const [ring, seconds] = [await boxOf(page.locator('.ring')), await boxOf(page.locator('.ring-seconds'))];
    expect(Math.abs(ring.x + ring.width / 2 - (seconds.x + seconds.width / 2))).toBeLessThan(2);
  });
});
