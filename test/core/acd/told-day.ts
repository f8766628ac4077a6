import { FigureFold } from '../../../gateway/core/acd/figure-fold.js';
import type { AgentFigures, QueueFigures } from '../../../gateway/core/acd/figures.js';
import type { QueueFact } from '../../../gateway/core/acd/queue-fact.js';

/** A fact without its id. */
export type Open = QueueFact extends infer F ? (F extends QueueFact ? Omit<F, 'v' | 'id'> : never) : never;
export const DAY = 20_000 * 86_400_000;
export const S = 1_000;

/** Facts of a day, told one by one in seconds, and their figures. */
export class Day {
  readonly fold = new FigureFold();
  private count = 0;

  tell(...facts: readonly Open[]): this {
    for (const fact of facts) this.fold.observe({ v: 1, id: `f${(this.count += 1)}`, ...fact, at: DAY + fact.at } as QueueFact);
    return this;
  }

  arrives(callId: string, atS: number, isReturning = false): this {
    return this.tell({ type: 'call.arrived', at: atS * S, callId, queue: 'q', needs: [], asked: [], band: 100, askedBand: null, isReturning });
  }

  answered(callId: string, atS: number, waitS: number, agentId = 'anna'): this {
    return this.tell({ type: 'call.answered', at: atS * S, callId, offerId: `o-${callId}`, agentId, queue: 'q', waitMs: waitS * S }, { type: 'agent.changed', at: atS * S, agentId, phase: 'talking', reason: null });
  }

  over(callId: string, atS: number, talkS: number, agentId = 'anna'): this {
    return this.tell({ type: 'call.completed', at: atS * S, callId, agentId, queue: 'q', talkMs: talkS * S, holdMs: 0 }, { type: 'agent.changed', at: atS * S, agentId, phase: 'wrapUp', reason: null });
  }

  opens(callId: string, atS: number, agentId = 'anna'): this {
    return this.tell({ type: 'call.answered', at: atS * S, channel: 'chat', callId, offerId: `o-${callId}`, agentId, queue: 'q', waitMs: 0 });
  }

  closes(callId: string, atS: number, agentId = 'anna'): this {
    return this.tell({ type: 'call.completed', at: atS * S, channel: 'chat', callId, agentId, queue: 'q', talkMs: S, holdMs: 0 });
  }

  abandoned(callId: string, atS: number, waitS: number): this {
    return this.tell({ type: 'call.abandoned', at: atS * S, callId, queue: 'q', waitMs: waitS * S });
  }

  cutOff(callId: string, atS: number, waitS: number): this {
    return this.tell({ type: 'call.abandoned', at: atS * S, callId, queue: 'q', waitMs: waitS * S, isCutOff: true });
  }

  anna(phase: Extract<Open, { type: 'agent.changed' }>['phase'], atS: number): this {
    return this.tell({ type: 'agent.changed', at: atS * S, agentId: 'anna', phase, reason: null });
  }

  figures(nowS: number, span = { from: 0, to: 86_400_000 }) {
    return this.fold.figures({ from: DAY + span.from, to: DAY + span.to }, DAY + nowS * S);
  }

  queue(nowS = 1_000): QueueFigures {
    const [queue] = this.figures(nowS).queues;
    if (queue === undefined) throw new Error('no queue');
    return queue;
  }

  agent(nowS: number): AgentFigures {
    const [agent] = this.figures(nowS).agents;
    if (agent === undefined) throw new Error('no agent');
    return agent;
  }
}
