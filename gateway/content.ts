import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConnectorFile, missingEnvironment, operationsOf, type ConnectorFile } from './adapters/connectors/connector-file.js';
import { loadContactCentre } from './core/acd/load-contact-centre.js';
import type { ContactCentre } from './core/acd/contact-centre.js';
import type { Flow, Prompt } from './core/flow/flow-schema.js';
import { loadFlow, loadPrompts } from './core/flow/load.js';
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

/** Reads and checks a folder of flows as a whole. Throws ContentError with the faults of all files. */
export function readContent(folder: string, environment: NodeJS.ProcessEnv): Content {
  const problems: Problem[] = [];
  const all = <T>(kind: string, load: (text: string, file: string) => { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problems: readonly Problem[] }) => {
    const found = new Map<string, T>();
    for (const file of yamlFiles(join(folder, kind))) {
      const loaded = load(readFileSync(file.path, 'utf8'), `${kind}/${file.name}`);
      if (loaded.ok) found.set(file.id, loaded.value);
      else problems.push(...loaded.problems);
    }
    return found;
  };
  const prompts = new Map([...all('prompts', loadPrompts).values()].flatMap((file) => [...file]));
  const connectors = all('connectors', loadConnectorFile);
  const operations = operationsOf(connectors);
  const first = all('flows', (text, file) => loadFlow(text, file, { prompts, operations }));
  const centreName = 'contact-centre.yaml';
  const centre = loadContactCentre(readFileSync(join(folder, centreName), 'utf8'), centreName, { flows: new Set(yamlFiles(join(folder, 'flows')).map((file) => file.id)), prompts: new Set(prompts.keys()) });
  if (!centre.ok) problems.push(...centre.problems);
  if (problems.length > 0 || !centre.ok) throw new ContentError(problems.map(formatProblem).join('\n'));
  const queues = new Set<string>(centre.value.queues.keys());
  const flows = all('flows', (text, file) => loadFlow(text, file, { prompts, operations, queues }));
  if (problems.length > 0) throw new ContentError(problems.map(formatProblem).join('\n'));
  const missing = missingEnvironment(connectors, environment);
  if (missing.length > 0) throw new ContentError(missing.map((name) => `connectors: the environment variable ${name} is not set; set it to the address or secret that the connector file asks for`).join('\n'));
  return { centre: centre.value, flows: flows.size > 0 ? flows : first, prompts, connectors };
}

function yamlFiles(folder: string): readonly { readonly id: string; readonly name: string; readonly path: string }[] {
  return readdirSync(folder)
    .filter((name) => /^[^.].*\.yaml$/.test(name) && !name.endsWith('.test.yaml'))
    .sort()
    .map((name) => ({ id: name.replace(/\.yaml$/, ''), name, path: join(folder, name) }));
}
