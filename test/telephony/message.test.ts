import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { voiceMessageSchema, type VoiceMessage } from '../../gateway/core/thread/voice-message.js';
import type { CallerCall } from '../../media/phone/headless-phone.js';
import { findPrompt } from '../../media/rtp/align.js';
import { loudness, toneShare } from '../../media/rtp/goertzel.js';
import { joinSounds, tone } from '../../media/rtp/tone.js';
import { parseWav } from '../../media/rtp/wav.js';
import { expectNothingLeft, FLOWS_OF_TESTS } from '../support/contract-case.js';
import { AGENT_SECRET, DEMO_CALLER, Exchange } from '../support/exchange.js';
import { expectTranscript, partsOf } from '../support/transcript.js';

const NUMBER = '+46771000400';
const BEEP_HZ = 880;
const SAMPLES_PER_MS = 8;
/** A third of the beep. */
const BEEP_PIECE = 100 * SAMPLES_PER_MS;
/** No tone comes twice, so that a place in it can be told. */
const sentence = (ms: number): Int16Array => joinSounds(Array.from({ length: ms / 100 }, (_, index) => tone([300 + ((index * 29) % 97) * 32], 100, 9_000)));
const KEY_TONES = [941, 1_477];
const PIECE = 200 * SAMPLES_PER_MS;

/** What was said is heard, piece after piece. Some may be broken: on a busy machine packets come too late. */
function expectSaid(sound: Int16Array, said: Int16Array, minShare = 0.8): void {
  const places = Array.from({ length: Math.floor(said.length / PIECE) }, (_, index) => findPrompt(sound, said.subarray(index * PIECE, (index + 1) * PIECE)));
  const found = places.flatMap((place, index) => (place !== undefined && place.coefficient > 0.9 ? [{ index, at: place.offsetSamples }] : []));
  const inOrder = found.filter(({ index, at }) => found.every((other) => other.index === index || other.at < at === other.index < index));
  expect(inOrder.length / places.length).toBeGreaterThanOrEqual(minShare);
}

/** Looked for in all that was heard: the beep is short, and a busy machine cannot look every moment. */
function hasBeeped(heard: Int16Array): boolean {
  const pieces = Array.from({ length: Math.floor(heard.length / BEEP_PIECE) }, (_, index) => heard.subarray(index * BEEP_PIECE, (index + 1) * BEEP_PIECE));
  return pieces.some((piece) => loudness(piece) > 300 && toneShare(piece, BEEP_HZ) > 0.8);
}

describe('a message that a caller leaves', () => {
  let exchange: Exchange;
  beforeAll(async () => {
    exchange = await Exchange.start({ flowsDir: FLOWS_OF_TESTS, agents: ['talk-a'] });
  });
  afterAll(() => exchange.close());

  const folder = (): string => join(exchange.folder, 'messages');
  const beeps = async (call: CallerCall): Promise<void> => {
    await vi.waitFor(() => expect(hasBeeped(call.recording()), 'the beep').toBe(true), { timeout: 15_000, interval: 50 });
    await vi.waitFor(() => expect(call.media.tone(BEEP_HZ).loudness).toBeLessThan(100), { timeout: 5_000, interval: 20 });
  };
  const spoken = (call: CallerCall, ms: number): Promise<void> => {
    const until = call.media.now() + ms;
    return vi.waitFor(() => expect(call.media.now()).toBeGreaterThan(until), { timeout: ms + 5_000, interval: 20 });
  };
  /** Calls, and says it once the beep is over. */
  const leave = async (say: Int16Array): Promise<CallerCall> => {
    const call = await exchange.call('', { to: `sip:${NUMBER}@${exchange.sip}` });
    await beeps(call);
    await spoken(call, 300);
    call.say({ kind: 'sound', pcm: say });
    return call;
  };
  /** That prompt is being said, for the so manieth time. */
  const says = (call: CallerCall, prompt: string, times = 1): Promise<void> =>
    vi.waitFor(() => expect(exchange.log.of('says', call.call.sipCallId).filter((line) => (line.fields['prompts'] as string[]).includes(prompt))).toHaveLength(times), { timeout: 15_000, interval: 20 });
  /** The message as it lies on the disk, once it is kept. */
  const messageOf = async (call: CallerCall): Promise<{ readonly message: VoiceMessage; readonly sound: Int16Array }> => {
    const id = await vi.waitFor(() => {
      const [line] = exchange.log.of('message left', call.call.sipCallId);
      if (line === undefined) throw new Error('no message was left');
      return String(line.fields['messageId']);
    }, { timeout: 5_000, interval: 20 });
    const message = voiceMessageSchema.parse(JSON.parse(await readFile(join(folder(), `${id}.json`), 'utf8')));
    const { pcm } = parseWav(await readFile(join(folder(), `${id}.wav`)));
    for (const ending of ['json', 'wav']) expect((await stat(join(folder(), `${id}.${ending}`))).mode & 0o777).toBe(0o600);
    expect(await readdir(join(folder(), 'recording'))).not.toContain(`${id}.wav`);
    return { message, sound: pcm };
  };
  const ask = (path: string, init: RequestInit = {}): Promise<Response> => fetch(`${exchange.gateway.httpUrl}/v1/messages${path}`, { ...init, headers: { authorization: `Bearer ${AGENT_SECRET}-talk-a` } });

  it.concurrent('holds what was said until the terminator, which is not in it, and waits for an agent', async () => {
    const said = sentence(3_000);
    const call = await leave(said);
    await spoken(call, 2_500);
    call.press('#');
    await says(call, 'review-message');
    expect(exchange.log.of('message left', call.call.sipCallId)).toEqual([]);
    await spoken(call, 300);
    call.press('3');
    expect((await call.finished).result).toBe('completed');
    expect(await exchange.ended(call.call.sipCallId)).toMatchObject({ result: 'completed', reason: 'message-left' });
    const { message, sound } = await messageOf(call);
    expectSaid(sound, said.subarray(0, 2_200 * SAMPLES_PER_MS));
    for (const hz of KEY_TONES) expect(toneShare(sound.subarray(-150 * SAMPLES_PER_MS), hz)).toBeLessThan(0.3);
    expect(message).toMatchObject({ number: DEMO_CALLER, flow: 'message', language: 'sv', customer: null });
    expect(message.durationMs).toBeGreaterThan(2_200);
    expect(message.durationMs).toBeLessThan(4_000);

    const listed = (await (await ask('')).json()) as { messages: VoiceMessage[] };
    expect(listed.messages).toContainEqual(message);
    const served = await ask(`/${message.id}/audio`);
    expect(served.headers.get('content-type')).toBe('audio/wav');
    expect(parseWav(Buffer.from(await served.arrayBuffer())).pcm).toEqual(sound);
    expect((await fetch(`${exchange.gateway.httpUrl}/v1/messages/${message.id}/audio`)).status).toBe(401);
    expect(exchange.thread.interactions.get(`voice:${message.id}`)).toMatchObject({ type: 'vaxel.voice.message', data: { summary: expect.stringMatching(/^Left a message, [234] s\.$/), messageId: message.id, number: DEMO_CALLER } });
    expect(exchange.thread.interactions.get(`call:${message.callId}`)?.data).toMatchObject({ result: 'completed/message-left', summary: 'Left a message.' });

    expect((await ask(`/${message.id}/done`, { method: 'POST', body: '{"note":"called back"}' })).status).toBe(200);
    expect(((await (await ask('')).json()) as { messages: VoiceMessage[] }).messages).not.toContainEqual(message);
    expect(exchange.thread.interactions.get(`voice:${message.id}:note`)?.data).toMatchObject({ agent: 'Talk A', note: 'called back' });
    expect((await ask(`/${message.id}/done`, { method: 'POST' })).status).toBe(409);
  });

  it.concurrent('is kept when the caller hangs up in the middle', async () => {
    const said = sentence(4_000);
    const call = await leave(said);
    await spoken(call, 2_500);
    // It is on the disk while it is being said, so that no end of the call can take it along.
    const recording = join(folder(), 'recording');
    const sizes = async (): Promise<number[]> => {
      const mine = (await readdir(recording)).filter((name) => name.startsWith(exchange.facts.callIdOf(call.call.sipCallId) ?? '-'));
      return Promise.all(mine.map(async (name) => (await stat(join(recording, name))).size));
    };
    expect(await sizes()).toEqual([expect.toSatisfy((bytes: number) => bytes > 2_000 * 2 * SAMPLES_PER_MS)]);
    call.hangUp();
    expect(await exchange.ended(call.call.sipCallId)).toMatchObject({ result: 'completed', reason: 'message-left' });
    const { message, sound } = await messageOf(call);
    expectSaid(sound, said.subarray(0, 2_200 * SAMPLES_PER_MS));
    expect(message.durationMs).toBeGreaterThan(2_200);
  });

  it.concurrent('ends by silence, which is not in it, and is heard again before it is sent', async () => {
    const said = sentence(1_600);
    const call = await leave(said);
    await says(call, 'review-message');
    await spoken(call, 300);
    call.press('1');
    await says(call, 'review-message', 2);
    await spoken(call, 300);
    call.press('3');
    expect((await call.finished).result).toBe('completed');
    const { message, sound } = await messageOf(call);
    expectSaid(sound, said);
    expect(message.durationMs).toBeGreaterThanOrEqual(1_500);
    // The breath before it, but not the two seconds after it.
    expect(message.durationMs).toBeLessThan(3_000);
    expect(sound.length).toBeLessThan(3_400 * SAMPLES_PER_MS);
    // The caller heard their own words.
    expectSaid(call.recording(), said, 0.5);
  });

  it.concurrent('ends at its greatest length', async () => {
    const call = await leave(sentence(9_000));
    await says(call, 'review-message');
    call.hangUp();
    expect(await exchange.ended(call.call.sipCallId)).toMatchObject({ reason: 'message-left' });
    const { message } = await messageOf(call);
    expect(message.durationMs).toBeGreaterThanOrEqual(4_000);
    // FreeSWITCH counts whole seconds of the clock.
    expect(message.durationMs).toBeLessThanOrEqual(6_500);
  });

  it.concurrent('is none when nothing is said, and nothing of it stays', async () => {
    const call = await exchange.call('', { to: `sip:${NUMBER}@${exchange.sip}` });
    const trace = exchange.traces.get(call);
    expect((await call.finished).result).toBe('completed');
    expect(await exchange.ended(call.call.sipCallId)).toMatchObject({ result: 'completed', reason: 'told' });
    expect(exchange.log.of('message left', call.call.sipCallId)).toEqual([]);
    const callId = exchange.facts.callIdOf(call.call.sipCallId) ?? '';
    await vi.waitFor(async () => expect((await readdir(join(folder(), 'recording'))).filter((name) => name.startsWith(callId))).toEqual([]), { timeout: 5_000, interval: 20 });
    await expectTranscript(exchange, 'message-silent', () => ({ farEnds: { caller: trace?.lines() ?? [] }, ...partsOf(exchange, call.call.sipCallId) }));
  });

  it('leaves nothing behind in the gateway or the media server', () => expectNothingLeft(exchange));
});
