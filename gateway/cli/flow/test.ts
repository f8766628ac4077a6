import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { inspectContent } from '../../content.js';
import { exitText } from '../../core/authoring/compare.js';
import { coverageOf, type Coverage } from '../../core/authoring/coverage.js';
import type { TestFile } from '../../core/authoring/load-test-file.js';
import { probeFlow } from '../../core/authoring/probed-flow.js';
import { runTest, type TestOutcome } from '../../core/authoring/run-test.js';
import type { Flow } from '../../core/flow/flow-schema.js';
import { formatProblem } from '../../core/flow/problem.js';
import { Output } from '../output.js';
import { callStory, clock } from './call-story.js';
import { contentFolder, defaultFolder, type ContentFolder } from './content-folder.js';
import { readTestFiles } from './test-files.js';

export const TEST_HELP = `vaxel flow test [flow …] [options]
  Plays the tests beside the flows (<flow>.test.yaml) on the live interpreter
  with doubles and a virtual clock, and says which share of the ways they took.
  --coverage        lists the ways not taken
  --min <percent>   fails below that share (0)
  --flows <folder>  (FLOWS_DIR, or ivr-flows)
  --json            one object a line`;

const OPTIONS = { flows: { type: 'string' }, coverage: { type: 'boolean', default: false }, min: { type: 'string', default: '0' }, json: { type: 'boolean', default: false } } as const;

/** @returns 0 when all tests passed, 1 when one failed or too little was covered, 2 for wrong usage */
export async function test(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: OPTIONS });
  const output = new Output(values.json);
  const least = Number(values.min);
  if (!(least >= 0 && least <= 100)) return output.problem('--min: a share from 0 to 100');
  const folder = values.flows === undefined ? defaultFolder() : contentFolder(values.flows);
  if (folder === null) return output.problem(`--flows: ${values.flows ?? ''} is no folder of flows`);
  const { problems, content } = inspectContent(folder.path, process.env);
  const tests = readTestFiles(folder.path, content);
  const wrong = [...problems, ...tests.problems];
  for (const problem of wrong) {
    const named = { ...problem, file: folder.nameOf(problem.file) };
    output.line({ event: 'problem', ...named }, formatProblem(named));
  }
  if (content === null || wrong.length > 0) return 1;
  const ids = positionals.length === 0 ? [...content.flows.keys()] : positionals.map((one) => basename(one).replace(/(\.test)?\.yaml$/, ''));
  const unknown = ids.find((id) => !content.flows.has(id));
  if (unknown !== undefined) return output.problem(`there is no flow "${unknown}"; there are ${[...content.flows.keys()].join(', ')}`);
  const runs = ids.flatMap((id) => {
    const flow = content.flows.get(id);
    return flow === undefined ? [] : [runFlow(flow, tests.files.get(id) ?? null, { folder, output })];
  });
  return conclude(runs, { output, least, isListed: values.coverage });
}

interface Run {
  readonly passed: number;
  readonly failed: number;
  readonly coverage: Coverage;
}

function runFlow(flow: Flow, file: TestFile | null, { folder, output }: { readonly folder: ContentFolder; readonly output: Output }): Run {
  const probed = probeFlow(flow);
  const outcomes = (file?.tests ?? []).map((one) => runTest(probed, one));
  for (const outcome of outcomes) report(outcome, { flow, file, folder, output });
  const failed = outcomes.filter(({ failures }) => failures.length > 0).length;
  return { passed: outcomes.length - failed, failed, coverage: coverageOf(flow.id, probed.ways, outcomes.map(({ taken }) => taken)) };
}

function report(outcome: TestOutcome, { flow, file, folder, output }: { readonly flow: Flow; readonly file: TestFile | null; readonly folder: ContentFolder; readonly output: Output }): void {
  const { title, failures, call, startedAt } = outcome;
  const places = file?.problemsOf(failures.map(({ path, expected }) => ({ path, what: expected, fix: '' }))) ?? [];
  const told = failures.map(({ expected, actual }, index) => ({ file: folder.nameOf(places[index]?.file ?? ''), line: places[index]?.line ?? 0, column: places[index]?.column ?? 0, expected, actual }));
  const lasted = call.now - startedAt;
  const lines = [`${failures.length === 0 ? '✓' : '✗'} ${flow.id}: ${title} (${clock(lasted).trim()})`];
  for (const one of told) lines.push(`    ${one.file}:${one.line}:${one.column}`, `      expected  ${one.expected}`, `      but       ${one.actual}`);
  if (told.length > 0) {
    const end = call.exit === null ? `waits at ${call.node}` : exitText(call.exit);
    lines.push('      the call, step by step', ...callStory(call.state.path, startedAt).map((line) => `        ${line}`), `        ${clock(lasted)}  ${end}`);
  }
  const steps = told.length === 0 ? {} : { path: call.state.path };
  output.line({ event: 'test', flow: flow.id, title, passed: told.length === 0, lastedMs: lasted, failures: told, ...steps }, lines.join('\n'));
}

function conclude(runs: readonly Run[], { output, least, isListed }: { readonly output: Output; readonly least: number; readonly isListed: boolean }): number {
  let isShort = false;
  for (const { coverage, passed, failed } of runs) {
    const { flowId, ways, taken, percent, missing } = coverage;
    const isBelow = percent < least;
    isShort ||= isBelow;
    const list = isListed || isBelow ? missing.map(({ node, name, to }) => `    not taken: ${node ?? 'everywhere'}: ${name} → ${to}`) : [];
    const none = passed + failed === 0 ? ' (no tests)' : '';
    const text = [`${flowId}: ${percent} % of the ways taken, ${taken} of ${ways}${none}${isBelow ? `; at least ${least} % are asked for` : ''}`, ...list].join('\n');
    output.line({ event: 'coverage', flow: flowId, ways, taken, percent, isBelow, missing: missing.map(({ node, name, to }) => ({ node, name, to })) }, text);
  }
  const [passed, failed] = [runs.reduce((sum, run) => sum + run.passed, 0), runs.reduce((sum, run) => sum + run.failed, 0)];
  output.line({ event: 'tested', passed, failed }, `${passed} passed, ${failed} failed`);
  return failed > 0 || isShort ? 1 : 0;
}
