import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { publicHolidays } from './adapters/calendar/public-holidays.js';
import { loadConnectorFile, missingEnvironment, operationsOf, type ConnectorFile } from './adapters/connectors/connector-file.js';
import type { ContactCentre } from './core/acd/contact-centre.js';
import { loadContactCentre } from './core/acd/load-contact-centre.js';
import type { Flow } from './core/flow/flow-schema.js';
import { incidentFileSchema, toIncidents, type Incident } from './core/flow/incident.js';
import type { Prompt } from './core/flow/prompt-schema.js';
import type { HolidayCountry } from './core/flow/opening-hours.js';
import { loadFlowSet, type SourceFile } from './core/flow/load-flow-set.js';
import { loadPrompts, loadYaml, type Loaded } from './core/flow/load.js';
import { formatProblem, type Problem } from './core/flow/problem.js';

/** Everything that authors write: the contact centre, flows, shared prompts and connector files. */
export interface Content {
  readonly centre: ContactCentre;
  readonly flows: ReadonlyMap<string, Flow>;
  readonly prompts: ReadonlyMap<string, Prompt>;
  readonly connectors: ReadonlyMap<string, ConnectorFile>;
  /** Of `incidents.yaml`, where there is one. */
  readonly incidents: readonly Incident[];
}

/** The files are not fit to serve calls; the message has one line a fault: file, place, what is wrong, the fix. */
export class ContentError extends Error {}

const CENTRE = 'contact-centre.yaml';
const INCIDENTS = 'incidents.yaml';

/** Reads and checks a folder of flows as a whole. Throws ContentError with the faults of all files. */
export function readContent(folder: string, environment: NodeJS.ProcessEnv): Content {
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
  const around = { flows: new Set(sources.flows.map((file) => file.id)), prompts: new Set(prompts.keys()), holidaysOf: (country: HolidayCountry) => publicHolidays(country, new Date().getUTCFullYear()) };
  const [centre] = take(loadContactCentre(readFileSync(join(folder, CENTRE), 'utf8'), CENTRE, around));
  const library = { operations: operationsOf(connectors), ...(centre === undefined ? {} : { queues: new Set<string>(centre.queues.keys()), hours: centre.hours }) };
  const [flows] = take(loadFlowSet(sources, library));
  const incidents = existsSync(join(folder, INCIDENTS)) ? take(loadYaml(readFileSync(join(folder, INCIDENTS), 'utf8'), INCIDENTS, incidentFileSchema)).flatMap(({ value }) => toIncidents(value)) : [];
  if (centre === undefined || flows === undefined || problems.length > 0) throw new ContentError(problems.map(formatProblem).join('\n'));
  const missing = missingEnvironment(connectors, environment);
  if (missing.length > 0) {
    throw new ContentError(missing.map((name) => `connectors: the environment variable ${name} is not set; set it to the address or secret that the connector file asks for`).join('\n'));
  }
  return { centre, flows, prompts, connectors, incidents };
}

function yamlFiles(folder: string, kind: string): readonly (SourceFile & { readonly id: string })[] {
  return readdirSync(join(folder, kind))
    .filter((name) => /^[^.].*\.yaml$/.test(name) && !name.endsWith('.test.yaml'))
    .sort()
    .map((name) => ({ id: name.replace(/\.yaml$/, ''), name: `${kind}/${name}`, text: readFileSync(join(folder, kind, name), 'utf8') }));
}
