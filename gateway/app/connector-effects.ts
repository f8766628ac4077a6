import type { CallEffect } from '../core/call/call-effects.js';
import type { CallId } from '../core/ids.js';
import type { Clock } from '../ports/clock.js';
import type { Connectors } from '../ports/connectors.js';
import type { CallActor } from './call-actor.js';

/** The customer's own systems. A call that ended does not stop a request that may already be done: the caller asked for it. */
export class ConnectorEffects {
  private readonly running = new Map<CallId, Set<AbortController>>();

  constructor(private readonly options: { readonly connectors: Connectors; readonly clock: Clock }) {}

  async run(actor: CallActor, effect: Extract<CallEffect, { type: 'connector.call' }>): Promise<void> {
    const { connectors, clock } = this.options;
    const abort = new AbortController();
    const own = this.running.get(actor.callId) ?? new Set();
    this.running.set(actor.callId, own.add(abort));
    const outcome = await connectors.call({ operation: effect.operation, arguments: effect.arguments, idempotencyKey: effect.idempotencyKey }, abort.signal);
    own.delete(abort);
    if (own.size === 0) this.running.delete(actor.callId);
    const { exit, tookMs, why } = outcome;
    if (why === undefined) actor.log.info({ operation: effect.operation, exit, tookMs }, 'connector returned');
    else actor.log.warn({ operation: effect.operation, exit, tookMs, why }, 'connector failed');
    actor.dispatch({ type: 'connector.returned', at: clock.now(), requestId: effect.requestId, exit: outcome.exit, result: outcome.result });
  }

  close(): void {
    for (const own of this.running.values()) for (const abort of own) abort.abort();
  }
}
