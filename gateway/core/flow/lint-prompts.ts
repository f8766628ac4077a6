import { meantBy, oneOf } from '../meant.js';
import type { Flow, FlowFile } from './flow-schema.js';
import type { Language } from './flow-types.js';
import { kindOf } from './kinds/kinds.js';
import type { FlowLibrary } from './library.js';
import type { Finding, Path } from './problem.js';
import type { Prompt } from './prompt-schema.js';
import { isSecret } from './secrecy.js';
import { argumentPath, filterReads, FILTER_NAMES, parseTemplate, type Slot } from './template.js';
import { declaredType } from './variables.js';

/** Prompts that do not exist, that lack a language, or whose slots cannot be filled. */
export function lintPrompts(flow: Flow, file: FlowFile, library: FlowLibrary): readonly Finding[] {
  const used = new Set<string>();
  const unknown = usesOf(flow).flatMap(({ promptId, path }) => {
    used.add(promptId);
    return flow.prompts.has(promptId) || library.lacksPrompts === true ? [] : [{ path, what: `the prompt "${promptId}" does not exist`, fix: meantBy(promptId, flow.prompts.keys()) === undefined ? 'add it under prompts or correct the name' : oneOf(promptId, flow.prompts.keys()) }];
  });
  // Shared prompts are checked where they are used: they may speak of variables that only some flows have.
  const own = [...used].flatMap((promptId) => {
    const prompt = flow.prompts.get(promptId);
    const isOwn = Object.hasOwn(file.prompts, promptId);
    const named = { promptId, prompt, path: isOwn ? ['prompts', promptId] : [] };
    return prompt === undefined ? [] : [...lintPrompt(flow, { ...named, prompt }), ...lintContent({ ...named, prompt }, library)];
  });
  const idle = Object.keys(file.prompts).filter((promptId) => !used.has(promptId)).map((promptId) => ({ path: ['prompts', promptId], what: `the prompt "${promptId}" is never said`, fix: 'use it or remove it' }));
  return [...unknown, ...own, ...idle];
}

interface Said {
  readonly promptId: string;
  readonly path: Path;
}

function usesOf(flow: Flow): readonly Said[] {
  const fillers = flow.filler.map((promptId) => ({ promptId, path: ['filler'] }));
  const ofNodes = [...flow.nodes].flatMap(([id, node]) => kindOf(node).uses(node).flatMap((use) => (use.what === 'prompt' ? [{ promptId: use.id, path: ['nodes', id, ...use.path] }] : [])));
  return [...fillers, ...ofNodes];
}

interface Named {
  readonly promptId: string;
  readonly prompt: Prompt;
  /** Where it stands in this file; empty for a shared one. */
  readonly path: readonly string[];
}

function lintPrompt(flow: Flow, { promptId, prompt, path }: Named): readonly Finding[] {
  const needed: readonly Language[] = prompt.offers === undefined ? flow.languages : [prompt.offers];
  const missing = needed
    .filter((language) => prompt[language] === undefined)
    .map((language) => ({ path, what: `the prompt "${promptId}" has no text in ${language}`, fix: `add \`${language}:\`` }));
  const slots = needed.flatMap((language) => {
    const text = prompt[language];
    const at = path.length === 0 ? [] : [...path, language];
    return text === undefined ? [] : lintText(flow, text, { at, of: `the prompt "${promptId}"` });
  });
  return [...missing, ...slots];
}

/** A text of a knowledge source: the operation that fetches it takes its id and language and answers with it. */
function lintContent({ promptId, prompt, path }: Named, { operations }: FlowLibrary): readonly Finding[] {
  const { content } = prompt;
  if (content === undefined) return [];
  const at = path.length === 0 ? [] : [...path, 'content'];
  if (prompt.files !== undefined) return [{ path: at, what: `the prompt "${promptId}" has recorded files and a knowledge source`, fix: 'keep one of them: a recording does not change with the source' }];
  if (operations === undefined) return [];
  const operation = operations.get(content.call);
  if (operation === undefined) return [{ path: at, what: `no connector file declares "${content.call}"`, fix: oneOf(content.call, operations.keys()) }];
  const wanted = ['id', 'language'];
  const isFit = operation.arguments.length === wanted.length && wanted.every((name) => operation.arguments.includes(name)) && operation.fields?.includes('text') !== false;
  return isFit ? [] : [{ path: at, what: `"${content.call}" does not fetch texts`, fix: 'name an operation with the arguments id and language that answers with text' }];
}

/** Slots of a template: known variable, known filter, fitting type, nothing secret. */
export function lintText(flow: Flow, text: string, where: { readonly at: Path; readonly of: string }): readonly Finding[] {
  const { parts, bad } = parseTemplate(text);
  const malformed = bad.map((piece) => ({ path: where.at, what: `${where.of} holds "${piece}", which is no slot`, fix: 'write {{variable}} or {{variable|filter}}' }));
  return [...malformed, ...parts.flatMap((part) => (typeof part === 'string' ? [] : lintSlot(flow, part, where)))];
}

function lintSlot(flow: Flow, slot: Slot, { at, of }: { readonly at: Path; readonly of: string }): readonly Finding[] {
  const type = declaredType(flow, slot.path);
  if (type === null) return [{ path: at, what: `${of} speaks of "${slot.path}", which is not declared`, fix: 'declare it under vars or correct the name' }];
  if (isSecret(flow, slot.path)) return [{ path: at, what: `${of} would say the secret "${slot.path}"`, fix: 'leave it out: what is said is shown to agents and kept. A value that was taken over from a secret is one too' }];
  const reads = filterReads(slot.filter);
  if (reads === null) return [{ path: at, what: `there is no filter "${slot.filter}"`, fix: oneOf(slot.filter, FILTER_NAMES) }];
  if (!reads.includes(type)) return [{ path: at, what: `the filter "${slot.filter}" cannot read "${slot.path}", which is of type ${type}`, fix: `it reads ${reads.join(', ')}` }];
  const argument = argumentPath(slot);
  if (argument !== null && declaredType(flow, argument) === null) return [{ path: at, what: `${of} takes the currency from "${argument}", which is not declared`, fix: 'declare it, or write a code such as SEK' }];
  return [];
}
