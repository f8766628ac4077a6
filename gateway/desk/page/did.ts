import type { CallContext } from '../../core/screen/context.js';
import { clock, queueName, words } from './format.js';
import { own } from './own.js';
import type { Texts } from './texts-en.js';

export interface Did {
  readonly text: string;
  readonly isDone: boolean;
}

type Wording = (parts: readonly string[], texts: Texts) => string;

const languageOf = (code: string, { caller }: Texts): string => (code === 'sv' || code === 'nb' || code === 'en' ? caller.language[code] : code);

/** What nodes note when they did what they are for. */
const DONE: readonly (readonly [RegExp, Wording])[] = [
  [/^hours \S+ → (\w+)$/, ([state = ''], { did }) => did.hours(own(did.states, state) ?? state)],
  [/^language (\w+)$/, ([code = ''], texts) => texts.did.language(languageOf(code, texts))],
  [/^receipt by (\w+)$/, ([channel = ''], { did }) => own(did.receipts, channel) ?? channel],
  [/^transfer$/, (_parts, { did }) => did.transfer],
  [/^left a message, (\d+) s$/, ([seconds = ''], { did }) => did.left(clock(Number(seconds) * 1_000))],
  [/^share of (\d+) %$/, ([percent = ''], { did }) => did.share(percent)],
  [/^not in the share of (\d+) %$/, ([percent = ''], { did }) => did.notInShare(percent)],
  [/^([\w-]+) → ([\w-]+)$/, ([flow = '', exit = ''], { did }) => `${words(flow)}: ${exitText(exit, did)}`],
];

/** What they note when they could not. */
const NOT_DONE: readonly (readonly [RegExp, Wording])[] = [
  [/^left no message$/, (_parts, { did }) => did.leftNone],
  [/^could not be recorded$/, (_parts, { did }) => did.unrecorded],
  [/ lacks |is missing or of the wrong type| (is|are) gone$|^no match where nothing|has no exit|^prompt could not be played$|may not be dialled$/, (_parts, { did }) => did.failed],
];

/** What a step of the caller's way came to, in the agent's language; text that the gateway does not write is shown as it is. */
export function didText({ did, queue }: CallContext['path'][number], texts: Texts): Did | null {
  if (did === undefined) return null;
  if (queue !== undefined) return { text: (did.startsWith('queue ') ? texts.did.queue : texts.did.callback)(queueName(queue, texts)), isDone: true };
  const operation = operationText(did, texts);
  if (operation !== null) return operation;
  const done = worded(did, DONE, texts);
  if (done !== null) return { text: done, isDone: true };
  const notDone = worded(did, NOT_DONE, texts);
  return { text: notDone ?? did, isDone: notDone === null };
}

/** `billing.extendInvoice → refused` as words (`Extend invoice: refused`), and whether it was done; null for anything else. */
export function operationText(did: string, texts: Texts): Did | null {
  const [, operation, exit] = /^(?:[\w-]+\.)+([\w-]+) → ([\w-]+)$/.exec(did) ?? [];
  if (operation === undefined || exit === undefined) return null;
  return exit === 'ok' ? { text: words(operation), isDone: true } : { text: `${words(operation)}: ${exitText(exit, texts.did)}`, isDone: false };
}

function worded(did: string, wordings: typeof DONE, texts: Texts): string | null {
  for (const [pattern, wording] of wordings) {
    const found = pattern.exec(did);
    if (found !== null) return wording(found.slice(1), texts);
  }
  return null;
}

const exitText = (exit: string, { exits }: Texts['did']): string => own(exits, exit) ?? words(exit).toLowerCase();
