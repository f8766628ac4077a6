import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { FLOWS_OF_TESTS, placeBySipp, type CaseOptions } from '../support/contract-case.js';
import { Exchange } from '../support/exchange.js';
import { findPrompts, type HeardPrompt } from '../support/heard-prompts.js';
import { RtpEar } from '../support/rtp-ear.js';
import type { SippCall } from '../support/sipp.js';

const MAX_GAP_MS = 60;
const MAX_SILENCE_MS = 1_500;
const SAMPLES_PER_MS = 8;

describe('what a caller hears', () => {
  let exchange: Exchange;
  beforeAll(async () => {
    exchange = await Exchange.start({ flowsDir: FLOWS_OF_TESTS, agents: [] });
  });
  afterAll(() => exchange.close());

  const listen = (ear: RtpEar, scenario: string, keys: CaseOptions['keys'] = {}): SippCall => placeBySipp(exchange, scenario, { keys: { media_port: String(ear.port), ...keys } });

  /** Everything that the log says was said in this call, as found in what came by RTP. */
  const heardIn = async (call: SippCall, ear: RtpEar): Promise<readonly HeardPrompt[]> => {
    expect((await call.done).problem).toBe('');
    await exchange.ended(call.sipCallId);
    return findPrompts(ear.recording(), exchange.log.of('says', call.sipCallId).map((line) => line.fields['files'] as string[]));
  };
  const names = (call: SippCall): readonly unknown[] => exchange.log.of('says', call.sipCallId).flatMap((line) => line.fields['prompts'] as string[]);

  it.concurrent('is every prompt that the log names, whole and in order, without a gap or a long silence', async () => {
    const ear = await RtpEar.open();
    const call = listen(ear, 'uac-listen-expect-bye');
    for (const keys of ['1', '1471#', '1']) {
      await ear.quiet(600);
      await ear.press(keys);
    }
    const heard = await heardIn(call, ear);
    expect(names(call)).toEqual(['hello', 'main-menu', 'key-in', 'sure', 'done', 'goodbye']);
    expect(heard.filter((prompt) => !prompt.isWhole)).toEqual([]);
    for (const [index, prompt] of heard.entries()) {
      expect(ear.longestPauseMs(prompt.startsAt, prompt.endsAt) - ear.ownStallMs(prompt.startsAt, prompt.endsAt), prompt.files.join()).toBeLessThanOrEqual(MAX_GAP_MS);
      const before = heard[index - 1];
      if (before !== undefined) expect(ear.heardAtMs(prompt.startsAt) - ear.heardAtMs(before.endsAt), prompt.files.join()).toBeLessThanOrEqual(MAX_SILENCE_MS + keyingMs(index));
    }
    await ear.close();
  });

  it.concurrent('stops at a key, and goes on with the next prompt', async () => {
    const ear = await RtpEar.open();
    const call = listen(ear, 'uac-listen-expect-bye');
    await vi.waitFor(() => expect(ear.recording().length).toBeGreaterThan(400 * SAMPLES_PER_MS), { timeout: 5_000, interval: 20 });
    await ear.press('2');
    const pressedAt = performance.now();
    const heard = await heardIn(call, ear);
    expect(names(call)).toEqual(['hello', 'goodbye']);
    expect(heard.map((prompt) => prompt.isWhole)).toEqual([false, true]);
    expect(heard[0]?.coefficient).toBeGreaterThanOrEqual(0.9);
    expect(ear.heardAtMs(heard[1]?.startsAt ?? Infinity) - pressedAt).toBeLessThanOrEqual(1_000);
    await ear.close();
  });

  it.concurrent('is a welcome, the place in line and then music in the queue', async () => {
    const ear = await RtpEar.open();
    const call = listen(ear, 'uac-hang-up-expect-200', { wait: '9500' });
    await vi.waitFor(() => expect(ear.recording().length).toBeGreaterThan(400 * SAMPLES_PER_MS), { timeout: 5_000, interval: 20 });
    await ear.press('3');
    const heard = await heardIn(call, ear);
    expect(names(call)).toEqual(['hello', 'queue.welcome', 'queue.position']);
    expect(heard.map((prompt) => prompt.isWhole)).toEqual([false, true, true]);
    const end = ear.recording().length;
    const musicFrom = (heard[2]?.endsAt ?? end) + 300 * SAMPLES_PER_MS;
    expect(end - musicFrom).toBeGreaterThan(1_000 * SAMPLES_PER_MS);
    expect(longestSilenceMs(ear.recording().subarray(musicFrom))).toBeLessThanOrEqual(MAX_SILENCE_MS);
    expect(ear.longestPauseMs(musicFrom, end)).toBeLessThanOrEqual(MAX_SILENCE_MS);
    await ear.close();
  });
});

/** How long the caller of the first case waits and keys before that prompt: nothing while the flow itself goes on. */
const keyingMs = (prompt: number): number => ({ 2: 600 + 160, 3: 600 + 5 * 160, 4: 600 + 160 })[prompt] ?? 0;

function longestSilenceMs(pcm: Int16Array): number {
  let longest = 0;
  let present = 0;
  for (const sample of pcm) {
    present = Math.abs(sample) < 100 ? present + 1 : 0;
    longest = Math.max(longest, present);
  }
  return longest / SAMPLES_PER_MS;
}
