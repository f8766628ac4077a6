import { mkdtemp, readFile, readdir, rm, writeFile, chmod } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EspeakSpeech } from '../../../gateway/adapters/speech/espeak-speech.js';
import { readWav } from '../../../gateway/adapters/speech/wav.js';
import type { Language } from '../../../gateway/core/flow/flow-types.js';
import { KeptLog } from '../../support/silent-log.js';


describe('EspeakSpeech', () => {
  let folder = '';
  let speech: EspeakSpeech;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vaxel-speech-'));
    speech = new EspeakSpeech({ folder: join(folder, 'cache'), log: new KeptLog() });
  });
  afterEach(async () => {
    await speech.close();
    await rm(folder, { recursive: true, force: true });
  });

  const files = async (): Promise<string[]> => (await readdir(folder, { recursive: true })).filter((name) => /\.(wav|tmp)$/.test(name));

  it.each<[Language, string]>([
    ['sv', 'Hej och välkommen.'],
    ['nb', 'Hei og velkommen.'],
    ['en', 'Hello and welcome.'],
  ])('speaks %s as 8 kHz mono 16 bit WAV with at most 50 ms of silence at both ends', async (language, text) => {
    const result = await speech.render({ language, text });
    if (!result.ok) throw new Error(result.error.detail);
    const pcm = readWav(await readFile(result.value.path));
    expect(pcm?.rate).toBe(8_000);
    const samples = pcm?.samples ?? new Int16Array();
    const isLoud = (sample: number): boolean => Math.abs(sample) > 100;
    expect(samples.findIndex(isLoud)).toBeLessThanOrEqual(400);
    expect(samples.length - 1 - samples.findLastIndex(isLoud)).toBeLessThanOrEqual(400);
    expect(result.value.durationMs).toBe(Math.round(samples.length / 8));
    expect(result.value.durationMs).toBeGreaterThan(600);
    expect(Math.max(...samples.map(Math.abs))).toBeGreaterThan(3_000);
  });

  it('renders the same words once, also when asked at the same time', async () => {
    const words = { language: 'sv', text: 'Ett ögonblick.' } as const;
    const results = await Promise.all([speech.render(words), speech.render(words), speech.render({ ...words, text: ' Ett ögonblick. ' })]);
    expect(new Set(results.map((result) => (result.ok ? result.value.path : 'failed'))).size).toBe(1);
    expect(await files()).toHaveLength(1);
  });

  it('serves kept words without espeak-ng', async () => {
    const words = { language: 'en', text: 'One moment, please.' } as const;
    const first = await speech.render(words);
    const other = new EspeakSpeech({ folder: join(folder, 'cache'), log: new KeptLog(), command: 'no-such-program' });
    expect(await other.render(words)).toEqual(first);
  });

  it('names package and command in one sentence when espeak-ng is missing', async () => {
    const other = new EspeakSpeech({ folder: join(folder, 'cache'), log: new KeptLog(), command: 'no-such-program' });
    const result = await other.render({ language: 'en', text: 'Hello' });
    expect(result).toMatchObject({ ok: false, error: { code: 'VG_MEDIA' } });
    expect(result.ok ? '' : result.error.detail).toContain('apt-get install -y espeak-ng');
  });

  it('never takes words for options', async () => {
    expect(await speech.render({ language: 'en', text: '--version' })).toMatchObject({ ok: true });
  });

  it('refuses nothing and too much', async () => {
    expect(await speech.render({ language: 'en', text: '  ' })).toMatchObject({ ok: false });
    expect(await speech.render({ language: 'en', text: 'a'.repeat(4_001) })).toMatchObject({ ok: false });
  });

  it('leaves no half file behind when the engine breaks off', async () => {
    const command = join(folder, 'broken-engine');
    await writeFile(command, '#!/bin/sh\ncat > /dev/null\nprintf RIFF\nexit 1\n');
    await chmod(command, 0o755);
    const other = new EspeakSpeech({ folder: join(folder, 'cache'), log: new KeptLog(), command });
    expect(await other.render({ language: 'en', text: 'Hello' })).toMatchObject({ ok: false, error: { code: 'VG_MEDIA' } });
    expect(await files()).toEqual([]);
  });

  it('runs no more engines at a time than allowed, and one for the same words', async () => {
    const command = join(folder, 'counting-engine');
    // Each run leaves a mark while it lasts; the number of marks is written beside them.
    await writeFile(command, `#!/bin/sh\ncat > /dev/null\nmkdir -p ${folder}/marks\ntouch ${folder}/marks/$$\nls ${folder}/marks | wc -l >> ${folder}/counts\nespeak-ng hello --stdout\nrm ${folder}/marks/$$\n`);
    await chmod(command, 0o755);
    const other = new EspeakSpeech({ folder: join(folder, 'cache'), log: new KeptLog(), command, concurrency: 2 });
    const list = Array.from({ length: 8 }, (_, index) => ({ language: 'en' as const, text: `Number ${index}` }));
    expect(await other.prerender(list)).toEqual({ rendered: 8, failures: [] });
    const counts = (await readFile(join(folder, 'counts'), 'utf8')).trim().split('\n').map(Number);
    expect(counts).toHaveLength(8);
    expect(Math.max(...counts)).toBeLessThanOrEqual(2);
    const twice = { language: 'en' as const, text: 'The same' };
    await Promise.all([other.render(twice), other.render(twice)]);
    expect((await readFile(join(folder, 'counts'), 'utf8')).trim().split('\n')).toHaveLength(9);
  });
});
