import { describe, expect, it } from 'vitest';
import { ConnectorEffects } from '../../gateway/app/connector-effects.js';
import type { CallEffect } from '../../gateway/core/call/call-effects.js';
import type { ConnectorOutcome } from '../../gateway/ports/connectors.js';
import { actorIn } from '../support/call-fakes.js';
import { FakeClock } from '../support/fake-clock.js';

const ASKED: Extract<CallEffect, { type: 'connector.call' }> = { type: 'connector.call', requestId: 'r', operation: 'billing.getInvoice', arguments: { invoice: '471100' }, idempotencyKey: 'k' };

describe('what a call asks of a back end', () => {
  it.each<[string, ConnectorOutcome, { level: string; message: string; fields: object }]>([
    ['came back', { exit: 'notFound', result: null, tookMs: 7 }, { level: 'info', message: 'connector returned', fields: { operation: 'billing.getInvoice', exit: 'notFound', tookMs: 7 } }],
    ['failed', { exit: 'error', result: null, why: 'status 500', tookMs: 7 }, { level: 'warn', message: 'connector failed', fields: { operation: 'billing.getInvoice', exit: 'error', why: 'status 500', tookMs: 7 } }],
  ])('is one line in the log of the call, which says how it %s', async (_how, outcome, line) => {
    const actor = actorIn('flow');
    await new ConnectorEffects({ connectors: { call: () => Promise.resolve(outcome) }, clock: new FakeClock() }).run(actor, ASKED);
    expect(actor.kept.lines).toMatchObject([line]);
    expect(actor.told).toMatchObject([{ type: 'connector.returned', requestId: 'r', exit: outcome.exit }]);
  });
});
