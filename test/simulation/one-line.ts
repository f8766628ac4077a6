import TinyQueue from 'tinyqueue';
import type { SimulatedCall } from '../../gateway/app/queue-simulation.js';

/** How a call's wait ended, and after how long. */
export interface Waited {
  readonly callId: string;
  readonly isAnswered: boolean;
  readonly waitMs: number;
}

interface Agent {
  readonly freeAt: number;
  readonly talkBegan: number;
}

/**
 * What becomes of callers in one line before agents who are all alike, without a queue and without events: callers meet agents in the order
 * in which they came, so each gets the agent who is free first, unless their patience ends before. Of two things in the same millisecond
 * the one that was known first happens first, as in the simulation.
 */
export function* oneLine(calls: Iterable<SimulatedCall>, agents: number): Iterable<Waited> {
  const free = new TinyQueue<Agent>(Array.from({ length: agents }, () => ({ freeAt: -Infinity, talkBegan: -Infinity })), (a, b) => a.freeAt - b.freeAt || a.talkBegan - b.talkBegan);
  for (const { callId, at, patienceMs, talkMs } of calls) {
    const next = free.peek();
    if (next === undefined) throw new Error('no agents');
    const waitMs = Math.max(0, next.freeAt - at);
    const patience = patienceMs ?? Infinity;
    if (waitMs > patience || (waitMs > 0 && waitMs === patience && next.talkBegan > at)) {
      yield { callId, isAnswered: false, waitMs: patience };
      continue;
    }
    free.pop();
    free.push({ freeAt: at + waitMs + talkMs, talkBegan: at + waitMs });
    yield { callId, isAnswered: true, waitMs };
  }
}
