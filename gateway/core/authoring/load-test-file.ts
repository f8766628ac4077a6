import type { Flow } from '../flow/flow-schema.js';
import type { Language } from '../flow/flow-types.js';
import { toIncidents, type Incident } from '../flow/incident.js';
import { loadYaml, type Loaded, type YamlFile } from '../flow/load.js';
import type { Finding, Problem } from '../flow/problem.js';
import type { Json, Millis } from '../ids.js';
import { lintNamed, readDoubles, type DeclaredOperation, type Doubles } from './doubles.js';
import { lintLanguage, lintTest } from './lint-test.js';
import { testFileSchema, type Expectations, type NamedAnswer, type TestFileText, type TestStep, type TestText } from './test-file-schema.js';

/** One test, with all that the file's top gives it. */
export interface FlowTest {
  readonly title: string;
  readonly caller: { readonly number: string | null; readonly dialled: string; readonly language: Language | null };
  readonly at: Millis;
  readonly doubles: Doubles;
  readonly unplayable: ReadonlySet<string>;
  readonly unrecordable: boolean;
  readonly incidents: readonly Incident[];
  /** First values of variables. */
  readonly vars: Readonly<Record<string, Json>>;
  readonly when: readonly TestStep[];
  readonly then: Expectations;
}

export interface TestFile {
  readonly flowId: string;
  readonly tests: readonly FlowTest[];
  /** What the top of the file gives, for playing the flow by hand. */
  readonly caller: FlowTest['caller'];
  readonly doubles: Doubles;
  readonly named: Readonly<Record<string, NamedAnswer>>;
  problemsOf(findings: readonly Finding[]): readonly Problem[];
}

export interface TestSurroundings {
  readonly flows: ReadonlyMap<string, Flow>;
  readonly operations: ReadonlyMap<string, DeclaredOperation>;
}

const DIALLED = '100';

/** `flows/invoice-extension.test.yaml` holds the tests of `invoice-extension`. */
export const testedFlow = (fileName: string): string => (fileName.split('/').at(-1) ?? fileName).replace(/\.test\.yaml$/, '');

/** Reads a file of tests. Every error is returned, each with its place, what is wrong and the fix. Never throws. */
export function loadTestFile(text: string, fileName: string, around: TestSurroundings): Loaded<TestFile> {
  const loaded = loadYaml(text, fileName, testFileSchema);
  if (!loaded.ok) return loaded;
  const { value: file, problemsOf } = loaded.value;
  const flowId = testedFlow(fileName);
  const flow = around.flows.get(flowId);
  if (flow === undefined) return { ok: false, problems: problemsOf([{ path: [], what: `there is no flow "${flowId}"`, fix: `name the file after its flow: one of ${[...around.flows.keys()].join(', ')}` }]) };
  const read = { file, flow, operations: around.operations };
  const top = readDoubles(file.given, ['given'], { named: file.answers, operations: around.operations });
  const tests = Object.entries(file.tests).map(([title, test]) => readTest(title, test, { ...read, doubles: top.doubles }));
  const none = tests.length === 0 ? [{ path: ['tests'], what: 'there are no tests', fix: 'add one' }] : [];
  const findings = [...lintLanguage(flow, file.caller.language, ['caller', 'language']), ...lintNamed(file.answers), ...top.findings, ...none, ...tests.flatMap((one) => one.findings)];
  if (findings.length > 0) return { ok: false, problems: problemsOf(findings) };
  return { ok: true, value: { flowId, tests: tests.map(({ test }) => test), caller: callerOf(file), doubles: top.doubles, named: file.answers, problemsOf } };
}

/** Checks what can be checked without the flow, as when the flow itself cannot be read. */
export const loadTestFileAlone = (text: string, fileName: string): Loaded<YamlFile<TestFileText>> => loadYaml(text, fileName, testFileSchema);

interface Around {
  readonly file: TestFileText;
  readonly flow: Flow;
  readonly operations: ReadonlyMap<string, DeclaredOperation>;
  readonly doubles: Doubles;
}

function readTest(title: string, text: TestText, { file, flow, operations, doubles }: Around): { readonly test: FlowTest; readonly findings: readonly Finding[] } {
  const at = ['tests', title];
  const own = readDoubles(text.given ?? {}, [...at, 'given'], { named: file.answers, operations });
  const test: FlowTest = {
    title,
    caller: callerOf(file, text),
    at: Date.parse(text.clock ?? file.clock),
    doubles: new Map([...doubles, ...own.doubles]),
    unplayable: new Set(text.unplayable ?? []),
    unrecordable: text.unrecordable ?? false,
    incidents: toIncidents({ incidents: text.incidents ?? {} }),
    vars: text.vars ?? {},
    when: text.when,
    then: text.then,
  };
  return { test, findings: [...own.findings, ...lintTest(text, at, { flow, operations })] };
}

function callerOf(file: TestFileText, test?: TestText): FlowTest['caller'] {
  const { number = 'withheld', dialled = DIALLED, language } = { ...file.caller, ...test?.caller };
  return { number: number === 'withheld' ? null : number, dialled, language: language ?? null };
}
