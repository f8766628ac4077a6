import { describe, expect, it } from 'vitest';
import { inspectContent } from '../../gateway/content.js';
import type { Flow } from '../../gateway/core/flow/flow-schema.js';
import type { Language } from '../../gateway/core/flow/flow-types.js';
import type { Incident } from '../../gateway/core/flow/incident.js';
import type { Json } from '../../gateway/core/ids.js';
import { projectFile } from '../../gateway/project.js';
import { TextDialogue } from '../support/text-dialogue.js';

const { content } = inspectContent(projectFile('ivr-flows'), {});
const flowOf = (id: string): Flow => {
  const flow = content?.flows.get(id);
  if (flow === undefined) throw new Error(`there is no flow ${id}`);
  return flow;
};

const ERIK: Json = { customer: '1002', name: 'Erik Hansen' };
const RESULTS: Readonly<Record<string, Json>> = {
  'billing.findCustomer': ERIK,
  'billing.checkPin': ERIK,
  'billing.getInvoice': { invoice: '471200', customer: '1002', amount: 1875, currency: 'NOK', dueDate: '2026-12-15', status: 'open', extended: false },
  'billing.extendInvoice': { invoice: '471200', dueDate: '2027-01-14' },
  'billing.sendCopy': { invoice: '471200' },
  'billing.getBalance': { customer: '1002', open: 2, total: 2264, currency: 'NOK', nextDue: '2026-12-15' },
};
const CABLE: Incident = {
  id: 'cable', from: 0, until: Number.MAX_SAFE_INTEGER, services: ['broadband'], areas: ['01'], flows: [],
  texts: { sv: 'Bredbandet är borta.', nb: 'Bredbåndet er borte.', en: 'Broadband is down.' },
};

interface Reference {
  readonly flow: string;
  readonly vars?: Readonly<Record<string, Json>>;
  readonly keys: readonly string[];
  /** What the customer reads, in this order, others between. */
  readonly reads: Readonly<Record<Language, readonly string[]>>;
}

const REFERENCES: readonly Reference[] = [
  {
    flow: 'main-menu', keys: ['1', '471200#', '1', '2'],
    reads: {
      sv: ['välkommen till kundservice', 'mer tid att betala, tryck ett', 'Knappa in fakturanumret', 'senast den fjortonde januari', 'Hej då'],
      nb: ['velkommen til kundeservice', 'mer tid til å betale, trykk en', 'Tast inn fakturanummeret', 'senest den fjortende januar', 'Ha det bra'],
      en: ['welcome to customer service', 'For more time to pay, press one', 'key in the invoice number', 'now due on the fourteenth of January', 'Goodbye'],
    },
  },
  {
    flow: 'invoice-extension', keys: ['1', '471200#', '1', '2'],
    reads: {
      sv: ['välkommen till fakturaservice', 'ettusen åttahundrasjuttiofem norska kronor och ska betalas senast den femtonde december', 'Nu ska fakturan betalas senast den fjortonde januari', 'Hej då'],
      nb: ['velkommen til fakturaservice', 'ett tusen åtte hundre og syttifem kroner og skal betales senest den femtende desember', 'Nå skal fakturaen betales senest den fjortende januar', 'Ha det bra'],
      en: ['welcome to invoice services', 'one thousand eight hundred and seventy-five Norwegian kroner and is due on the fifteenth of December', 'The invoice is now due on the fourteenth of January', 'Goodbye'],
    },
  },
  {
    flow: 'invoice-copy', vars: { customer: '1002' }, keys: ['2', '471200#', '2'],
    reads: {
      sv: ['flytta förfallodagen trettio dagar, tryck ett', 'Kopian av faktura 471200', 'att betala senast 15 december', 'Kopian är på väg'],
      nb: ['flytte forfallsdatoen tretti dager, trykk en', 'Kopien av faktura 471200', 'å betale senest 15. desember', 'Kopien er på vei'],
      en: ['move the due date by thirty days, press one', 'The copy of invoice 471200', 'to be paid by 15 December', 'The copy is on its way'],
    },
  },
  {
    flow: 'own-invoice', keys: ['471200#', '1002#', '1470'],
    reads: { sv: ['fakturanumret', 'jag frågar vem du är', 'ditt kundnummer', 'fyrsiffriga kod'], nb: ['fakturanummeret', 'jeg spør hvem du er', 'kundenummeret ditt', 'firesifrede koden'], en: ['invoice number', 'ask who you are', 'your customer number', 'four-digit code'] },
  },
  {
    flow: 'who-is-calling', keys: ['1002#', '1470'],
    reads: { sv: ['ditt kundnummer', 'fyrsiffriga kod'], nb: ['kundenummeret ditt', 'firesifrede koden'], en: ['your customer number', 'four-digit code'] },
  },
  {
    flow: 'balance', vars: { customer: '1002' }, keys: ['1470'],
    reads: {
      sv: ['fyrsiffriga kod', 'två fakturor att betala, tillsammans tvåtusen tvåhundrasextiofyra norska kronor', 'den femtonde december'],
      nb: ['firesifrede koden', 'to fakturaer å betale, til sammen to tusen to hundre og sekstifire kroner', 'den femtende desember'],
      en: ['four-digit code', 'two invoices to pay, two thousand two hundred and sixty-four Norwegian kroner', 'the fifteenth of December'],
    },
  },
  {
    flow: 'outage', keys: ['0150#', '2'],
    reads: { sv: ['postnummer', 'Bredbandet är borta.', 'Fungerar det ändå inte'], nb: ['postnummeret', 'Bredbåndet er borte.', 'Virker det likevel ikke'], en: ['postcode', 'Broadband is down.', 'If it still does not work'] },
  },
  {
    flow: 'satisfaction', keys: ['1', '5'],
    reads: { sv: ['Fick du det du ringde för', 'Hur lätt var det', 'Tack'], nb: ['Fikk du det du ringte for', 'Hvor lett var det', 'Takk'], en: ['Did you get what you called for', 'How easy was it', 'Thank you'] },
  },
  {
    flow: 'opening-hours-callback', keys: ['2', '1'],
    reads: { sv: ['Tryck ett för att vänta', 'Vi ringer', 'Tack. Vi ringer upp dig'], nb: ['Trykk en for å vente', 'Vi ringer', 'Takk. Vi ringer deg'], en: ['Press one to wait', 'We will call', 'Thank you. We will call you'] },
  },
];

/** Flows that know the caller by number, or choose the language by it; a chat has the one that its page has. */
const BY_NUMBER = ['main-menu', 'invoice-extension', 'opening-hours-callback'];
const OUTCOMES: Readonly<Record<string, string>> = { 'own-invoice': 'told', 'who-is-calling': 'told', satisfaction: 'told', 'opening-hours-callback': 'callbackBooked' };

describe.each<Language>(['sv', 'nb', 'en'])('as text in %s', (language) => {
  it.each(REFERENCES.map((reference) => [reference.flow, reference] as const))('%s serves its reference case, as a chat would', (id, { vars, keys, reads }) => {
    const flow = flowOf(id);
    const numbers = { sv: '+46701234567', nb: '+4740012345', en: '+447700900123' } as const;
    const dialogue = new TextDialogue(flow, { at: Date.UTC(2026, 11, 1, 9), ani: BY_NUMBER.includes(id) ? numbers[language] : null, language, incidents: [CABLE], ...(vars === undefined ? {} : { vars }) }, ({ operation }) => ({ exit: 'ok', result: RESULTS[operation] ?? null }));
    for (const answer of keys) {
      expect(dialogue.isAsking).toBe(true);
      dialogue.key(answer);
    }
    let from = 0;
    for (const words of reads[language]) {
      const at = dialogue.lines.findIndex((line, index) => index >= from && line.includes(words));
      expect(at, `${words} is not among ${dialogue.lines.slice(from).join(' | ')}`).toBeGreaterThanOrEqual(0);
      from = at;
    }
    expect(dialogue.exit).toEqual({ kind: 'hangup', outcome: OUTCOMES[id] ?? 'solved' });
  });
});

it('every sample flow has a reference case', () => {
  expect(REFERENCES.map(({ flow }) => flow).sort()).toEqual([...(content?.flows.keys() ?? [])].sort());
});
