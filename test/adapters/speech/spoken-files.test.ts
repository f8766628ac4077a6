import { mkdtemp, readFile, readdir, rm, writeFile, chmod } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { EspeakVoice, type EspeakVoiceOptions } from '../../../gateway/adapters/speech/espeak-voice.js';
import { SpokenFiles } from '../../../gateway/adapters/speech/spoken-files.js';
import { readWav } from '../../../gateway/core/wav.js';
import type { Language } from '../../../gateway/core/flow/flow-types.js';
import { KeptLog } from '../../support/silent-log.js';
import { isRunning } from '../../support/vaxel-command.js';

/** Another process has to start or end; on a busy machine that takes its time. */
const PATIENTLY = { timeout: 15_000, interval: 20 };

/** Of 20 ms pieces, how many are louder than a whisper. */
function shareOfSound(samples: Int16Array): number {
  const pieces = Array.from({ length: Math.floor(samples.length / 160) }, (_, index) => samples.subarray(index * 160, (index + 1) * 160));
  return pieces.filter((piece) => Math.max(...piece.map(Math.abs)) > 300).length / pieces.length;
}

/** Spoken by espeak-ng alone. */
function espeak(folder: string, { concurrency, ...voice }: Partial<EspeakVoiceOptions> & { readonly concurrency?: number } = {}): SpokenFiles {
  const log = voice.log ?? new KeptLog();
  const espeakVoice = new EspeakVoice({ ...voice, log });
  return new SpokenFiles({ folder, log, voices: () => [espeakVoice], ...(concurrency === undefined ? {} : { concurrency }) });
}

describe('words are spoken into files', () => {
  let folder = '';
  let speech: SpokenFiles;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vaxel-speech-'));
    speech = espeak(join(folder, 'cache'));
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
    const other = espeak(join(folder, 'cache'), { command: 'no-such-program' });
    expect(await other.render(words)).toEqual(first);
  });

  it('names package and command in one sentence when neither espeak-ng nor its npm package is there', async () => {
    const other = espeak(join(folder, 'cache'), { command: 'no-such-program', substitute: () => null });
    const result = await other.render({ language: 'en', text: 'Hello' });
    expect(result).toMatchObject({ ok: false, error: { code: 'VG_MEDIA' } });
    expect(result.ok ? '' : result.error.detail).toContain('apt-get install -y espeak-ng');
  });

  it.each<[Language, string]>([
    ['sv', 'Hej och välkommen. Din faktura förfaller den tredje december.'],
    ['nb', 'Hei og velkommen. Fakturaen din forfaller den tredje desember.'],
    ['en', 'Hello and welcome. Your invoice is due on the third of December.'],
  ])('speaks %s by the npm package where the program is missing, and sounds like the program', async (language, text) => {
    const log = new KeptLog();
    const other = espeak(join(folder, 'other'), { log, command: 'no-such-program' });
    const [byProgram, byPackage] = await Promise.all([speech, other].map((engine) => engine.render({ language, text })));
    if (byProgram?.ok !== true || byPackage?.ok !== true) throw new Error(JSON.stringify([byProgram, byPackage]));
    expect(byPackage.value.durationMs).toBeGreaterThan(2_000);
    expect(Math.abs(byPackage.value.durationMs / byProgram.value.durationMs - 1)).toBeLessThan(0.15);
    const pcm = readWav(await readFile(byPackage.value.path));
    expect(pcm?.rate).toBe(8_000);
    const samples = pcm?.samples ?? new Int16Array();
    expect(Math.max(...samples.map(Math.abs))).toBeGreaterThan(3_000);
    expect(shareOfSound(samples)).toBeGreaterThan(0.6);
    expect(log.of('espeak-ng is not installed, its npm package speaks')).toHaveLength(1);
  });

  it('speaks by the npm package in a process of its own, which ends when speech is closed', async () => {
    // The package's place is taken by one that never answers: what happens to the child is what counts.
    const mark = join(folder, 'pid');
    const engine = { command: process.execPath, args: ['-e', `require('fs').writeFileSync(${JSON.stringify(mark)}, String(process.pid)); setInterval(() => {}, 1e6)`, '--'] };
    const other = espeak(join(folder, 'cache'), { command: 'no-such-program', substitute: () => engine });
    const result = other.render({ language: 'en', text: 'Hello' });
    const pid = await vi.waitFor(async () => z.coerce.number().positive().parse(await readFile(mark, 'utf8')), PATIENTLY);
    await other.close();
    expect(await result).toMatchObject({ ok: false, error: { code: 'VG_MEDIA' } });
    await vi.waitFor(() => expect(isRunning(pid)).toBe(false), PATIENTLY);
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
    const other = espeak(join(folder, 'cache'), { command });
    expect(await other.render({ language: 'en', text: 'Hello' })).toMatchObject({ ok: false, error: { code: 'VG_MEDIA' } });
    expect(await files()).toEqual([]);
  });

  it('runs no more engines at a time than allowed, and one for the same words', async () => {
    const command = join(folder, 'counting-engine');
    // Each run leaves a mark while it lasts; the number of marks is written beside them.
    await writeFile(command, `#!/bin/sh\ncat > /dev/null\nmkdir -p ${folder}/marks\ntouch ${folder}/marks/$$\nls ${folder}/marks | wc -l >> ${folder}/counts\nespeak-ng hello --stdout\nrm ${folder}/marks/$$\n`);
    await chmod(command, 0o755);
    const other = espeak(join(folder, 'cache'), { command, concurrency: 2 });
    const list = Array.from({ length: 8 }, (_, index) => ({ language: 'en' as const, text: `Number ${index}` }));
    expect(await other.prerender(list)).toEqual({ rendered: 8, failures: [] });
    const counts = (await readFile(join(folder, 'counts'), 'utf8')).trim().split('\n').map(Number);
    expect(counts).toHaveLength(8);
    expect(Math.max(...counts)).toBeLessThanOrEqual(2);
    const twice = { language: 'en' as const, text: 'The same' };
    await Promise.all([other.render(twice), other.render(twice)]);
    expect((await readFile(join(folder, 'counts'), 'utf8')).trim().split('\n')).toHaveLength(9);
  });

  it('renders what a caller waits for before what is rendered ahead, also words that were in that line already', async () => {
    const command = join(folder, 'noting-engine');
    await writeFile(command, `#!/bin/sh\nwords=$(cat)\necho "$words" >> ${folder}/order\nuntil [ -e ${folder}/go ]; do sleep 0.01; done\nespeak-ng hello --stdout\n`);
    await chmod(command, 0o755);
    const other = espeak(join(folder, 'cache'), { command, concurrency: 1 });
    const ahead = other.prerender(['one', 'two', 'three', 'four'].map((text) => ({ language: 'en', text })));
    await vi.waitFor(() => readFile(join(folder, 'order'), 'utf8'), PATIENTLY);
    const awaited = [other.render({ language: 'en', text: 'four' }), other.render({ language: 'en', text: 'five' })];
    await writeFile(join(folder, 'go'), '');
    await Promise.all([...awaited, ahead]);
    expect((await readFile(join(folder, 'order'), 'utf8')).trim().split('\n')).toEqual(['one', 'four', 'five', 'two', 'three']);
  });

  it('lets kept words wait for nobody, though their line is long', async () => {
    const kept = { language: 'en', text: 'kept' } as const;
    const first = await speech.render(kept);
    const command = join(folder, 'busy-engine');
    await writeFile(command, '#!/bin/sh\ncat > /dev/null\nexec sleep 600\n');
    await chmod(command, 0o755);
    const other = espeak(join(folder, 'cache'), { command, concurrency: 1 });
    const busy = [other.render({ language: 'en', text: 'one' }), other.render({ language: 'en', text: 'two' })];
    expect(await Promise.all([other.render(kept), other.render(kept)])).toEqual([first, first]);
    await other.close();
    expect(await Promise.all(busy)).toMatchObject([{ ok: false }, { ok: false }]);
  });
});
