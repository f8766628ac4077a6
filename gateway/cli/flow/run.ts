import { existsSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { HttpConnectors } from '../../adapters/connectors/http-connectors.js';
import { inspectContent, type Content } from '../../content.js';
import { DoubledBackEnd, type DeclaredOperation } from '../../core/authoring/doubles.js';
import { loadTestFile, type TestFile } from '../../core/authoring/load-test-file.js';
import type { Answer, CallOrder } from '../../core/authoring/virtual-call.js';
import type { Flow } from '../../core/flow/flow-schema.js';
import { formatProblem, type Problem } from '../../core/flow/problem.js';
import { maskKeys } from '../../core/recording/masking.js';
import { Output } from '../output.js';
import { choicesFor, readChoice } from './answer-choice.js';
import { mayAskSecret } from './call-secrets.js';
import { contentFolder, defaultFolder, noSuchFlow, oneFlow, type ContentFolder } from './content-folder.js';
import { FlowSession, type BackEnd } from './flow-session.js';
import type { RunTeller } from './run-fact.js';
import { RunLines } from './run-lines.js';
import { RunText } from './run-text.js';
import type { Page } from './masked-echo.js';
import { Terminal } from './terminal.js';
import { declaredOperations } from './test-files.js';

export const RUN_HELP = `vaxel flow run <flow> [options]
  Plays a flow as text: shows what is said, you type keys. Back ends answer as
  the flow's own test file gives, else you are asked.
  --from <number>   the caller's number, or withheld
  --language <l>    sv, nb or en
  --fast            waits for nobody, as when typing comes from a pipe
  --double <file>   the test file that answers for back ends
  --ask             always asks you what a back end answers
  --real            calls the real back ends
  --flows <folder>  (FLOWS_DIR, or ivr-flows)
  --json            one object a line: began, said, cut, asked, keyed, beeped,
                    spoke, called, answered, sent, did, ended`;

const OPTIONS = {
  from: { type: 'string' },
  language: { type: 'string' },
  fast: { type: 'boolean', default: false },
  double: { type: 'string' },
  ask: { type: 'boolean', default: false },
  real: { type: 'boolean', default: false },
  flows: { type: 'string' },
  json: { type: 'boolean', default: false },
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
  readonly stdout: Page;
}

/** @returns 0 when the call was played, 1 when the files have problems, 2 for wrong usage */
export async function run(args: readonly string[], streams: Streams = process): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: OPTIONS });
  const output = new Output(values.json);
  const id = oneFlow(positionals);
  const folder = values.flows === undefined ? defaultFolder() : contentFolder(values.flows);
  if (folder === null) return output.problem(`--flows: ${values.flows ?? ''} is no folder of flows`);
  const { content, problems, missingVariables } = inspectContent(folder.path, process.env);
  if (content === null) return told(problems.map((problem) => ({ ...problem, file: folder.nameOf(problem.file) })), output);
  const flow = content.flows.get(id);
  if (flow === undefined) return output.problem(noSuchFlow(id, content.flows.keys()));
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
  return play({ flow, content, file, operations }, { start, isFast: values.fast || streams.stdin.isTTY !== true, isJson: values.json, streams, from: values.real ? 'real' : values.ask ? 'asked' : 'given' });
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
  readonly isJson: boolean;
  readonly streams: Streams;
  readonly from: 'real' | 'asked' | 'given';
}

async function play(setting: Setting, { start, isFast, isJson, streams, from }: Way): Promise<number> {
  const { flow, file } = setting;
  const hidesKeys = mayAskSecret(flow);
  const terminal = new Terminal({ input: streams.stdin, output: isJson ? null : streams.stdout, hidesDigits: hidesKeys });
  const teller = isJson ? new RunLines(streams.stdout) : new RunText(terminal, isFast);
  const backEnd = backEndOf(setting, from);
  const session = new FlowSession({
    flow, start, isFast, backEnd,
    ask: (order) => ask(order, setting, { teller, read: () => terminal.read(terminal.colour('yellow', 'answer> '), { echoed: (typed) => (hidesKeys && isKeys(typed) ? maskKeys(typed) : typed) }) }),
    // Keys are shown once it is known what they were for.
    read: (signal) => terminal.read(terminal.colour('cyan', 'keys> '), { signal, echoed: (typed) => (/^[0-9*#]+$/.test(typed.trim()) ? null : hidesKeys ? maskKeys(typed) : typed) }),
    tell: (fact) => teller.tell(fact),
  });
  teller.began({ flow, start, answers: from === 'given' ? (file === null ? 'asked' : `${file.flowId}.test.yaml`) : from });
  await session.run();
  teller.ended({ flow, call: session.call, hasHungUp: session.hasHungUp, startedAt: start.at });
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

/** Typed where an answer was to be chosen: there are never so many choices, and it may be a secret that was typed too early. */
const isKeys = (typed: string): boolean => /^[0-9*#\s]{3,}$/.test(typed);

/** Asks until the choice can be read; with no more lines the answer is lost. */
async function ask(order: CallOrder, { flow, operations, file }: Setting, by: { readonly teller: RunTeller; read(): Promise<string | null> }): Promise<Answer> {
  const operation = operations.get(order.operation) ?? { exits: ['ok', 'error'], arguments: [], response: {} };
  const today = new Date().toISOString().slice(0, 10);
  const choices = choicesFor(operation, file?.named ?? {}, today);
  const hidesKeys = mayAskSecret(flow);
  by.teller.tell({ event: 'answerWanted', operation: order.operation, choices: choices.map(({ name, answer }) => ({ name, result: answer.result ?? null })) });
  for (;;) {
    const typed = await by.read();
    if (typed === null) return { exit: 'error', afterMs: 'never' };
    const answer = readChoice(typed, choices, operation);
    if (typeof answer !== 'string') return answer;
    by.teller.tell({ event: 'notUnderstood', typed: hidesKeys && isKeys(typed) ? maskKeys(typed) : typed, expected: answer });
  }
}
