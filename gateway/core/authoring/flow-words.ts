import type { Flow } from '../flow/flow-schema.js';
import type { Language } from '../flow/flow-types.js';
import { WISH_SECONDS } from '../flow/kinds/agent-wish.js';
import { waysOf } from '../flow/lint-graph.js';
import type { Condition, FlowNode, KindName } from '../flow/node-schema.js';
import { parseTemplate } from '../flow/template.js';

/** What a kind of node is called where people read who do not write flows. */
const KINDS: Readonly<Record<KindName, string>> = {
  say: 'Says',
  menu: 'Offers a choice',
  collect: 'Asks for a number',
  confirm: 'Asks yes or no',
  connector: 'Asks a system',
  branch: 'Decides',
  set: 'Notes',
  language: 'Changes language',
  queue: 'Leads to a person',
  transfer: 'Transfers the call',
  hangup: 'Ends the call',
  consent: 'Asks for consent',
  survey: 'Asks how it went',
  identify: 'Finds out who calls',
  hours: 'Looks at the clock',
  incident: 'Tells what is wrong just now',
  share: 'Splits callers',
  subflow: 'Goes into another flow',
  return: 'Comes back',
  record: 'Records a message',
  callback: 'Books a callback',
};

export const kindWords = (node: FlowNode): string => KINDS[node.do];

export const LANGUAGE_WORDS: Readonly<Record<Language, string>> = { sv: 'Swedish', nb: 'Norwegian', en: 'English' };

/** What a node is called: its id as words. */
export const nodeTitle = (flow: Flow, id: string): string => {
  const node = flow.nodes.get(id);
  return node?.do === 'language' && node.to !== undefined ? `Change to ${LANGUAGE_WORDS[node.to]}` : titleOf(id);
};

/** Where a way leads past nodes that only note a value, which nobody who listens notices; and what they note. */
export function pastNotes(flow: Flow, id: string): { readonly to: string; readonly noted: string } {
  const node = flow.nodes.get(id);
  if (node?.do !== 'set') return { to: id, noted: '' };
  const own = Object.entries(node.values).map(([name, value]) => `${labelOf(flow, name)}: ${String(value)}`);
  const { to, noted } = pastNotes(flow, node.next);
  return { to, noted: [...own, noted].filter((part) => part !== '').join(', ') };
}

/** `ask-invoice` → `Ask invoice` */
export const titleOf = (id: string): string => `${id.slice(0, 1).toUpperCase()}${id.slice(1).replaceAll('-', ' ')}`;

/** `billing.getInvoice` → `Billing: get invoice` */
export function operationWords(operation: string): string {
  const [file = '', name = ''] = operation.split('.');
  return `${titleOf(file)}: ${name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)}`;
}

/** `, first for anna (30 seconds)`: whom the caller is to reach first; empty where it does not matter. */
export function wishWords(flow: Flow, { agent, agentForSeconds = WISH_SECONDS }: { readonly agent?: string | undefined; readonly agentForSeconds?: number | undefined }): string {
  if (agent === undefined) return '';
  const who = agent === 'last' ? 'whoever spoke to the customer last' : agent.startsWith('$') ? labelOf(flow, agent.slice(1)) : agent;
  return `, for ${agentForSeconds} seconds only for ${who}`;
}

/** What a node says of itself, prompt by prompt; values that only a call knows stand in brackets. */
export function wordsOf(flow: Flow, node: FlowNode, language: Language): readonly string[] {
  if (node.do === 'survey') return node.questions.flatMap(({ prompt }) => promptWords(flow, prompt, language));
  if (node.do === 'callback') return promptWords(flow, [...node.prompt, ...node.enter], language);
  if (node.do === 'record') return promptWords(flow, [...node.prompt, ...(node.review?.prompt ?? [])], language);
  return 'prompt' in node && node.prompt !== undefined ? promptWords(flow, node.prompt, language) : [];
}

/** Prompts as they are heard by a caller of that language. */
export function promptWords(flow: Flow, ids: readonly string[], language: Language): readonly string[] {
  return ids.flatMap((id) => {
    const prompt = flow.prompts.get(id);
    if (prompt === undefined || prompt.offers === language) return [];
    const text = prompt[prompt.offers ?? language];
    return text === undefined ? [] : [withLabels(flow, text)];
  });
}

function withLabels(flow: Flow, text: string): string {
  return parseTemplate(text).parts.map((part) => (typeof part === 'string' ? part : `[${labelOf(flow, part.path)}]`)).join('');
}

/** The label that agents see, or the name in words. */
export function labelOf(flow: Flow, path: string): string {
  const [head = '', field = ''] = path.split('.');
  const variable = flow.vars.get(head);
  const label = variable === undefined ? undefined : variable.type === 'record' ? variable.fields[field]?.label : variable.label;
  if (label !== undefined) {
    const named = label.toLowerCase();
    // Two records may both have a "customer": it says whose.
    return variable?.type !== 'record' || named.startsWith(head) ? named : `${head} ${named}`;
  }
  if (head === 'call') return { ani: "the caller's number", dnis: 'the number called' }[field] ?? 'the call';
  if (head === 'hours') return { opensOn: 'the day we open', opensAt: 'the time we open', closesAt: 'the time we close' }[field] ?? 'whether it is open';
  if (head === 'incidents') return 'number of incidents told';
  if (head === 'visits') return `number of visits to “${titleOf(field)}”`;
  return `${head} ${field}`.trim().replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

const COMPARISONS: readonly (readonly [keyof Condition, string])[] = [
  ['is', 'is'],
  ['isNot', 'is not'],
  ['in', 'is one of'],
  ['startsWith', 'begins with'],
  ['lessThan', 'is less than'],
  ['atMost', 'is at most'],
  ['moreThan', 'is more than'],
  ['atLeast', 'is at least'],
];

/** `status is paid` */
export function conditionWords(flow: Flow, condition: Condition): string {
  const left = labelOf(flow, condition.value.slice(1));
  const written = (value: unknown): string => (typeof value === 'string' && value.startsWith('$') ? labelOf(flow, value.slice(1)) : Array.isArray(value) ? value.map(written).join(', ') : String(value));
  const known = condition.isSet === undefined ? [] : [`${left} is ${condition.isSet ? '' : 'not '}known`];
  return [...known, ...COMPARISONS.flatMap(([name, words]) => (condition[name] === undefined ? [] : [`${left} ${words} ${written(condition[name])}`]))].join(' and ');
}

/** A way out of a node in words. */
export interface WayInWords {
  readonly to: string;
  /** What leads this way: `1`, `ok`, `status is paid`, `no key`; empty = simply on. */
  readonly when: string;
  /** Keys that are pressed, apart from what happens to callers who press none or a wrong one. */
  readonly kind: 'key' | 'noAnswer' | 'other';
}

/** Every way out of a node, in the order of the file. */
export function waysInWords(flow: Flow, node: FlowNode): readonly WayInWords[] {
  return waysOf(node).map(({ to, path }) => {
    const [head = '', second = ''] = path;
    const other = (when: string): WayInWords => ({ to, when, kind: 'other' });
    if (head === 'keys') return { to, when: String(second), kind: 'key' };
    if (head === 'noInput' || head === 'noMatch') return { to, when: head === 'noInput' ? 'no key' : 'wrong key', kind: 'noAnswer' };
    if ((node.do === 'confirm' || node.do === 'consent') && (head === 'yes' || head === 'no')) return { to, when: `${node.keys[head]} (${head})`, kind: 'key' };
    if (head === 'exits') return other(String(second).replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`));
    if (node.do === 'record' && head !== 'next') return other(head === 'empty' ? 'nothing said' : 'cannot be recorded');
    if (node.do === 'callback') return { to, when: head === 'confirmed' ? node.keys.confirm : node.keys.refuse, kind: 'key' };
    if (node.do === 'branch' && head === 'when') return other(node.when[Number(second)] === undefined ? '' : conditionWords(flow, node.when[Number(second)] as Condition));
    return other(head === 'next' ? '' : head === 'else' ? 'otherwise' : path.join(' '));
  });
}
