import { describe, expect, it } from 'vitest';
import type { FlowSummary } from '../../../gateway/core/flow/flow-types.js';
import { brand, type CallId, type CustomerId } from '../../../gateway/core/ids.js';
import { interactionSchema } from '../../../gateway/core/thread/interaction.js';
import { summaryBefore } from '../../../gateway/core/flow/summarise.js';
import { entryOf } from '../../../gateway/core/thread/entry.js';
import type { Told } from '../../../gateway/core/thread/told.js';
import { callNoteInteraction, phoneCallInteraction, type PhoneCallRecord } from '../../../gateway/core/thread/phone-call.js';

const AT = Date.UTC(2026, 10, 22, 9);

const BILLING = { id: 'billing', name: 'Billing', names: { sv: 'Fakturor', nb: 'Faktura', en: 'Billing' } };

const SOLVED = { sv: 'Löst', nb: 'Løst', en: 'Solved' };

const flow = (changes: Partial<FlowSummary> = {}): FlowSummary => ({
  ...summaryBefore({ flowId: 'invoice-extension', version: 'abc', language: 'sv' }),
  statedReason: 'invoice.extension',
  shown: {},
  customer: { id: '1001', name: 'Anna Lindqvist', confidence: 'entered' },
  path: [
    { at: AT + 1_000, node: 'menu', said: 'Tryck 1', entered: '1' },
    { at: AT + 2_000, node: 'extend', did: 'billing.extendInvoice → ok' },
  ],
  ...changes,
});

const record = (changes: Partial<PhoneCallRecord> = {}): PhoneCallRecord => ({
  callId: brand<CallId>('c1'),
  source: '/vaxel/gateway-1',
  ani: '+46 70 123 45 67',
  startedAt: AT,
  endedAt: AT + 300_000,
  flow: flow(),
  queue: BILLING,
  waitMs: 65_000,
  agent: 'Bo Dahl',
  talkMs: 185_000,
  end: { result: 'completed', reason: 'caller-hung-up' },
  ...changes,
});

describe('a phone call in the thread', () => {
  it('tells who, why, what was done, wait, talk and result, and fits the published format', () => {
    const interaction = phoneCallInteraction(record());
    expect(interactionSchema.parse(interaction)).toEqual(interaction);
    expect(interaction).toMatchObject({
      id: 'call:c1',
      type: 'vaxel.phone.call',
      subject: '1001',
      time: '2026-11-22T09:00:00.000Z',
      data: {
        channel: 'phone',
        number: '+46701234567',
        summary: 'By keypad: extend invoice. Talked with Bo Dahl (Billing) for 3:05 after 1:05 of waiting.',
        reason: 'invoice.extension',
        result: 'completed/caller-hung-up',
        agent: 'Bo Dahl',
        waitMs: 65_000,
        talkMs: 185_000,
        path: [{ node: 'menu', entered: '1' }, { did: 'billing.extendInvoice → ok' }],
      },
    });
  });

  it.each<[string, Partial<PhoneCallRecord>, string]>([
    ['served by keypad', { queue: null, waitMs: null, agent: null, talkMs: null, end: { result: 'completed', reason: 'solved' } }, 'By keypad: extend invoice. Served by keypad.'],
    ['refused by keypad', { flow: flow({ path: [{ at: AT, node: 'e', did: 'billing.extendInvoice → refused' }, { at: AT, node: 's', did: 'who-is-calling → known' }, { at: AT, node: 'p', did: 'queue billing' }] }) }, 'By keypad: extend invoice (refused). Talked with Bo Dahl (Billing) for 3:05 after 1:05 of waiting.'],
    ['gave up in the menu', { flow: flow({ path: [] }), queue: null, waitMs: null, agent: null, talkMs: null, end: { result: 'abandoned', reason: 'caller-hung-up' } }, 'Hung up in the menu.'],
    ['gave up in the queue', { flow: null, agent: null, talkMs: null, end: { result: 'abandoned', reason: 'caller-hung-up' } }, 'Hung up after 1:05 of waiting (Billing).'],
    ['not served', { flow: null, agent: null, talkMs: null, end: { result: 'serverError', reason: 'store-gone' } }, 'Waited for a person (Billing), not served: store-gone.'],
    ['broke early', { flow: null, queue: null, waitMs: null, agent: null, talkMs: null, end: { result: 'upstreamError', reason: 'media-timeout' } }, 'Ended early: media-timeout.'],
  ])('says how it went: %s', (_what, changes, summary) => {
    expect(phoneCallInteraction(record(changes)).data.summary).toBe(summary);
  });

  it.each<[string, Partial<PhoneCallRecord>, Told]>([
    ['talked', {}, { what: 'talked', isCallback: false, agent: 'Bo Dahl', queue: BILLING, talkMs: 185_000, waitMs: 65_000 }],
    ['called back', { callbackTries: 1 }, { what: 'talked', isCallback: true, agent: 'Bo Dahl', queue: BILLING, talkMs: 185_000, waitMs: 65_000 }],
    ['gave up in the queue', { agent: null, talkMs: null, end: { result: 'abandoned', reason: 'caller-hung-up' } }, { what: 'hungUpWaiting', queue: BILLING, waitMs: 65_000 }],
    ['not reached', { callbackTries: 2, end: { result: 'clientError', reason: 'customer-no-answer' } }, { what: 'notReached', outcome: 'noAnswer', attempt: 2 }],
    ['dropped by an operator, after tries with an agent on the line', { callbackTries: 2, talkMs: 0, end: { result: 'serverError', reason: 'overflow-operator' } }, { what: 'callbackDropped', attempts: 2 }],
    ['served by keypad', { queue: null, waitMs: null, agent: null, talkMs: null, end: { result: 'completed', reason: 'solved' } }, { what: 'served' }],
  ])('says how it went as data too, for screens in other languages: %s', (_what, changes, told) => {
    const entry = entryOf(interactionSchema.parse(phoneCallInteraction(record(changes))));
    expect([entry.told, entry.did]).toEqual([told, ['billing.extendInvoice → ok']]);
  });

  it.each<[string, string, string | null]>([
    ['hung up after it', 'informed', 'cable'],
    ['wanted something else as well', 'solved', null],
  ])('names the incidents that the caller was told of: who %s', (_what, reason, informedOf) => {
    const told = record({ flow: flow({ incidents: ['mail', 'cable'], informedOf: 'cable' }), end: { result: 'completed', reason } });
    expect(phoneCallInteraction(told).data).toMatchObject({ incidents: ['mail', 'cable'], informedOf });
  });

  it('is filed under the number when the customer is not known, and under the call when nothing is', () => {
    expect(phoneCallInteraction(record({ flow: flow({ customer: null }) })).subject).toBe('tel:+46701234567');
    expect(phoneCallInteraction(record({ flow: null, ani: 'anonymous' })).subject).toBe('call:c1');
  });

  it('stays within the format however long the caller walked about', () => {
    const path = Array.from({ length: 900 }, (_, index) => ({ at: AT + index, node: 'menu', did: `x`.repeat(900) }));
    const interaction = phoneCallInteraction(record({ flow: flow({ path }) }));
    expect(interactionSchema.safeParse(interaction).success).toBe(true);
    expect(interaction.data.path.at(-1)?.at).toBe(AT + 899);
  });

  it('has the agent’s note as an entry of its own beside it', () => {
    const note = callNoteInteraction({ callId: brand<CallId>('c1'), source: '/v', ani: '+46701234567', customerId: brand<CustomerId>('1001'), at: AT, agent: 'Bo Dahl', disposition: SOLVED, note: '' });
    expect(interactionSchema.parse(note)).toEqual(note);
    expect(note).toMatchObject({ id: 'call:c1:note', subject: '1001', type: 'vaxel.note', data: { disposition: 'Solved', dispositionNames: SOLVED, summary: 'Solved', note: null, agent: 'Bo Dahl' } });
  });

  it('has the note also where the agent chose no result in time', () => {
    const note = callNoteInteraction({ callId: brand<CallId>('c1'), source: '/v', ani: '+46701234567', customerId: null, at: AT, agent: 'Bo Dahl', disposition: null, note: 'Calls on Thursday' });
    expect(interactionSchema.parse(note)).toEqual(note);
    expect(note.data).toMatchObject({ told: { what: 'noResult' }, disposition: null, note: 'Calls on Thursday', summary: 'A note without a result.' });
  });
});
