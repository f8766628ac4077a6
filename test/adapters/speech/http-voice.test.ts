import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadSpeechFile } from '../../../gateway/adapters/speech/speech-file.js';
import { SpokenFiles } from '../../../gateway/adapters/speech/spoken-files.js';
import { voicesOf } from '../../../gateway/adapters/speech/voices.js';
import { readWav, writeWav } from '../../../gateway/core/wav.js';
import { KeptLog } from '../../support/silent-log.js';

const RATE = 24_000;
/** Half a second of a tone, as a service would send it. */
const TONE = Int16Array.from({ length: RATE / 2 }, (_, n) => Math.round(12_000 * Math.sin((2 * Math.PI * 440 * n) / RATE)));
const WORDS = { language: 'sv', text: 'Fakturan <1471> & "avin"' } as const;

type Answer = { readonly status: number; readonly body: Buffer } | 'never';

describe('a speech service', () => {
  let folder = '';
  let server: Server;
  let log: KeptLog;
  const asked: { readonly headers: IncomingMessage['headers']; readonly body: string }[] = [];
  let answer: Answer = 'never';

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vaxel-voice-'));
    log = new KeptLog();
    asked.length = 0;
    answer = { status: 200, body: writeWav({ samples: TONE, rate: RATE }) };
    server = createServer((request, response) => {
      void text(request).then((body) => {
        asked.push({ headers: request.headers, body });
        if (answer !== 'never') response.writeHead(answer.status, { 'content-type': 'audio/wav' }).end(answer.body);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(async () => {
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true, force: true });
  });

  const speaker = (yaml: string): SpokenFiles => {
    const environment = { SPEECH_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/speak`, SPEECH_TOKEN: 'of-the-service' };
    const file = loadSpeechFile(`url: { env: SPEECH_URL }\nvoices: { sv: Astrid, nb: Liv, en: Amy }\n${yaml}`, 'speech.yaml');
    if (!file.ok) throw new Error(JSON.stringify(file.problems));
    return new SpokenFiles({ folder, log, voices: voicesOf(() => file.value, { environment, log }) });
  };
  const JSON_BODY = 'body: { input: $text, voice: $voice, lang: $language, format: wav }';
  const soundIn = async (path: string): Promise<Int16Array> => readWav(await readFile(path))?.samples ?? new Int16Array();
  const spoken = async (speech: SpokenFiles): Promise<Int16Array> => {
    const result = await speech.render(WORDS);
    return result.ok ? soundIn(result.value.path) : new Int16Array();
  };
  /** Half a second at 8 kHz; what espeak-ng says of these words is far longer. */
  const isTheTone = (samples: Int16Array): boolean => Math.abs(samples.length - 4_000) < 40;

  it('gets the words, its voice and its secret, and speaks once for the same words', async () => {
    const speech = speaker(`${JSON_BODY}\nheaders: { Authorization: { env: SPEECH_TOKEN, prefix: "Bearer " } }`);
    expect(isTheTone(await spoken(speech))).toBe(true);
    expect(isTheTone(await spoken(speech))).toBe(true);
    expect(asked.map(({ body }) => JSON.parse(body) as unknown)).toEqual([{ input: WORDS.text, voice: 'Astrid', lang: 'sv-SE', format: 'wav' }]);
    expect(asked[0]?.headers).toMatchObject({ authorization: 'Bearer of-the-service', 'content-type': 'application/json' });
    expect(JSON.stringify(log.lines)).not.toContain('of-the-service');
  });

  it('gets SSML in which the words cannot break out', async () => {
    const speech = speaker(`ssml: "<speak xml:lang='{{language}}'><voice name='{{voice}}'>{{text}}</voice></speak>"`);
    await spoken(speech);
    expect(asked[0]?.body).toBe("<speak xml:lang='sv-SE'><voice name='Astrid'>Fakturan &lt;1471&gt; &amp; &quot;avin&quot;</voice></speak>");
    expect(asked[0]?.headers['content-type']).toBe('application/ssml+xml');
  });

  it('may answer with bare samples', async () => {
    answer = { status: 200, body: Buffer.from(TONE.buffer) };
    expect(isTheTone(await spoken(speaker(`${JSON_BODY}\nanswer: { pcm: ${RATE} }`)))).toBe(true);
  });

  it.each<[string, Answer]>([
    ['refuses', { status: 503, body: Buffer.from('busy') }],
    ['sends no sound', { status: 200, body: Buffer.from('<html>') }],
    ['does not answer in time', 'never'],
  ])('that %s is stood in for by espeak-ng, an operator is told once, and it speaks again when it can', async (_what, how) => {
    const whole = answer;
    answer = how;
    const speech = speaker(`${JSON_BODY}\ntimeoutMs: 200\nbreaker: { failures: 100, openMs: 100 }`);
    const first = await spoken(speech);
    expect(first.length).toBeGreaterThan(8_000);
    expect(await spoken(speech)).toEqual(first);
    expect(log.of('voice fell silent')).toHaveLength(1);
    answer = whole;
    expect(isTheTone(await spoken(speech))).toBe(true);
    expect(log.of('voice speaks again')).toHaveLength(1);
  });

  it('is left alone after failures in a row, so that callers do not wait for it', async () => {
    answer = { status: 500, body: Buffer.alloc(0) };
    const speech = speaker(`${JSON_BODY}\nbreaker: { failures: 2, openMs: 600000 }`);
    for (let n = 0; n < 5; n += 1) expect((await spoken(speech)).length).toBeGreaterThan(8_000);
    expect(asked).toHaveLength(2);
  });

  it.each([
    ['no words', 'body: { voice: $voice }', 'the words are not in the body'],
    ['no words in SSML', 'ssml: "<speak/>"', 'the words are not in the document'],
    ['two bodies', `${JSON_BODY}\nssml: "{{text}}"`, 'there is a body and an ssml'],
    ['no body', '', 'nothing is sent'],
  ])('with %s in its file is refused', (_what, yaml, what) => {
    const file = loadSpeechFile(`url: "https://speech.example/v1"\nvoices: { sv: a, nb: b, en: c }\n${yaml}`, 'speech.yaml');
    expect(file).toMatchObject({ ok: false, problems: [{ file: 'speech.yaml', what }] });
  });
});
