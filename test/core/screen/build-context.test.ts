import { describe, expect, it } from 'vitest';
import type { FlowSummary } from '../../../gateway/core/flow/flow-types.js';
import { brand, type CallId, type OfferId, type QueueId } from '../../../gateway/core/ids.js';
import { summaryBefore } from '../../../gateway/core/flow/summarise.js';
import { buildCallContext, type ContextPieces } from '../../../gateway/core/screen/build-context.js';
import { callContextSchema } from '../../../gateway/core/screen/context.js';

const NOW = Date.UTC(2026, 10, 22, 9);
const FLOW: FlowSummary = {
  ...summaryBefore({ flowId: 'f', version: 'v', language: 'nb' }),
  statedReason: 'invoice.extension',
  shown: { invoice: '471100', dueDate: '4 December' },
  customer: { id: '1001', name: 'Anna', confidence: 'entered' },
  path: [{ at: NOW - 9, node: 'menu', said: 'Tast 1', entered: '1' }, { at: NOW - 8, node: 'extend', did: 'billing.extendInvoice → refused' }],
};
const pieces = (changes: Partial<ContextPieces> = {}): ContextPieces => ({
  callId: brand<CallId>('c'),
  offerId: brand<OfferId>('o'),
  queue: { id: brand<QueueId>('billing'), name: 'Billing' },
  ani: '0046 70 123 45 67',
  flow: FLOW,
  queueOf: (id) => ({ id, name: `The ${id} line` }),
  otherCalls: 0,
  queuedAt: NOW - 30_000,
  now: NOW,
  thread: [{ id: 't', at: '2026-11-21T09:00:00Z', channel: 'chat', summary: 's', reason: null, result: null, agent: null, note: null }],
  ...changes,
});

describe('the context of a call', () => {
  it.each(['queue billing', 'callback from billing'])('names the queue that a step leads to: %s', (did) => {
    const { path } = buildCallContext(pieces({ flow: { ...FLOW, path: [{ at: NOW, node: 'to-person', did }, { at: NOW, node: 'extend', did: 'billing.extendInvoice → ok' }] } }));
    expect(path.map(({ queue }) => queue)).toEqual([{ id: 'billing', name: 'The billing line' }, undefined]);
  });

  it('has caller, reason, values, path, wait and thread', () => {
    const context = buildCallContext(pieces());
    expect(callContextSchema.parse(context)).toEqual(context);
    expect(context).toMatchObject({
      callId: 'c',
      offerId: 'o',
      caller: { number: '+46701234567', customer: { name: 'Anna', confidence: 'entered' }, language: 'nb' },
      statedReason: 'invoice.extension',
      shown: [
        { label: 'invoice', value: '471100' },
        { label: 'dueDate', value: '4 December' },
      ],
      path: FLOW.path,
      waitMs: 30_000,
      thread: [{ id: 't' }],
      isThreadComplete: true,
    });
  });

  it('says that the history is missing, which is not the same as an empty history', () => {
    expect(buildCallContext(pieces({ thread: null }))).toMatchObject({ thread: [], isThreadComplete: false });
    expect(buildCallContext(pieces({ thread: [] }))).toMatchObject({ thread: [], isThreadComplete: true });
  });

  it('never shows a negative wait, whatever two clocks say', () => {
    expect(buildCallContext(pieces({ queuedAt: NOW + 5_000 })).waitMs).toBe(0);
  });

  it('shows an unknown caller as unknown', () => {
    const { caller } = buildCallContext(pieces({ ani: 'anonymous', flow: { ...FLOW, customer: null } }));
    expect(caller).toEqual({ number: null, customer: null, language: 'nb' });
  });

  it('stays below 64 KB for a caller who walked in circles, and keeps the newest steps', () => {
    const path = Array.from({ length: 2_000 }, (_, index) => ({ at: NOW + index, node: 'menu', said: 'ö'.repeat(2_000), entered: '1' }));
    const thread = Array.from({ length: 200 }, (_, index) => ({ id: `t${index}`, at: '2026-11-21T09:00:00Z', channel: 'chat' as const, summary: 's'.repeat(2_000), reason: null, result: null, agent: null, note: 'n'.repeat(4_000) }));
    const shown = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`label ${index}`, 'v'.repeat(900)]));
    const context = buildCallContext(pieces({ flow: { ...FLOW, path, shown }, thread }));
    expect(Buffer.byteLength(JSON.stringify(context))).toBeLessThan(120_000);
    expect(context.path.at(-1)?.at).toBe(NOW + 1_999);
    expect(context.path[0]?.said?.endsWith('…')).toBe(true);
  });
});
