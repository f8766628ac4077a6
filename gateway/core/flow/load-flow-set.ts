import type { Flow } from './flow-schema.js';
import type { Language } from './flow-types.js';
import type { FlowLibrary } from './library.js';
import { loadFlow, loadPrompts, type Loaded } from './load.js';
import type { Problem } from './problem.js';
import type { Prompt } from './prompt-schema.js';

export interface SourceFile {
  /** As it is to be named to the author, such as `ivr-flows/flows/invoice-extension.yaml`. */
  readonly name: string;
  readonly text: string;
}

/** Loads all flows with the prompts they share. All problems of all files come together; with any, nothing is loaded. */
export function loadFlowSet(sources: { readonly flows: readonly SourceFile[]; readonly prompts: readonly SourceFile[] }, library: Omit<FlowLibrary, 'prompts'> = {}): Loaded<ReadonlyMap<string, Flow>> {
  const problems: Problem[] = [];
  const prompts = new Map<string, Prompt>();
  for (const { name, text } of sources.prompts) {
    const loaded = loadPrompts(text, name);
    if (!loaded.ok) problems.push(...loaded.problems);
    else for (const [id, prompt] of loaded.value) addOnce(prompts, { id, prompt, file: name }, problems);
  }
  const flows = new Map<string, Flow>();
  for (const { name, text } of sources.flows) {
    const loaded = loadFlow(text, name, { ...library, prompts });
    if (loaded.ok) flows.set(loaded.value.id, loaded.value);
    else problems.push(...loaded.problems);
  }
  return problems.length === 0 ? { ok: true, value: flows } : { ok: false, problems };
}

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
