import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureMusic } from '../../media/moh/ensure-music.js';

/** Composed once for all tests, and kept for the next run. */
const MUSIC_OF_TESTS = join(tmpdir(), 'vaxel-test-music');

/** The folder with the music of the softswitch under test. */
export async function musicOfTests(): Promise<string> {
  await ensureMusic(MUSIC_OF_TESTS);
  return MUSIC_OF_TESTS;
}
