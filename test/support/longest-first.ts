import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { projectRoot } from '../../gateway/project.js';

/** Files that take the longest: they are begun first, so that no worker is left alone with one at the end. */
const LONGEST = [
  'adapters/redis/mutants', 'adapters/redis/properties', 'adapters/author-tools', 'adapters/history/pglite-server', 'simulation/simulation', 'core/authoring/prove/plain', 'cli/flow/prove',
  'cli/flow/faults/faults', 'adapters/history/thread-store', 'core/flow/fuzz',
  'telephony/sample-flows', 'telephony/callbacks', 'telephony/message', 'telephony/sound', 'telephony/self-service', 'telephony/transfer', 'telephony/queue-music', 'telephony/dialogs',
  'system/up', 'system/callbacks', 'system/desk', 'system/content', 'system/takeover', 'system/faults', 'system/far-screen', 'system/centre', 'system/exactly-once', 'system/cut-off', 'system/race',
].map((name) => `${projectRoot}/test/${name}.test.ts`);

/** The order of vitest is that of the last run, which a fresh clone has not had: by size of the file then, which says little. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const usual = await super.sort(files);
    const rank = ({ moduleId }: TestSpecification): number => (LONGEST.includes(moduleId) ? LONGEST.indexOf(moduleId) : LONGEST.length);
    return usual.toSorted((a, b) => rank(a) - rank(b));
  }
}
