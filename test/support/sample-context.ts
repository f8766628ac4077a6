import type { CallContext } from '../../gateway/core/screen/context.js';

const MINUTE = 60_000;

/** The context of a caller who looked for an invoice by keypad and then asked for a person. */
export function sampleContext(now: number, changes: Partial<CallContext> = {}): CallContext {
  const at = (secondsAgo: number): number => now - secondsAgo * 1_000;
  const day = (days: number, minutes = 0): string => new Date(now - days * 1_440 * MINUTE - minutes * MINUTE).toISOString();
  return {
    callId: 'call-1',
    offerId: 'offer-1',
    queue: { id: 'billing', name: 'Billing' },
    caller: { number: '+46701234567', customer: { id: 'cust-1001', name: 'Maria Lindqvist', confidence: 'entered' }, language: 'sv' },
    statedReason: 'invoice.extension',
    shown: [
      { label: 'invoice', value: '4711 0023' },
      { label: 'amount', value: '1 249,00 kr' },
      { label: 'dueDate', value: '30 November 2026' },
      { label: 'extension', value: 'Refused: already extended once' },
    ],
    path: [
      { at: at(142), node: 'welcome', said: 'Välkommen till Norrfors Energi.' },
      { at: at(138), node: 'main-menu', said: 'För fakturor, tryck 1. För strömavbrott, tryck 2. För att tala med oss, tryck 0.', entered: '1' },
      { at: at(127), node: 'find-invoice', said: 'Knappa in fakturanumret och avsluta med fyrkant.', entered: '47110023' },
      { at: at(118), node: 'look-up', did: 'billing.findInvoice → ok' },
      { at: at(116), node: 'read-invoice', said: 'Fakturan på ettusen tvåhundrafyrtionio kronor ska betalas senast den trettionde november.' },
      { at: at(104), node: 'offer-extension', said: 'Vill du få trettio dagar till på dig, tryck 1.', entered: '1' },
      { at: at(97), node: 'extend', did: 'billing.extendInvoice → refused' },
      { at: at(90), node: 'refused', said: 'Fakturan är redan flyttad en gång. Vi kopplar dig till en medarbetare.' },
    ],
    queuedAt: at(84),
    waitMs: 84_000,
    thread: [
      { id: 'chat-1', at: day(0, 47), channel: 'chat', summary: 'Asked the chat for a copy of invoice 4711 0023, then whether it can be paid later. The chat could not change the date and gave the phone number.', reason: 'invoice.copy', result: 'handed over', agent: null, note: null },
      { id: 'web-1', at: day(0, 55), channel: 'web', summary: 'Opened the invoice page twice and the page about payment plans.', reason: null, result: null, agent: null, note: null },
      { id: 'call-0', at: day(31), channel: 'phone', summary: 'Talked with Erik Holm (Billing) for 4:12 after 1:05 of waiting.', reason: 'invoice.extension', result: 'Due date moved', agent: 'Erik Holm', note: 'Started a new job, salary comes on the 25th. Was very happy with the help.' },
      { id: 'mail-1', at: day(63), channel: 'email', summary: 'Moving to Storgatan 12 on the first of October, asks to keep the same contract.', reason: 'move', result: 'solved', agent: 'Sara Nyman', note: null },
    ],
    isThreadComplete: true,
    ...changes,
  };
}
