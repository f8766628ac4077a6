import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { HttpConnectors } from '../../adapters/connectors/http-connectors.js';
import { inspectContent, type Content } from '../../content.js';
import { exitText, hungUpHow } from '../../core/authoring/compare.js';
import { DoubledBackEnd, type DeclaredOperation } from '../../core/authoring/doubles.js';
import { loadTestFile, type TestFile } from '../../core/authoring/load-test-file.js';
import type { Answer, CallOrder } from '../../core/authoring/virtual-call.js';
import type { Flow } from '../../core/flow/flow-schema.js';
import { formatProblem, type Problem } from '../../core/flow/problem.js';
import { summarise } from '../../core/flow/summarise.js';
import { Output } from '../output.js';
import { choicesFor, readChoice } from './answer-choice.js';
import { callStory, clock } from './call-story.js';
import { contentFolder, defaultFolder, type ContentFolder } from './content-folder.js';
import { FlowSession, valuesText, type BackEnd } from './flow-session.js';
import { Terminal } from './terminal.js';
import { declaredOperations } from './test-files.js';

export const RUN_HELP = `vaxel flow run <flow> [--from <number>|withheld] [--language sv|nb|en] [--fast] [--double <test file> | --ask | --real] [--flows <folder>]
  Plays a flow as text: shows what is said, you type keys. Back ends answer as the flow's own test file gives (or the one named with
  --double), else you are asked; --ask always asks, --real calls the real ones. Time is real; --fast, and typing from a pipe, waits for nobody.`;

const OPTIONS = {
  from: { type: 'string' },
  language: { type: 'string' },
  fast: { type: 'boolean', default: false },
  double: { type: 'string' },
  ask: { type: 'boolean', default: false },
  real: { type: 'boolean', default: false },
  flows: { type: 'string' },
} as const;

interface Setting {
  readonly flow: Flow;
  readonly content: Content;
  readonly file: TestFile | null;
  readonly operations: ReadonlyMap<string, DeclaredOperation>;
}

/** Where an author types and reads. */
export interface Streams {
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly stdout: NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };
}

/** @returns 0 when the call was played, 1 when the files have problems, 2 for wrong usage */
export async function run(args: readonly string[], streams: Streams = process): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: OPTIONS });
  const output = new Output(false);
  const folder = values.flows === undefined ? defaultFolder() : contentFolder(values.flows);
  if (folder === null) return output.problem(`--flows: ${values.flows ?? ''} is no folder of flows`);
  const { content, problems, missingVariables } = inspectContent(folder.path, process.env);
  if (content === null) return told(problems.map((problem) => ({ ...problem, file: folder.nameOf(problem.file) })), output);
  const id = basename(positionals[0] ?? '').replace(/\.yaml$/, '');
  const flow = content.flows.get(id);
  if (flow === undefined) return output.problem(`name a flow: one of ${[...content.flows.keys()].join(', ')}`);
  if (values.real && missingVariables.length > 0) return output.problem(`--real needs ${missingVariables.join(', ')} in the environment`);
  const language = flow.languages.find((one) => one === values.language);
  if (values.language !== undefined && language === undefined) return output.problem(`--language: the flow speaks ${flow.languages.join(', ')}`);
  const operations = declaredOperations(content.connectors);
  const doubles = readDoublesFile(flow, values.double, { folder, content, operations });
  if ('problems' in doubles) return doubles.problems.length === 0 ? output.problem(`--double: there is no ${values.double ?? ''}`) : told(doubles.problems, output);
  const { file } = doubles;
  const ani = values.from ?? file?.caller.number ?? 'withheld';
  const spoken = language ?? file?.caller.language ?? flow.languages[0] ?? 'sv';
  const start = { at: Date.now(), ani: ani === 'withheld' ? null : ani, dnis: file?.caller.dialled ?? '100', language: spoken };
  return play({ flow, content, file, operations }, { start, isFast: values.fast || streams.stdin.isTTY !== true, streams, from: values.real ? 'real' : values.ask ? 'asked' : 'given' });
}

function told(problems: readonly Problem[], output: Output): number {
  for (const problem of problems) output.line({ event: 'problem', ...problem }, formatProblem(problem));
  return 1;
}

/** The test file that gives the answers: the one named, else the flow's own, else none. */
function readDoublesFile(flow: Flow, named: string | undefined, around: { readonly folder: ContentFolder; readonly content: Content; readonly operations: Setting['operations'] }): { readonly file: TestFile | null } | { readonly problems: readonly Problem[] } {
  const own = around.folder.nameOf(`flows/${flow.id}.test.yaml`);
  const path = named ?? own;
  if (!existsSync(path)) return named === undefined ? { file: null } : { problems: [] };
  // Whatever it is called, it is read for this flow.
  const loaded = loadTestFile(readFileSync(path, 'utf8'), `${flow.id}.test.yaml`, { flows: around.content.flows, operations: around.operations });
  return loaded.ok ? { file: loaded.value } : { problems: loaded.problems.map((problem) => ({ ...problem, file: path })) };
}

interface Way {
  readonly start: { readonly at: number; readonly ani: string | null; readonly dnis: string; readonly language: 'sv' | 'nb' | 'en' };
  readonly isFast: boolean;
  readonly streams: Streams;
  readonly from: 'real' | 'asked' | 'given';
}

async function play(setting: Setting, { start, isFast, streams, from }: Way): Promise<number> {
  const { flow } = setting;
  const terminal = new Terminal(streams.stdin, streams.stdout);
  const answering = { real: 'the real back ends answer', asked: 'you answer for the back ends', given: setting.file === null ? 'you answer for the back ends' : `back ends answer as ${setting.file.flowId}.test.yaml gives` }[from];
  terminal.print(`${terminal.colour('bold', flow.id)}  ${flow.purpose.trim()}`);
  terminal.print(terminal.colour('dim', `from ${start.ani ?? 'a withheld number'}, in ${start.language}; ${answering}`));
  const session = new FlowSession({ flow, start, isFast, terminal, backEnd: backEndOf(setting, from), ask: (order) => ask(order, setting, terminal) });
  await session.run();
  conclude(session, { flow, terminal, startedAt: start.at });
  terminal.close();
  return 0;
}

function backEndOf({ content, file }: Setting, from: Way['from']): BackEnd {
  if (from === 'asked') return () => null;
  if (from === 'given') {
    const doubles = new DoubledBackEnd(file?.doubles ?? new Map());
    return (order) => {
      const answer = doubles.answer(order);
      const isAnswered = doubles.unanswered === null;
      doubles.unanswered = null;
      return isAnswered ? answer : null;
    };
  }
  const say = (_fields: object, message: string): void => console.error(`vaxel: ${message}`);
  const silent = (): void => undefined;
  const log = { debug: silent, info: silent, warn: say, error: say, child: () => log };
  const connectors = new HttpConnectors({ files: () => content.connectors, environment: process.env, log });
  return async (order) => connectors.call(order, new AbortController().signal);
}

/** Asks until the author's choice can be read; with no more lines the answer is lost. */
async function ask(order: CallOrder, { operations, file }: Setting, terminal: Terminal): Promise<Answer> {
  const operation = operations.get(order.operation) ?? { exits: ['ok', 'error'], arguments: [], response: {} };
  const today = new Date().toISOString().slice(0, 10);
  const choices = choicesFor(operation, file?.named ?? {}, today);
  terminal.print(`       what does ${order.operation} answer?  ${terminal.colour('dim', 'by name or number; values can be changed: ok status=paid')}`);
  choices.forEach(({ name, answer }, index) => {
    const values = typeof answer.result === 'object' && answer.result !== null && !Array.isArray(answer.result) ? valuesText(answer.result as Parameters<typeof valuesText>[0]) : '';
    terminal.print(`       ${String(index + 1).padStart(2)} ${terminal.colour('bold', name)}  ${terminal.colour('dim', values)}`);
  });
  for (;;) {
    const line = await terminal.read(terminal.colour('yellow', 'answer> '));
    if (line === null) return { exit: 'error', afterMs: 'never' };
    const answer = readChoice(line, choices, operation);
    if (typeof answer !== 'string') return answer;
    terminal.print(terminal.colour('red', `       ${answer}`));
  }
}

const HUNG_UP = { solved: 'solved', unsolved: 'unsolved', messageLeft: 'a message was left', callbackBooked: 'a callback was asked for' } as const;

function conclude({ call, hasHungUp }: FlowSession, { flow, terminal, startedAt }: { readonly flow: Flow; readonly terminal: Terminal; readonly startedAt: number }): void {
  const { statedReason, customer, shown, path } = summarise(flow, call.state);
  const end = call.exit === null ? `you hung up at ${call.node}, ${HUNG_UP[hungUpHow(call.state)]}` : exitText(call.exit);
  const fields: readonly (readonly [string, string])[] = [
    ['end', `${hasHungUp || call.exit !== null ? end : 'not ended'}, after ${clock(call.now - startedAt).trim()}`],
    ['reason', statedReason ?? 'not stated'],
    ['customer', customer === null ? 'not known' : `${customer.id} ${customer.name} (${customer.confidence})`],
    ['shown', Object.entries(shown).map(([label, value]) => `${label}: ${value}`).join(', ') || 'nothing'],
    ...call.state.messages.map(({ durationMs }) => ['message', `${Math.round(durationMs / 1_000)} s`] as const),
  ];
  terminal.print('');
  for (const [name, value] of fields) terminal.print(`${terminal.colour('green', name.padEnd(9))} ${terminal.wrap(value, 10)}`);
  terminal.print(terminal.colour('green', 'the way'));
  for (const line of callStory(path, startedAt)) terminal.print(`  ${line}`);
}
