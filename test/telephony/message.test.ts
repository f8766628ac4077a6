import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { CallerCall } from '../../media/phone/headless-phone.js';
import { findPrompt } from '../../media/rtp/align.js';
import { joinSounds, tone } from '../../media/rtp/tone.js';
import { parseWav } from '../../media/rtp/wav.js';
import { voiceMessageSchema, type VoiceMessage } from '../../gateway/core/thread/voice-message.js';
import { FLOWS_OF_TESTS } from '../support/contract-case.js';
import { Exchange } from '../support/exchange.js';

const NUMBER = '+46771000300';
/** Tones that follow each other as no others do, so that a place in them can be told. */
const sentence = (ms: number): Int16Array => joinSounds(Array.from({ length: ms / 100 }, (_, index) => tone([300 + ((index * 7) % 11) * 130], 100, 9_000)));
const SAMPLES_PER_MS = 8;

describe('a message that a caller leaves', () => {
  let exchange: Exchange;
  beforeAll(async () => {
    exchange = await Exchange.start({ flowsDir: FLOWS_OF_TESTS, agents: ['talk-a'] });
  });
  afterAll(() => exchange.close());

  const folder = (): string => join(exchange.folder, 'messages');
  /** Calls, and says it once the beep is over. */
  const leave = async (say: Int16Array): Promise<CallerCall> => {
    const call = await exchange.call('', { to: `sip:${NUMBER}@${exchange.sip}` });
    expect(await call.waitForTone(880, { timeoutMs: 15_000 }), 'the beep').toBe(true);
    await silence(call);
    call.say({ kind: 'sound', pcm: say });
    return call;
  };
  /** Resolves once a message of the call is kept. */
  const idOf = (call: CallerCall): Promise<string> =>
    vi.waitFor(() => {
      const [line] = exchange.log.of('message left', call.call.sipCallId);
      if (line === undefined) throw new Error('no message was left');
      return String(line.fields['messageId']);
    }, { timeout: 5_000, interval: 20 });
  const messageOf = async (call: CallerCall): Promise<{ readonly message: VoiceMessage; readonly sound: Int16Array }> => {
    const id = await idOf(call);
    const message = voiceMessageSchema.parse(JSON.parse(await readFile(join(folder(), `${id}.json`), 'utf8')));
    const { pcm } = parseWav(await readFile(join(folder(), `${id}.wav`)));
    for (const ending of ['json', 'wav']) expect((await stat(join(folder(), `${id}.${ending}`))).mode & 0o777).toBe(0o600);
    expect(await readdir(join(folder(), 'recording'))).not.toContain(`${id}.wav`);
    return { message, sound: pcm };
  };

  it.concurrent('holds what was said until the caller hung up in the middle', async () => {
    const said = sentence(4_000);
    const call = await leave(said);
    await after(call, 2_500);
    call.hangUp();
    const end = await exchange.ended(call.call.sipCallId);
    expect(end).toMatchObject({ result: 'completed', reason: 'message-left' });
    const { message, sound } = await messageOf(call);
    const found = findPrompt(sound, said.subarray(0, 1_500 * SAMPLES_PER_MS));
    expect(found?.coefficient).toBeGreaterThan(0.9);
    expect(message.durationMs).toBeGreaterThan(2_000);
  });
});

/** The tone ends. */
async function silence(call: CallerCall): Promise<void> {
  while (call.media.tone(880).share > 0.5 && call.media.tone(880).loudness > 100) await tick();
}
async function after(call: CallerCall, ms: number): Promise<void> {
  for (const until = call.media.now() + ms; call.media.now() < until; ) await tick();
}
const tick = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));
