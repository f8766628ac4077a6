import { isMap, isScalar, isSeq, LineCounter, parseDocument, visit, type Document, type Node, type Pair } from 'yaml';
import type { z } from 'zod';
import { flowFileSchema, type Flow, type FlowFile } from './flow-schema.js';
import { contentHash } from './hash.js';
import { DIALLING_DEFAULTS } from './dialling.js';
import type { FlowLibrary } from './library.js';
import { lintFlow } from './lint.js';
import type { FlowNode } from './node-schema.js';
import type { Finding, Problem } from './problem.js';
import { promptFileSchema, type Prompt } from './prompt-schema.js';
import { describeIssue } from './schema-issue.js';
import { withCopiedSecrets } from './secrecy.js';

const MAX_CHARACTERS = 1_000_000;
const MAX_PROBLEMS = 100;

export type Loaded<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problems: readonly Problem[] };

/** A checked YAML file, with the way from a path in its value back to the line. */
export interface YamlFile<T> {
  readonly value: T;
  /** Turns findings of further checks into problems with their place. */
  problemsOf(findings: readonly Finding[]): readonly Problem[];
}

/** A flow file that fits its schema; what it refers to is not looked at yet. */
export interface ParsedFlow {
  readonly id: string;
  readonly file: FlowFile;
  readonly text: string;
  /** Flows that it has as parts. */
  readonly parts: ReadonlySet<string>;
  problemsOf(findings: readonly Finding[]): readonly Problem[];
}

/** Reads one flow. Every error of the file is returned, each with its place, what is wrong and the fix. Never throws. */
export function loadFlow(text: string, fileName: string, library: FlowLibrary = {}): Loaded<Flow> {
  const parsed = parseFlow(text, fileName);
  return parsed.ok ? finishFlow(parsed.value, library) : parsed;
}

/** The first half of loading: YAML and schema. */
export function parseFlow(text: string, fileName: string): Loaded<ParsedFlow> {
  const source = readYaml(text, fileName);
  if (!source.ok) return source;
  const id = flowIdOf(fileName);
  const parsed = flowFileSchema.safeParse(source.value.raw);
  const misnamed: Finding[] = /^[a-z][a-z0-9-]{0,63}$/.test(id) ? [] : [{ path: [], what: `the file name is the flow's id, and "${id}" is none`, fix: 'name the file with lower case letters, digits and hyphens' }];
  const { problemsOf } = source.value;
  if (!parsed.success) {
    const findings = parsed.error.issues.flatMap((issue) => describeIssue(issue, source.value.raw, flowFileSchema));
    return { ok: false, problems: problemsOf([...misnamed, ...findings]) };
  }
  if (misnamed.length > 0) return { ok: false, problems: problemsOf(misnamed) };
  const file = parsed.data;
  const parts = new Set(Object.values(file.nodes).flatMap((node) => (node.do === 'subflow' ? [node.flow] : [])));
  return { ok: true, value: { id, file, text, parts, problemsOf } };
}

/** The second half: everything that the flow refers to, and whether it can run. */
export function finishFlow(parsed: ParsedFlow, library: FlowLibrary): Loaded<Flow> {
  const flow = compile(parsed, library);
  const findings = lintFlow(flow, parsed.file, library);
  return findings.length === 0 ? { ok: true, value: flow } : { ok: false, problems: parsed.problemsOf(findings) };
}

/** Reads a file of shared prompts. */
export function loadPrompts(text: string, fileName: string): Loaded<ReadonlyMap<string, Prompt>> {
  const file = loadYaml(text, fileName, promptFileSchema);
  return file.ok ? { ok: true, value: new Map(Object.entries(file.value.value.prompts)) } : file;
}

/** Reads any YAML 1.2 file against its schema, with all problems and their places. Never throws. */
export function loadYaml<S extends z.ZodType>(text: string, fileName: string, schema: S): Loaded<YamlFile<z.infer<S>>> {
  const source = readYaml(text, fileName);
  if (!source.ok) return source;
  const { raw, problemsOf } = source.value;
  const parsed = schema.safeParse(raw);
  if (!parsed.success) return { ok: false, problems: problemsOf(parsed.error.issues.flatMap((issue) => describeIssue(issue, raw, schema))) };
  return { ok: true, value: { value: parsed.data, problemsOf } };
}

/** A flow's id is its file's name. */
export const flowIdOf = (fileName: string): string => (fileName.split('/').at(-1) ?? fileName).replace(/\.ya?ml$/, '');

/** The node that tells of incidents where the author placed none. */
const INCIDENTS_FIRST = 'incidents-first';

function compile({ id, file, text }: ParsedFlow, library: FlowLibrary): Flow {
  const { filler, prompts, vars, anywhere, incidents, ...rest } = file;
  const shared = library.prompts ?? new Map<string, Prompt>();
  const nodes = new Map<string, FlowNode>(Object.entries(file.nodes));
  const tellsFirst = incidents === 'first' && ![...nodes.values()].some((node) => node.do === 'incident') && nodes.has(file.start);
  if (tellsFirst) nodes.set(INCIDENTS_FIRST, { do: 'incident', next: file.start });
  const subflows = partsOf(file, library.flows ?? new Map());
  return {
    ...rest,
    id,
    first: tellsFirst ? INCIDENTS_FIRST : file.start,
    version: contentHash(text + JSON.stringify([...shared]) + [...subflows.values()].map((part) => part.version).join()),
    filler: filler ?? [],
    anywhere: new Map(Object.entries(anywhere)),
    vars: withCopiedSecrets(new Map(Object.entries(vars)), nodes, subflows),
    prompts: new Map([...shared, ...Object.entries(prompts)]),
    nodes,
    hours: library.hours ?? new Map(),
    dialling: library.dialling ?? DIALLING_DEFAULTS,
    subflows,
  };
}

/** The flows that this one has as parts, and their parts. */
function partsOf(file: FlowFile, known: ReadonlyMap<string, Flow>): ReadonlyMap<string, Flow> {
  const parts = new Map<string, Flow>();
  for (const node of Object.values(file.nodes)) {
    const part = node.do === 'subflow' ? known.get(node.flow) : undefined;
    if (part !== undefined) for (const [id, one] of [[part.id, part] as const, ...part.subflows]) parts.set(id, one);
  }
  return parts;
}

interface Source {
  readonly raw: unknown;
  problemsOf(findings: readonly Finding[]): readonly Problem[];
}

function readYaml(text: string, file: string): Loaded<Source> {
  const whole = (what: string, fix: string): Loaded<Source> => ({ ok: false, problems: [{ file, line: 0, column: 0, node: null, what, fix }] });
  if (text.length > MAX_CHARACTERS) return whole('the file is longer than a million characters', 'split it');
  const lines = new LineCounter();
  let document: Document.Parsed;
  let raw: unknown;
  try {
    document = parseDocument(text, { lineCounter: lines, version: '1.2', prettyErrors: false, uniqueKeys: (a, b) => keyText(a) === keyText(b) });
    const placeOf = (offset: number) => {
      const { line, col } = lines.linePos(offset);
      return { file, line, column: col, node: null };
    };
    const faults = [...document.errors, ...document.warnings].map(({ pos, message }) => ({ ...placeOf(pos[0]), what: `not valid YAML: ${message.split('\n')[0] ?? ''}`, fix: 'correct the YAML at this place' }));
    visit(document, {
      Pair: (_at, { key }) => {
        if (!isScalar(key)) return;
        if (typeof key.value === 'number') key.value = keyText(key);
        // It names no member of an object, and whoever reads members passes it over without a word.
        if (key.value === '__proto__') faults.push({ ...placeOf(key.range?.[0] ?? 0), what: '"__proto__" cannot be a key', fix: 'rename the key' });
      },
    });
    if (faults.length > 0) return { ok: false, problems: faults.slice(0, MAX_PROBLEMS) };
    raw = document.toJS({ maxAliasCount: 50 });
  } catch (error) {
    // Nesting beyond the stack, and aliases that unfold without end or lead nowhere, are reported by exception.
    return whole(`not readable as YAML: ${error instanceof Error ? error.message : String(error)}`, 'write it without deep nesting and without aliases');
  }
  return { ok: true, value: { raw, problemsOf: (findings) => findings.slice(0, MAX_PROBLEMS).map((finding) => place(finding, { file, document, lines })) } };
}

/** A key as it is written: 0701112223 without quotes is a telephone number, and its 0 counts. */
const keyText = (key: unknown): unknown => (!isScalar(key) ? key : typeof key.value === 'number' ? (key.source ?? String(key.value)) : key.value);

function place(finding: Finding, source: { readonly file: string; readonly document: Document.Parsed; readonly lines: LineCounter }): Problem {
  const { path, what, fix } = finding;
  const { line, col } = source.lines.linePos(offsetOf(source.document, path));
  return { file: source.file, line, column: col, node: path[0] === 'nodes' && path[1] !== undefined ? String(path[1]) : null, what, fix };
}

/** Where a path's value stands: a scalar by itself, a map or list by its key; of a path that is not there, the part that is. */
function offsetOf(document: Document.Parsed, path: readonly (string | number)[]): number {
  let node: unknown = document.contents;
  let offset = 0;
  for (const step of path) {
    if (isMap(node)) {
      const pair: Pair | undefined = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
      if (pair === undefined) return offset;
      offset = startOf(isScalar(pair.value) ? pair.value : pair.key) ?? offset;
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(step)];
      offset = startOf(node) ?? offset;
    } else return offset;
  }
  return offset;
}

const startOf = (node: unknown): number | undefined => (typeof node === 'object' && node !== null ? ((node as Partial<Node>).range?.[0] ?? undefined) : undefined);
