import type { CallContext } from '../../core/screen/context.js';
import { queueName, words } from './format.js';
import type { Texts } from './texts-en.js';

export interface Did {
  readonly text: string;
  readonly isDone: boolean;
}

/** What a step of the caller's way came to, in the agent's language; text that the gateway does not write is shown as it is. */
export function didText({ did, queue }: CallContext['path'][number], texts: Texts): Did | null {
  if (did === undefined) return null;
  if (queue !== undefined) return { text: (did.startsWith('queue ') ? texts.did.queue : texts.did.callback)(queueName(queue, texts)), isDone: true };
  return operationText(did) ?? { text: did, isDone: true };
}

/** `billing.extendInvoice → refused` as words (`Extend invoice: refused`), and whether it was done. */
function operationText(did: string): Did | null {
  const call = /^(?:[\w-]+\.)*([\w-]+) → ([\w-]+)$/.exec(did);
  if (call?.[1] === undefined || call[2] === undefined) return null;
  const isDone = call[2] === 'ok';
  return { text: isDone ? words(call[1]) : `${words(call[1])}: ${words(call[2]).toLowerCase()}`, isDone };
}
