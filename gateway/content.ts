import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConnectorFile, missingEnvironment, operationsOf, type ConnectorFile } from './adapters/connectors/connector-file.js';
import type { ContactCentre } from './core/acd/contact-centre.js';
import { loadContactCentre, type CentreSurroundings } from './core/acd/load-contact-centre.js';
import type { Flow, Prompt } from './core/flow/flow-schema.js';
import { loadFlowSet, type SourceFile } from './core/flow/load-flow-set.js';
import { loadPrompts, type Loaded } from './core/flow/load.js';
import { formatProblem, type Problem } from './core/flow/problem.js';

/** Everything that authors write: the contact centre, flows, shared prompts and connector files. */
export interface Content {
  readonly centre: ContactCentre;
  readonly flows: ReadonlyMap<string, Flow>;
  readonly prompts: ReadonlyMap<string, Prompt>;
  readonly connectors: ReadonlyMap<string, ConnectorFile>;
}

/** The files are not fit to serve calls; the message has one line a fault: file, place, what is wrong, the fix. */
export class ContentError extends Error {}

const CENTRE = 'contact-centre.yaml';

/** What a folder of flows holds, and everything that is wrong with it. */
export interface Inspection {
  /** Of all files. */
  readonly problems: readonly Problem[];
  /** Null with any problem. */
  readonly content: Content | null;
  /** Environment variables that connector files ask for and that are not set, each as `BILLING_URL (billing)`. */
  readonly missingVariables: readonly string[];
}

/** Reads and checks a folder of flows as a whole. Throws ContentError with the faults of all files. */
export function readContent(folder: string, environment: NodeJS.ProcessEnv): Content {
  const { problems, content, missingVariables } = inspectContent(folder, environment);
  if (content === null) throw new ContentError(problems.map(formatProblem).join('\n'));
  if (missingVariables.length > 0) {
    throw new ContentError(missingVariables.map((name) => `connectors: the environment variable ${name} is not set; set it to the address or secret that the connector file asks for`).join('\n'));
  }
  return content;
}

/** The same without an opinion on what to do about it, for the author's tools. */
export function inspectContent(folder: string, environment: NodeJS.ProcessEnv): Inspection {
  const problems: Problem[] = [];
  const take = <T>(loaded: Loaded<T>): readonly T[] => {
    if (loaded.ok) return [loaded.value];
    problems.push(...loaded.problems);
    return [];
  };
  const sources = { flows: yamlFiles(folder, 'flows'), prompts: yamlFiles(folder, 'prompts'), connectors: yamlFiles(folder, 'connectors') };
  const connectors = new Map(sources.connectors.flatMap((file) => take(loadConnectorFile(file.text, file.name)).map((connector) => [file.id, connector] as const)));
  // Faults of prompt files are told once, by the flow set.
  const prompts = new Map(sources.prompts.flatMap((file) => {
    const loaded = loadPrompts(file.text, file.name);
    return loaded.ok ? [...loaded.value] : [];
  }));
  const around = { flows: new Set(sources.flows.map((file) => file.id)), prompts: new Set(prompts.keys()) };
  const [centre] = take(readCentre(folder, around));
  // What a faulty connector file declares is not known: flows are not blamed for it.
  const operations = connectors.size === sources.connectors.length ? { operations: operationsOf(connectors) } : {};
  const library = { ...operations, ...(centre === undefined ? {} : { queues: new Set<string>(centre.queues.keys()) }) };
  const [flows] = take(loadFlowSet(sources, library));
  const isWhole = centre !== undefined && flows !== undefined && problems.length === 0;
  return { problems, content: isWhole ? { centre, flows, prompts, connectors } : null, missingVariables: missingEnvironment(connectors, environment) };
}

function readCentre(folder: string, around: CentreSurroundings): Loaded<ContactCentre> {
  const path = join(folder, CENTRE);
  if (existsSync(path)) return loadContactCentre(readFileSync(path, 'utf8'), CENTRE, around);
  return { ok: false, problems: [{ file: CENTRE, line: 0, column: 0, node: null, what: 'the file does not exist', fix: 'write it: numbers, queues, skills and agents' }] };
}

function yamlFiles(folder: string, kind: string): readonly (SourceFile & { readonly id: string })[] {
  if (!existsSync(join(folder, kind))) return [];
  return readdirSync(join(folder, kind))
    .filter((name) => /^[^.].*\.yaml$/.test(name) && !name.endsWith('.test.yaml'))
    .sort()
    .map((name) => ({ id: name.replace(/\.yaml$/, ''), name: `${kind}/${name}`, text: readFileSync(join(folder, kind, name), 'utf8') }));
}
