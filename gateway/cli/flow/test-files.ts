import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ConnectorFile } from '../../adapters/connectors/connector-file.js';
import { operationsOf } from '../../adapters/connectors/connector-file.js';
import type { Content } from '../../content.js';
import type { DeclaredOperation } from '../../core/authoring/doubles.js';
import { loadTestFile, loadTestFileAlone, testedFlow, type TestFile } from '../../core/authoring/load-test-file.js';
import type { Problem } from '../../core/flow/problem.js';

export interface TestFiles {
  /** By the flow that they test. */
  readonly files: ReadonlyMap<string, TestFile>;
  /** Names of all test files there are, as `flows/x.test.yaml`. */
  readonly names: readonly string[];
  readonly problems: readonly Problem[];
}

/** The tests beside the flows of a folder. Without content (it has problems of its own) only their form is checked. */
export function readTestFiles(folder: string, content: Content | null): TestFiles {
  const files = new Map<string, TestFile>();
  const problems: Problem[] = [];
  const names = testNames(folder);
  const operations = content === null ? new Map<string, DeclaredOperation>() : declaredOperations(content.connectors);
  for (const name of names) {
    const text = readFileSync(join(folder, name), 'utf8');
    const loaded = content === null ? loadTestFileAlone(text, name) : loadTestFile(text, name, { flows: content.flows, operations });
    if (!loaded.ok) problems.push(...loaded.problems);
    else if ('tests' in loaded.value) files.set(testedFlow(name), loaded.value);
  }
  return { files, names, problems };
}

function testNames(folder: string): readonly string[] {
  const flows = join(folder, 'flows');
  if (!existsSync(flows)) return [];
  return readdirSync(flows).filter((name) => /^[^.].*\.test\.yaml$/.test(name)).sort().map((name) => `flows/${name}`);
}

/** Every operation with what it takes and what it can answer. */
export function declaredOperations(connectors: ReadonlyMap<string, ConnectorFile>): ReadonlyMap<string, DeclaredOperation> {
  return new Map(
    [...operationsOf(connectors)].map(([id, { exits, arguments: names }]) => {
      const [file = '', operation = ''] = id.split('.');
      const response = connectors.get(file)?.operations[operation]?.response ?? {};
      return [id, { exits, arguments: names, response }] as const;
    }),
  );
}
