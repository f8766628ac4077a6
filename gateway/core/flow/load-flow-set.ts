import type { Flow } from './flow-schema.js';
import type { Language } from './flow-types.js';
import type { FlowLibrary } from './library.js';
import { finishFlow, flowIdOf, loadPrompts, parseFlow, type Loaded, type ParsedFlow } from './load.js';
import type { Finding, Problem } from './problem.js';
import type { Prompt } from './prompt-schema.js';

export interface SourceFile {
  /** As it is to be named to the author, such as `ivr-flows/flows/invoice-extension.yaml`. */
  readonly name: string;
  readonly text: string;
}

/** Loads all flows with the prompts they share. All problems of all files come together; with any, nothing is loaded. */
export function loadFlowSet(sources: { readonly flows: readonly SourceFile[]; readonly prompts: readonly SourceFile[] }, library: Omit<FlowLibrary, 'prompts' | 'lacksPrompts'> = {}): Loaded<ReadonlyMap<string, Flow>> {
  const problems: Problem[] = [];
  const prompts = new Map<string, Prompt>();
  let lacksPrompts = false;
  for (const { name, text } of sources.prompts) {
    const loaded = loadPrompts(text, name);
    if (loaded.ok) for (const [id, prompt] of loaded.value) addOnce(prompts, { id, prompt, file: name }, problems);
    else {
      lacksPrompts = true;
      problems.push(...loaded.problems);
    }
  }
  const faulty = new Set<string>();
  const flows = finishAll(parseAll(sources.flows, { problems, faulty }), { ...library, prompts, lacksPrompts, faulty }, { problems, faulty });
  return problems.length === 0 ? { ok: true, value: flows } : { ok: false, problems };
}

/** What is wrong, and the flows that it is in. */
interface Faults {
  readonly problems: Problem[];
  readonly faulty: Set<string>;
}

function parseAll(sources: readonly SourceFile[], { problems, faulty }: Faults): readonly ParsedFlow[] {
  return sources.flatMap(({ name, text }) => {
    const parsed = parseFlow(text, name);
    if (parsed.ok) return [parsed.value];
    problems.push(...parsed.problems);
    faulty.add(flowIdOf(name));
    return [];
  });
}

/** Finishes the flows, parts before those that they are parts of. */
function finishAll(parsed: readonly ParsedFlow[], library: FlowLibrary, { problems, faulty }: Faults): ReadonlyMap<string, Flow> {
  const flows = new Map<string, Flow>();
  let left = [...parsed];
  while (left.length > 0) {
    const waiting = new Set(left.map(({ id }) => id));
    const ready = left.filter(({ parts }) => ![...parts].some((part) => waiting.has(part)));
    for (const one of ready) {
      const finished = finishFlow(one, { ...library, flows });
      if (finished.ok) flows.set(finished.value.id, finished.value);
      else {
        problems.push(...finished.problems);
        faulty.add(one.id);
      }
    }
    if (ready.length === 0) {
      problems.push(...left.flatMap((one) => one.problemsOf(circles(one, waiting))));
      return flows;
    }
    left = left.filter((one) => !ready.includes(one));
  }
  return flows;
}

/** Flows that are parts of each other would never end. */
const circles = (flow: ParsedFlow, waiting: ReadonlySet<string>): readonly Finding[] =>
  Object.entries(flow.file.nodes).flatMap(([id, node]) =>
    node.do === 'subflow' && waiting.has(node.flow) ? [{ path: ['nodes', id, 'flow'], what: `"${node.flow}" has, by way of its parts, a flow as a part that it is a part of itself`, fix: 'break the circle: return to the flow above instead' }] : [],
  );

function addOnce(prompts: Map<string, Prompt>, found: { readonly id: string; readonly prompt: Prompt; readonly file: string }, problems: Problem[]): void {
  const { id, prompt, file } = found;
  if (prompts.has(id)) problems.push({ file, line: 0, column: 0, node: null, what: `the prompt "${id}" is in another file too`, fix: 'keep one of them' });
  prompts.set(id, prompt);
}

/** What a flow says that depends on no value: can be rendered before the first call. */
export function wordsToWarm(flow: Flow): readonly { readonly language: Language; readonly text: string }[] {
  return [...flow.prompts.values()].flatMap((prompt) => {
    const languages = prompt.offers === undefined ? flow.languages : [prompt.offers];
    return languages.flatMap((language) => {
      const text = prompt[language];
      return text === undefined || text.includes('{{') || prompt.files?.[language] !== undefined ? [] : [{ language, text }];
    });
  });
}
