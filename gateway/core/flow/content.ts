import type { Flow } from './flow-schema.js';
import { LANGUAGES, type Language } from './flow-types.js';
import { MAX_PROMPT_CHARACTERS, type Content, type Prompt } from './prompt-schema.js';

/** The text of a knowledge source in one language; null while it is not known, which leaves the prompt's own text. */
export type TextOf = (content: Content, language: Language) => string | null;

/** What the flow and its parts take from a knowledge source, each once. */
export function contentsOf(flow: Flow): readonly { readonly content: Content; readonly language: Language }[] {
  const found = new Map<string, { readonly content: Content; readonly language: Language }>();
  for (const one of [flow, ...flow.subflows.values()]) {
    for (const { content, ...prompt } of one.prompts.values()) {
      if (content === undefined) continue;
      for (const language of LANGUAGES) if (prompt[language] !== undefined) found.set(contentKey(content, language), { content, language });
    }
  }
  return [...found.values()];
}

export const contentKey = ({ call, id }: Content, language: Language): string => `${call} ${id} ${language}`;

/** The flow with the texts of the knowledge source in place of its own. The same flow when it takes none from there. */
export function withContent(flow: Flow, textOf: TextOf): Flow {
  if (contentsOf(flow).length === 0) return flow;
  const filled = (one: Flow): Flow => ({ ...one, prompts: new Map([...one.prompts].map(([id, prompt]) => [id, fill(prompt, textOf)])) });
  return { ...filled(flow), subflows: new Map([...flow.subflows].map(([id, part]) => [id, filled(part)])) };
}

function fill(prompt: Prompt, textOf: TextOf): Prompt {
  const { content } = prompt;
  if (content === undefined) return prompt;
  const texts = LANGUAGES.flatMap((language) => {
    const text = prompt[language] === undefined ? null : textOf(content, language);
    return text === null ? [] : [[language, text] as const];
  });
  return { ...prompt, ...Object.fromEntries(texts) };
}

/**
 * A text as it came, made fit to be said; null when it is not: nothing in it, longer than a prompt may be, or with markup or slots, which
 * would be read out or filled.
 */
export function sayable(text: string): string | null {
  const said = text.replace(/\s+/g, ' ').trim();
  return said === '' || said.length > MAX_PROMPT_CHARACTERS || /[\p{C}<>]|\{\{|\}\}/u.test(said) ? null : said;
}
