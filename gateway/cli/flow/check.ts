import { existsSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { inspectContent, type Content } from '../../content.js';
import { waysOf } from '../../core/flow/lint-graph.js';
import { formatProblem, type Problem } from '../../core/flow/problem.js';
import { Output } from '../output.js';
import { contentFolder, defaultFolder, isWholeFolder, type ContentFolder } from './content-folder.js';
import { readTestFiles, type TestFiles } from './test-files.js';

export const CHECK_HELP = `vaxel flow check [folder|file …] [--json]
  Checks flows, prompts, connectors, the contact centre and the tests of flows:
  every problem with its file, line and fix.`;

interface Wanted {
  readonly folder: ContentFolder;
  /** Files by their path in the folder; null = all. */
  readonly files: ReadonlySet<string> | null;
}

/** @returns 0 when there is nothing wrong, 1 with problems, 2 for wrong usage */
export async function check(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: { json: { type: 'boolean', default: false } } });
  const output = new Output(values.json);
  const wanted = collect(positionals);
  if (typeof wanted === 'string') return output.problem(wanted);
  let found = 0;
  for (const one of wanted) found += report(one, output);
  return found === 0 ? 0 : 1;
}

/** The folders that the paths lie in, each once; or what is wrong with a path. */
function collect(paths: readonly string[]): readonly Wanted[] | string {
  if (paths.length === 0) return [{ folder: defaultFolder(), files: null }];
  const byFolder = new Map<string, Wanted>();
  for (const path of paths) {
    const folder = existsSync(path) ? contentFolder(path) : null;
    if (folder === null) return existsSync(path) ? `${path} lies in no folder of flows (one with flows/ and contact-centre.yaml)` : `there is no ${path}`;
    const before = byFolder.get(folder.path);
    const isWhole = isWholeFolder(path, folder) || before?.files === null;
    byFolder.set(folder.path, { folder, files: isWhole ? null : new Set([...(before?.files ?? []), relative(folder.path, resolve(path))]) });
  }
  return [...byFolder.values()];
}

function report({ folder, files }: Wanted, output: Output): number {
  const { problems: wrong, content, missingVariables } = inspectContent(folder.path, process.env);
  const tests = readTestFiles(folder.path, content);
  const problems = [...wrong, ...tests.problems];
  const isWanted = (file: string): boolean => files === null || [...files].some((one) => file === one || file.startsWith(`${one}/`));
  const told = problems.filter(({ file }) => isWanted(file)).sort(inOrder);
  for (const problem of told) {
    const named = { ...problem, file: folder.nameOf(problem.file) };
    output.line({ event: 'problem', ...named }, formatProblem(named));
  }
  const elsewhere = problems.length - told.length;
  const text = told.length > 0 ? countOf(told) : content === null || elsewhere > 0 ? 'No problems here.' : summary(content, countTests(tests));
  output.line(
    { event: 'checked', folder: folder.path, problems: told.length, elsewhere, ...(content === null ? {} : { ...figures(content), tests: countTests(tests) }), missingVariables },
    [told.length > 0 ? `\n${text}` : text, elsewhere > 0 ? `Other files of ${folder.nameOf('')} have ${counted(elsewhere, 'problem')}.` : '', hint(missingVariables)].filter((line) => line !== '').join('\n'),
  );
  return told.length;
}

const inOrder = (a: Problem, b: Problem): number => (a.file === b.file ? a.line - b.line || a.column - b.column : a.file < b.file ? -1 : 1);

function countOf(problems: readonly Problem[]): string {
  return `${counted(problems.length, 'problem')} in ${counted(new Set(problems.map(({ file }) => file)).size, 'file')}`;
}

const countTests = ({ files }: TestFiles): number => [...files.values()].reduce((sum, { tests }) => sum + tests.length, 0);

function figures({ flows, prompts, connectors }: Content) {
  const all = [...flows.values()];
  return {
    flows: all.length,
    nodes: all.reduce((sum, { nodes }) => sum + nodes.size, 0),
    ways: all.reduce((sum, { nodes }) => sum + [...nodes.values()].reduce((ways, node) => ways + waysOf(node).length, 0), 0),
    prompts: new Set([...prompts.values(), ...all.flatMap((flow) => [...flow.prompts.values()])]).size,
    languages: [...new Set(all.flatMap(({ languages }) => languages))],
    operations: [...connectors.values()].reduce((sum, { operations }) => sum + Object.keys(operations).length, 0),
  };
}

function summary(content: Content, tests: number): string {
  const { flows, nodes, ways, prompts, languages, operations } = figures(content);
  return `No problems. Checked ${counted(flows, 'flow')} (${counted(nodes, 'node')}, ${counted(ways, 'way')}), ${counted(prompts, 'prompt')} in ${languages.join(', ')}, ${counted(operations, 'operation')} of ${counted(content.connectors.size, 'connector')}, ${counted(tests, 'test')} and the contact centre.`;
}

const hint = (missing: readonly string[]): string => (missing.length === 0 ? '' : `Not set here, and needed by a running gateway: ${missing.join(', ')}`);
const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;
