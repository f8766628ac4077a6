import { loadTestFile, type TestFile } from '../../../gateway/core/authoring/load-test-file.js';
import type { DeclaredOperation } from '../../../gateway/core/authoring/doubles.js';
import { probeFlow } from '../../../gateway/core/authoring/probed-flow.js';
import { runTest, type TestOutcome } from '../../../gateway/core/authoring/run-test.js';
import type { Flow } from '../../../gateway/core/flow/flow-schema.js';
import type { Loaded } from '../../../gateway/core/flow/load.js';
import { formatProblem } from '../../../gateway/core/flow/problem.js';

/** The operations that the flows of the tests call. */
const OPERATIONS: ReadonlyMap<string, DeclaredOperation> = new Map([
  ['x.act', { exits: ['ok', 'refused', 'error'], arguments: ['code'], response: { name: { type: 'text', optional: false }, owed: { type: 'amount', optional: true } } }],
]);

/** Reads a file of tests for a flow, as `small.test.yaml`. */
export const loadSmall = (flow: Flow, text: string): Loaded<TestFile> => loadTestFile(text, 'flows/small.test.yaml', { flows: new Map([['small', flow]]), operations: OPERATIONS });

/** Plays the only test of a file, or throws with every problem. */
export function playSmall(flow: Flow, text: string): TestOutcome {
  const loaded = loadSmall(flow, text);
  if (!loaded.ok) throw new Error(loaded.problems.map(formatProblem).join('\n'));
  const [test] = loaded.value.tests;
  if (test === undefined) throw new Error('no test');
  return runTest(probeFlow(flow), test);
}
