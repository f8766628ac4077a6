import type { OverflowRule, OverflowRules, OverflowTarget } from './queue-config.js';
import { channelOf, isServedBy } from './skills.js';
import type { QueueSnapshot } from './queue-types.js';

/** What the rules look at, for one caller at one moment. */
export interface QueueFacts {
  readonly isOpen: boolean;
  /** Agents signed in, ready or not, who can serve the caller now or after a relaxation. */
  readonly able: number;
  /** Callers who wait in the same queue, this one not counted. */
  readonly waiting: number;
  /** Null where no estimate is to be trusted: then it decides nothing. */
  readonly estimateMs: number | null;
  readonly waitedMs: number;
  /** Whether the caller waits already, or is about to. */
  readonly isWaiting: boolean;
}

export interface Overflow {
  readonly rule: OverflowRule;
  readonly to: OverflowTarget;
}

/**
 * The first rule that applies, in this order: closed, nobody, length, estimate, wait. The first four decide about a caller who comes;
 * whoever waits already stays, but for `wait`, and for `closed` where the queue says so.
 */
export function overflowOf(rules: OverflowRules, facts: QueueFacts): Overflow | null {
  const { closed, nobody, length, estimate, wait } = rules;
  const comes = !facts.isWaiting;
  if (closed && !facts.isOpen && (comes || closed.waiting === 'leave')) return { rule: 'closed', to: closed.to };
  if (nobody && comes && facts.able === 0) return { rule: 'nobody', to: nobody.to };
  if (length && comes && facts.waiting >= length.over) return { rule: 'length', to: length.to };
  if (estimate && comes && facts.estimateMs !== null && facts.estimateMs > estimate.overSeconds * 1_000) return { rule: 'estimate', to: estimate.to };
  if (wait && facts.waitedMs >= wait.overSeconds * 1_000) return { rule: 'wait', to: wait.to };
  return null;
}

/** Agents signed in who may serve any of the signatures (canonical texts). */
export function ableAgents({ pools }: QueueSnapshot, signatures: readonly string[]): number {
  return pools.filter((pool) => signatures.some((signature) => isServedBy(signature, pool.text))).reduce((sum, pool) => sum + pool.notReady + pool.working, 0);
}

/** Callers who wait in a queue, also those who wait for one agent first. Its chats, e-mails and cases wait for other seats. */
export function waitingIn({ lines }: QueueSnapshot, queue: string): number {
  return lines.filter((line) => line.queue === queue && (line.text === '' || channelOf(line.text) === 'voice')).reduce((sum, line) => sum + line.waiting, 0);
}
