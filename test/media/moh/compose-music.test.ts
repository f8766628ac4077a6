import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { composeMusic } from '../../../media/moh/compose-music.js';
import { ensureMusic } from '../../../media/moh/ensure-music.js';
import { readWav8k } from '../../../media/rtp/wav.js';

const music = composeMusic();
const levelOf = (part: Int16Array): number => Math.sqrt(part.reduce((sum, sample) => sum + sample * sample, 0) / part.length);

it('lasts between 20 and 40 seconds and is never louder than a soft prompt', () => {
  expect(music.length / 8_000).toBeGreaterThan(20);
  expect(music.length / 8_000).toBeLessThan(40);
  const peak = music.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  expect(peak).toBe(6_000);
});

it('is never silent for a fifth of a second', () => {
  for (let at = 0; at + 1_600 <= music.length; at += 1_600) expect(levelOf(music.subarray(at, at + 1_600))).toBeGreaterThan(200);
});

it('runs from its end into its beginning without a click', () => {
  let most = 0;
  for (let i = 1; i < music.length; i++) most = Math.max(most, Math.abs((music[i] ?? 0) - (music[i - 1] ?? 0)));
  expect(Math.abs((music[0] ?? 0) - (music.at(-1) ?? 0))).toBeLessThanOrEqual(most);
  expect(levelOf(music.subarray(0, 1_600))).toBeGreaterThan(levelOf(music) / 4);
});

it('is the same every time', () => {
  expect(composeMusic()).toEqual(music);
});

it('is written once, whole, and found the next time', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'vaxel-moh-'));
  try {
    const path = await ensureMusic(join(folder, 'moh'));
    const { mtimeMs } = await stat(path);
    expect(await ensureMusic(join(folder, 'moh'))).toBe(path);
    expect((await stat(path)).mtimeMs).toBe(mtimeMs);
    expect(await readWav8k(path)).toEqual(music);
    expect(await readdir(join(folder, 'moh'))).toHaveLength(1);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
