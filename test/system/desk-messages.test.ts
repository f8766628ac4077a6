import type { Page } from 'playwright-core';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { ServerEvent } from '../../gateway/core/screen/messages.js';
import type { VoiceMessage } from '../../gateway/core/thread/voice-message.js';
import { tone } from '../../media/rtp/tone.js';
import { formatWav } from '../../media/rtp/wav.js';
import { useDesk, type DeskRig } from '../support/desk-rig.js';
import { sampleContext } from '../support/sample-context.js';

const READY = (): ServerEvent => ({ type: 'agent', state: { phase: 'ready', since: Date.now() } });
const messageOf = (id: string, changes: Partial<VoiceMessage> = {}): VoiceMessage => ({
  id, callId: 'call-1', at: Date.now() - 3_600_000, durationMs: 23_000, number: '+46701234567', customer: { id: '1001', name: 'Maria Lindqvist' }, reason: 'outage', language: 'sv', flow: 'main-menu', ...changes,
});

describe('the messages on the agent desk', () => {
  let rig: DeskRig;
  let page: Page;
  useDesk((own) => (rig = own));
  beforeEach(() => void (rig.host.present = [READY()]));

  const keep = (message: VoiceMessage, ms = 400): void => {
    rig.messages.kept.set(message.id, message);
    rig.messages.sounds.set(message.id, formatWav({ sampleRate: 8_000, pcm: tone([440], ms) }));
  };
  const open = async (options: Parameters<DeskRig['page']>[0] = {}): Promise<void> => {
    page = await rig.page(options);
    await page.getByRole('heading', { name: /Messages to answer/ }).waitFor();
  };
  const playing = (): Promise<unknown> => page.evaluate('document.querySelector("audio")?.currentTime ?? -1');

  it('are shown to an agent without a call: who, when, how long and why', async () => {
    keep(messageOf('a'));
    keep(messageOf('b', { customer: null, number: '+4791234567', durationMs: 65_000, reason: null, language: 'nb' }));
    await open();
    for (const text of ['Maria Lindqvist', '+46 70 123 45 67', '0:23', 'Outage', '+47 91 23 45 67', '1:05', 'Norwegian']) expect(await page.getByText(text, { exact: true }).first().isVisible(), text).toBe(true);
    await rig.shot(page, '40-messages');
  });

  it('fit a narrow window', async () => {
    keep(messageOf('a'));
    await open({ width: 360, dark: true });
    expect(await page.evaluate('document.documentElement.scrollWidth - window.innerWidth')).toBeLessThanOrEqual(0);
    await rig.shot(page, '41-messages-narrow');
  });

  it('are not there when there are none', async () => {
    page = await rig.page();
    await page.getByRole('heading', { name: /You are ready/ }).waitFor();
    await vi.waitFor(() => expect(rig.messages.asked).toBeGreaterThan(0), { timeout: 5_000, interval: 20 });
    await page.waitForLoadState('networkidle');
    expect(await page.getByRole('heading', { name: /Messages to answer/ }).isVisible()).toBe(false);
  });

  it('are not for an agent who takes no calls, until a reload of the contact centre gives them a phone', async () => {
    keep(messageOf('a'));
    rig.host.phone = null;
    page = await rig.page();
    await page.getByRole('heading', { name: /You are ready/ }).waitFor();
    await page.waitForLoadState('networkidle');
    expect(await page.getByRole('heading', { name: /Messages to answer/ }).isVisible()).toBe(false);
    expect(rig.messages.asked).toBe(0);
    await rig.push({ type: 'agent', state: { phase: 'ready', since: Date.now() }, phone: 'sip:anna@vaxel' });
    await page.getByRole('heading', { name: /Messages to answer/ }).waitFor();
  });

  it('are heard with the agent’s token, and stop when a call comes', async () => {
    keep(messageOf('a'), 20_000);
    await open();
    await page.getByRole('button', { name: 'Play the message of Maria Lindqvist' }).click();
    await vi.waitFor(async () => expect(Number(await playing())).toBeGreaterThan(0.2), { timeout: 5_000, interval: 50 });
    await rig.shot(page, '42-message-plays');
    await rig.push({ type: 'offer', offerId: 'offer-1', expiresAt: Date.now() + 20_000, answer: 'screen', context: sampleContext(Date.now()) });
    await page.getByRole('button', { name: 'Accept' }).waitFor();
    expect(await page.evaluate('document.querySelector("audio").paused')).toBe(true);
    expect(await page.getByText('Messages to answer').isVisible()).toBe(false);
  });

  it('that is gone by then is said to be unplayable', async () => {
    keep(messageOf('a'));
    rig.messages.sounds.clear();
    await open();
    await page.getByRole('button', { name: /Play the message/ }).click();
    await page.getByText('The message cannot be played right now.').waitFor();
    // The browser notes each answer that is no success.
    expect(rig.complaints.splice(0)).toEqual([expect.stringContaining('404')]);
  });

  it('are dealt with by a note, which goes to the customer’s thread', async () => {
    keep(messageOf('a'));
    keep(messageOf('b', { customer: null, number: null }));
    await open();
    await page.getByLabel('What came of it').first().fill('Called back, all is well');
    await page.getByRole('button', { name: 'Done with the message of Maria Lindqvist' }).click();
    await page.getByText('Maria Lindqvist').waitFor({ state: 'detached' });
    expect(await page.getByText('Number hidden').isVisible()).toBe(true);
    expect(rig.messages.done.get('a')).toMatchObject({ agent: 'Anna Berg', note: 'Called back, all is well' });
    expect(rig.filed).toMatchObject([{ id: 'voice:a:note', subject: '1001', data: { agent: 'Anna Berg', note: 'Called back, all is well' } }]);
  });

  it('that a colleague has dealt with go away, and the agent hears why', async () => {
    keep(messageOf('a'));
    await open();
    rig.messages.done.set('a', { agent: 'Bo', at: 1, note: '' });
    await page.getByRole('button', { name: /Done with the message/ }).click();
    await page.getByText('Maria Lindqvist').waitFor({ state: 'detached' });
    expect(await page.getByText('A colleague has dealt with this message already.').isVisible()).toBe(true);
    expect(rig.filed).toEqual([]);
    expect(rig.complaints.splice(0)).toEqual([expect.stringContaining('409')]);
  });
});
