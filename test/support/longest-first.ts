import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { projectRoot } from '../../gateway/project.js';

/** Files that take the longest: they are begun first, so that no worker is left alone with one at the end. */
const LONGEST = [
  'adapters/redis/mutants', 'adapters/redis/properties', 'adapters/author-tools', 'adapters/history/pglite-server', 'simulation/simulation', 'core/authoring/prove/plain', 'cli/flow/prove',
  'cli/flow/faults/faults', 'adapters/history/thread-store', 'core/flow/fuzz',
  'telephony/sample-flows', 'telephony/callbacks', 'telephony/message', 'telephony/sound', 'telephony/self-service', 'telephony/transfer', 'telephony/queue-music', 'telephony/dialogs',
  'telephony/last-words', 'media/softswitch/freeswitch/record', 'media/softswitch/freeswitch/bridge', 'telephony/early-media', 'telephony/agents', 'media/softswitch/freeswitch/playback', 'telephony/agent-legs',
  'system/up', 'system/desk', 'system/callbacks', 'system/desk-items', 'system/desk-messages', 'system/content', 'system/takeover', 'system/faults', 'system/replay', 'system/fuzz', 'system/cut-off',
  'system/centre', 'system/far-screen', 'system/exactly-once', 'system/paused', 'system/race',
].map((name) => `${projectRoot}/test/${name}.test.ts`);

/** The order of vitest is that of the last run, which a fresh clone has not had: by size of the file then, which says little. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const usual = await super.sort(files);
    const rank = ({ moduleId }: TestSpecification): number => (LONGEST.includes(moduleId) ? LONGEST.indexOf(moduleId) : LONGEST.length);
    return usual.toSorted((a, b) => rank(a) - rank(b));
  }
}
