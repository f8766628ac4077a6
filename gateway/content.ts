import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { publicHolidays } from './adapters/calendar/public-holidays.js';
import { loadConnectorFile, missingEnvironment, operationsOf, type ConnectorFile } from './adapters/connectors/connector-file.js';
import { loadSpeechFile, missingForSpeech, type SpeechFile } from './adapters/speech/speech-file.js';
import { BLOCKED_FLOW, blockedFlowText } from './core/acd/blocked.js';
import type { ContactCentre } from './core/acd/contact-centre.js';
import { loadContactCentre, type CentreSurroundings } from './core/acd/load-contact-centre.js';
import { queuesForCalls } from './core/acd/served.js';
import type { Flow } from './core/flow/flow-schema.js';
import { incidentFileSchema, toIncidents, type Incident } from './core/flow/incident.js';
import type { FlowLibrary } from './core/flow/library.js';
import { loadFlowSet, type SourceFile } from './core/flow/load-flow-set.js';
import { loadPrompts, loadYaml, type Loaded } from './core/flow/load.js';
import type { HolidayCountry } from './core/flow/opening-hours.js';
import { formatProblem, type Problem } from './core/flow/problem.js';
import type { Prompt } from './core/flow/prompt-schema.js';
import type { FlowSource } from './core/flow/release.js';
import { findMusic, musicFolder } from './music-folder.js';
import { variableNotSet } from './variable-not-set.js';

/** Everything that authors write: the contact centre, flows, shared prompts, connector files and incidents. */
export interface Content {
  readonly centre: ContactCentre;
  readonly flows: ReadonlyMap<string, Flow>;
  readonly prompts: ReadonlyMap<string, Prompt>;
  readonly connectors: ReadonlyMap<string, ConnectorFile>;
  /** Of `incidents.yaml`, where there is one. */
  readonly incidents: readonly Incident[];
  /** Of `speech.yaml`, where there is one: the service that speaks. */
  readonly speech: SpeechFile | null;
  /** What flows may refer to besides prompts and each other. */
  readonly library: Omit<FlowLibrary, 'prompts' | 'lacksPrompts' | 'flows'>;
  /** The files that flows are made of. */
  readonly sources: { readonly flows: readonly NamedFile[]; readonly prompts: readonly NamedFile[] };
}

type NamedFile = SourceFile & { readonly id: string };

/** The files are not fit to serve calls; the message has one line a fault: file, place, what is wrong, the fix. */
export class ContentError extends Error {}

const CENTRE = 'contact-centre.yaml';
const INCIDENTS = 'incidents.yaml';
const SPEECH = 'speech.yaml';

/** What a folder of flows holds, and everything that is wrong with it. */
export interface Inspection {
  /** Of all files. */
  readonly problems: readonly Problem[];
  /** Null with any problem. */
  readonly content: Content | null;
  /** Environment variables that connector files and speech.yaml ask for and that are not set, each as `BILLING_URL (billing)`. */
  readonly missingVariables: readonly string[];
}

/** Reads and checks a folder of flows as a whole. Throws ContentError with the faults of all files. */
export function readContent(folder: string, environment: NodeJS.ProcessEnv): Content {
  const loaded = loadContent(folder, environment);
  if (!loaded.ok) throw new ContentError(loaded.problems.map(formatProblem).join('\n'));
  return loaded.value;
}

/** Reads and checks a folder of flows as a whole, with every fault of all files. `centre`: in place of the text of the contact centre's file. */
export function loadContent(folder: string, environment: NodeJS.ProcessEnv, centre?: string): Loaded<Content> {
  const { problems, content, missingVariables } = inspectContent(folder, environment, centre);
  if (content === null) return { ok: false, problems };
  const missing = missingVariables.map(variableNotSet);
  return missing.length === 0 ? { ok: true, value: content } : { ok: false, problems: missing };
}

/** The text of the contact centre's file; null when there is none. */
export function centreFile(folder: string): string | null {
  const path = join(folder, CENTRE);
  return existsSync(path) ? readFileSync(path, 'utf8') : null;
}

/** The same without an opinion on what to do about it, for the author's tools. */
export function inspectContent(folder: string, environment: NodeJS.ProcessEnv, centreText: string | null = centreFile(folder)): Inspection {
  const problems: Problem[] = [];
  const take = <T>(loaded: Loaded<T>): readonly T[] => {
    if (loaded.ok) return [loaded.value];
    problems.push(...loaded.problems);
    return [];
  };
  const sources = { flows: yamlFiles(folder, 'flows'), prompts: yamlFiles(folder, 'prompts'), connectors: yamlFiles(folder, 'connectors') };
  const connectors = new Map(sources.connectors.flatMap((file) => take(loadConnectorFile(file.text, file.name)).map((connector) => [file.id, connector] as const)));
  // Faults of prompt files are told once, by the flow set; nobody else is blamed for what may stand there.
  const read = sources.prompts.map((file) => loadPrompts(file.text, file.name));
  const prompts = new Map(read.flatMap((file) => (file.ok ? [...file.value] : [])));
  const known = read.every(({ ok }) => ok) ? { prompts: new Set(prompts.keys()) } : {};
  const holidaysOf = (country: HolidayCountry): ReadonlySet<string> => publicHolidays(country, new Date().getUTCFullYear());
  const music = musicFolder(environment);
  const [centre] = take(readCentre(centreText, { flows: new Set(sources.flows.map((file) => file.id)), ...known, holidaysOf, findMusic: (name) => findMusic(music, name) }));
  // What a faulty connector file declares is not known: flows are not blamed for it.
  const operations = connectors.size === sources.connectors.length ? { operations: operationsOf(connectors) } : {};
  const library = { ...operations, ...(centre === undefined ? {} : { ...queuesAndAgents(centre), hours: centre.hours, dialling: centre.dialling }) };
  const flowSources = [...sources.flows, ...announcementOf(centre, prompts, sources.flows)];
  const [flows] = take(loadFlowSet({ ...sources, flows: flowSources }, library));
  const [incidents] = take(readIncidents(folder));
  const [speech] = take(readSpeech(folder));
  const isWhole = centre !== undefined && flows !== undefined && incidents !== undefined && speech !== undefined && problems.length === 0;
  const missingVariables = [...missingEnvironment(connectors, environment), ...(speech ? missingForSpeech(speech, environment).map((name) => `${name} (${SPEECH})`) : [])];
  return { problems, content: isWhole ? { centre, flows, prompts, connectors, incidents, speech, library, sources: { ...sources, flows: flowSources } } : null, missingVariables };
}

/** What flows may name of the contact centre. */
function queuesAndAgents(centre: ContactCentre): Pick<FlowLibrary, 'queues' | 'queuesForCalls' | 'skills' | 'agents'> {
  const { queues, skills, agents } = centre;
  return { queues: new Set<string>(queues.keys()), queuesForCalls: queuesForCalls(centre), skills: new Set(skills.keys()), agents: new Set<string>([...agents.values()].filter(({ phone }) => phone !== null).map(({ id }) => id)) };
}

function readCentre(text: string | null, around: CentreSurroundings): Loaded<ContactCentre> {
  if (text !== null) return loadContactCentre(text, CENTRE, around);
  return { ok: false, problems: [{ file: CENTRE, line: 0, column: 0, node: null, what: 'the file does not exist', fix: 'write it: numbers, queues, skills and agents' }] };
}

/** The flow that blocked callers hear, unless the folder has one of that name; as a file, so that it has versions like any flow. */
function announcementOf(centre: ContactCentre | undefined, prompts: ReadonlyMap<string, Prompt>, flows: readonly NamedFile[]): readonly NamedFile[] {
  const announce = centre?.blocked.announce ?? null;
  const prompt = announce === null ? undefined : prompts.get(announce);
  if (announce === null || prompt === undefined || flows.some(({ id }) => id === BLOCKED_FLOW)) return [];
  const languages = (['sv', 'nb', 'en'] as const).filter((language) => prompt[language] !== undefined);
  return [{ id: BLOCKED_FLOW, name: `flows/${BLOCKED_FLOW}.yaml`, text: blockedFlowText(announce, languages) }];
}

function readIncidents(folder: string): Loaded<readonly Incident[]> {
  const path = join(folder, INCIDENTS);
  if (!existsSync(path)) return { ok: true, value: [] };
  const loaded = loadYaml(readFileSync(path, 'utf8'), INCIDENTS, incidentFileSchema);
  return loaded.ok ? { ok: true, value: toIncidents(loaded.value.value) } : loaded;
}

function readSpeech(folder: string): Loaded<SpeechFile | null> {
  const path = join(folder, SPEECH);
  return existsSync(path) ? loadSpeechFile(readFileSync(path, 'utf8'), SPEECH) : { ok: true, value: null };
}

/** The files that a flow is made of: its own, those of its parts, and all shared prompts. Null when there is no such flow. */
export function sourceOf({ flows, sources }: Content, flowId: string): FlowSource | null {
  const flow = flows.get(flowId);
  if (flow === undefined) return null;
  const own = new Set([flowId, ...flow.subflows.keys()]);
  const of = (kind: 'flow' | 'prompts', files: readonly NamedFile[]) => files.map(({ name, text }) => ({ kind, name, text }));
  return { flow: flowId, files: [...of('flow', sources.flows.filter(({ id }) => own.has(id))), ...of('prompts', sources.prompts)] };
}

/** The flows as they would be with a draft in place of (or beside) the file of that flow. `name`: of the draft, for its problems. */
export function flowsWith({ sources, library }: Content, draft: { readonly flow: string; readonly name: string; readonly text: string }): Loaded<ReadonlyMap<string, Flow>> {
  const others = sources.flows.filter(({ id }) => id !== draft.flow);
  // A flow's id is its file's name, and a draft may be called anything.
  const own = { name: `${draft.flow}.yaml`, text: draft.text };
  const loaded = loadFlowSet({ flows: [...others, own], prompts: sources.prompts }, library);
  return loaded.ok ? loaded : { ok: false, problems: loaded.problems.map((problem) => (problem.file === own.name ? { ...problem, file: draft.name } : problem)) };
}

function yamlFiles(folder: string, kind: string): readonly NamedFile[] {
  if (!existsSync(join(folder, kind))) return [];
  return readdirSync(join(folder, kind))
    .filter((name) => /^[^.].*\.yaml$/.test(name) && !name.endsWith('.test.yaml'))
    .sort()
    .map((name) => ({ id: name.replace(/\.yaml$/, ''), name: `${kind}/${name}`, text: readFileSync(join(folder, kind, name), 'utf8') }));
}
