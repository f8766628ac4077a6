import type { Page } from 'playwright-core';
import { beforeEach, describe, expect, it } from 'vitest';
import type { ServerEvent } from '../../gateway/core/screen/messages.js';
import { useDesk, type DeskRig } from '../support/desk-rig.js';
import { ANNA_TOKEN } from '../support/fake-screen-host.js';
import { sampleContext } from '../support/sample-context.js';

const READY = (): ServerEvent => ({ type: 'agent', state: { phase: 'ready', since: Date.now() } });
const offer = (answer: 'screen' | 'phone'): ServerEvent => ({ type: 'offer', offerId: 'offer-1', expiresAt: Date.now() + 20_000, answer, context: sampleContext(Date.now()) });
const TALKING = (): ServerEvent => ({ type: 'talking', callId: 'call-1', since: Date.now(), context: sampleContext(Date.now(), { offerId: null }) });

/** Counts the tones that a page starts, and those of a context that may be heard; text, as this file is not compiled for a browser. */
const LISTEN = `globalThis.tones = { heard: 0, mute: 0 };
globalThis.OscillatorNode = class extends OscillatorNode {
  start(at) { globalThis.tones[this.context.state === 'running' ? 'heard' : 'mute'] += 1; super.start(at); }
};`;

/** The driver of the browser counts as somebody who clicked: nobody has until this page sees a click. */
const NOBODY_CLICKED = `let hasBeenActive = false;
addEventListener('click', () => (hasBeenActive = true), { capture: true });
Object.defineProperty(navigator, 'userActivation', { value: { get hasBeenActive() { return hasBeenActive; } } });`;

describe('the sound of an offer', () => {
  let rig: DeskRig;
  let page: Page;
  useDesk((own) => (rig = own));
  beforeEach(() => void (rig.host.present = [READY()]));

  const heard = (): Promise<unknown> => page.evaluate('globalThis.tones.heard');
  const signInByForm = async (locale = 'en-GB'): Promise<void> => {
    page = await rig.page({ path: '', locale });
    await page.getByLabel('Token').fill(ANNA_TOKEN);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('Anna Berg').waitFor();
    await page.evaluate(LISTEN);
  };

  it('is heard by an agent who has switched nothing on', async () => {
    await signInByForm();
    await rig.push(offer('phone'));
    await expect.poll(heard).toBe(2);
  });

  it('goes on until the offer is over, where no phone rings', async () => {
    await signInByForm('en-US');
    await page.clock.install();
    await rig.push(offer('screen'));
    await expect.poll(heard).toBe(2);
    await page.clock.fastForward(3_000);
    await expect.poll(heard).toBe(4);
    await rig.push(TALKING());
    await page.getByRole('button', { name: 'Hang up' }).waitFor();
    await page.clock.fastForward(10_000);
    expect(await heard()).toBe(4);
  });

  it('stays off over a reload when the agent has switched it off', async () => {
    await signInByForm();
    await page.getByRole('button', { name: 'Sound is on' }).click();
    await page.reload();
    await page.getByRole('button', { name: 'Sound is off' }).waitFor();
    await page.evaluate(LISTEN);
    await rig.push(offer('screen'));
    await page.getByRole('button', { name: 'Accept' }).waitFor();
    expect(await page.evaluate('globalThis.tones')).toEqual({ heard: 0, mute: 0 });
  });

  it.each([
    ['en-NZ', 'Click anywhere on this page'],
    ['sv-SE', 'Klicka var som helst på sidan'],
    ['nb-NO', 'Klikk hvor som helst på siden'],
  ])('is asked for by a click where the browser has had none, and is not played late: %s', async (locale, words) => {
    page = await rig.page({ locale });
    await page.addInitScript(NOBODY_CLICKED);
    await page.reload();
    await page.getByText(words).waitFor();
    await page.evaluate(LISTEN);
    await rig.push(offer('phone'));
    await page.getByRole('heading', { level: 1, name: 'Maria Lindqvist' }).click();
    await page.getByText(words).waitFor({ state: 'detached' });
    expect(await page.evaluate('globalThis.tones')).toEqual({ heard: 0, mute: 0 });
    await rig.push(READY());
    await rig.push(offer('phone'));
    await expect.poll(heard).toBe(2);
  });
});
