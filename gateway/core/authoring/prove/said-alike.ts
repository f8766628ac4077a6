import type { Flow } from '../../flow/flow-schema.js';
import type { Language } from '../../flow/flow-types.js';
import { kindOf } from '../../flow/kinds/kinds.js';
import type { FlowNode } from '../../flow/node-schema.js';
import type { Prompt } from '../../flow/prompt-schema.js';
import { parseTemplate } from '../../flow/template.js';

/**
 * Whether what a node says is said, or cannot be said, alike in these languages: with the same slots, with words where the others have words,
 * and stopped by a key where they are. Callers of each language then go the same ways, and hear other words.
 */
export function isSaidAlike(flow: Flow, node: FlowNode, languages: readonly Language[]): boolean {
  return listsOf(flow, node).every(({ ids, isReceipt }) => {
    const prompts = ids.flatMap((id) => flow.prompts.get(id) ?? []);
    const [offering, plain] = [prompts.filter(({ offers }) => offers !== undefined), prompts.filter(({ offers }) => offers === undefined)];
    return plain.every((prompt) => isWrittenAlike(prompt, languages)) && (offering.length === 0 || (!isReceipt && areOffered(prompts, languages)));
  });
}

/** Prompts that are said in one go; of fillers one at a time. */
function listsOf(flow: Flow, node: FlowNode): readonly { readonly ids: readonly string[]; readonly isReceipt: boolean }[] {
  const kind = kindOf(node);
  const lists = new Map<string, string[]>();
  const single: string[] = [];
  for (const use of kind.uses(node)) {
    if (use.what !== 'prompt') continue;
    const place = use.path.join(' ');
    if (use.path[0] === 'filler') single.push(use.id);
    else lists.set(place, [...(lists.get(place) ?? []), use.id]);
  }
  if ((kind.role === 'acts' || kind.role === 'asks') && kind.back !== undefined) single.push(...flow.filler);
  return [...[...lists].map(([place, ids]) => ({ ids, isReceipt: place.startsWith('receipt') })), ...single.map((id) => ({ ids: [id], isReceipt: false }))];
}

/** Left out for one language, an offer must leave others that are said as it is, and need nothing itself. */
function areOffered(prompts: readonly Prompt[], languages: readonly Language[]): boolean {
  return (
    prompts.every(({ offers, bargeIn, ...texts }) => bargeIn === prompts[0]?.bargeIn && (offers === undefined || partsOf(texts[offers]) === WORDS_ONLY)) &&
    languages.every((language) => prompts.some(({ offers }) => offers !== language))
  );
}

function isWrittenAlike(prompt: Prompt, languages: readonly Language[]): boolean {
  const parts = languages.map((language) => partsOf(prompt[language]));
  return parts.every((one) => one !== null && one === parts[0]);
}

const WORDS_ONLY = 'words';

/** What a text is made of: whether it has words of its own, and its slots, in whatever order; null = there is no text. */
function partsOf(text: string | undefined): string | null {
  if (text === undefined) return null;
  const { parts } = parseTemplate(text);
  const slots = parts.flatMap((part) => (typeof part === 'string' ? [] : [`${part.path}|${part.filter}:${part.argument ?? ''}`]));
  const hasWords = parts.some((part) => typeof part === 'string' && part.trim() !== '');
  return [...(hasWords ? [WORDS_ONLY] : []), ...new Set(slots.sort())].join(' ');
}
