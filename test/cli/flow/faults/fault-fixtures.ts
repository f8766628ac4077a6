import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { readTestFiles } from '../../../../gateway/cli/flow/test-files.js';
import { inspectContent } from '../../../../gateway/content.js';
import { formatProblem } from '../../../../gateway/core/flow/problem.js';
import { projectFile } from '../../../../gateway/project.js';

const FOLDER = projectFile('test/cli/flow/faults');

const tells = z.array(z.string()).min(1);
const fixtureSchema = z.union([
  z.strictObject({ in: z.string(), change: z.array(z.tuple([z.string(), z.string()])).min(1), tells }),
  z.strictObject({ write: z.string(), text: z.string(), tells }),
  z.strictObject({ write: z.string(), length: z.int(), tells }),
  z.strictObject({ remove: z.string(), tells }),
]);
export type Fixture = z.infer<typeof fixtureSchema>;

export const fixtures: readonly Fixture[] = z.array(fixtureSchema).parse(parse(readFileSync(join(FOLDER, 'faults.yaml'), 'utf8')));

/** Everything that is told of the folder `base` once it was spoilt so, a line each. */
export function toldOf(fixture: Fixture | null): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), 'vx-fault-'));
  try {
    cpSync(join(FOLDER, 'base'), folder, { recursive: true });
    if (fixture !== null) spoil(folder, fixture);
    const { problems, content } = inspectContent(folder, { MUSIC_DIR: join(folder, 'music') });
    return [...problems, ...readTestFiles(folder, content).problems].map(formatProblem);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function spoil(folder: string, fixture: Fixture): void {
  if ('remove' in fixture) rmSync(join(folder, fixture.remove));
  else if ('length' in fixture) writeFileSync(join(folder, fixture.write), '#'.repeat(fixture.length));
  else if ('text' in fixture) writeFileSync(join(folder, fixture.write), fixture.text);
  else writeFileSync(join(folder, fixture.in), fixture.change.reduce((text, [from, to]) => changed(text, from, to), readFileSync(join(folder, fixture.in), 'utf8')));
}

function changed(text: string, from: string, to: string): string {
  if (!text.includes(from)) throw new Error(`the file has no ${from}`);
  return text.replace(from, () => to);
}
