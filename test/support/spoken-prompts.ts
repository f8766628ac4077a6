import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SpokenFiles } from '../../gateway/adapters/speech/spoken-files.js';
import { voicesOf } from '../../gateway/adapters/speech/voices.js';
import { announcementsToWarm } from '../../gateway/app/announcements.js';
import { Catalogue } from '../../gateway/catalogue.js';
import { readContent } from '../../gateway/content.js';
import { projectFile } from '../../gateway/project.js';
import { KeptLog } from './silent-log.js';

/** Rendered speech, kept over runs as in production. */
export const SPEECH_OF_TESTS = join(tmpdir(), 'vaxel-test-speech');

const ENVIRONMENT = { BILLING_URL: 'http://127.0.0.1:1' };
const FOLDERS = ['ivr-flows', 'test/telephony/flows', 'test/system/flows'];

/**
 * Before the first call all fixed prompts are spoken, as a gateway does before its first caller: on a fresh machine, rendering them beside
 * the calls of several gateways would starve their sound.
 */
export async function setup(): Promise<void> {
  const log = new KeptLog();
  const speech = new SpokenFiles({ folder: SPEECH_OF_TESTS, log, voices: voicesOf(() => null, { environment: ENVIRONMENT, log }), concurrency: 2 });
  const words = FOLDERS.flatMap((folder) => new Catalogue(readContent(projectFile(folder), ENVIRONMENT), {}).fixedWords());
  const { failures } = await speech.prerender([...announcementsToWarm(), ...words]);
  if (failures.length > 0) throw new Error(failures.join('\n'));
}
