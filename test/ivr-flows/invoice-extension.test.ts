import { describe, expect, it } from 'vitest';
import { summarise } from '../../gateway/core/flow/summarise.js';
import type { Language } from '../../gateway/core/flow/flow-types.js';
import type { Json } from '../../gateway/core/ids.js';
import { FlowDriver, type Answer, type CallOrder } from '../core/flow/flow-driver.js';
import { sampleFlow } from './sample-files.js';

const flow = sampleFlow('invoice-extension');
const OPEN = { invoice: '471100', customer: '1001', amount: 1249.5, currency: 'SEK', dueDate: '2026-12-15', status: 'open', extended: false };
const INVOICES: Readonly<Record<string, Json>> = {
  471100: OPEN,
  471110: { ...OPEN, invoice: '471110', status: 'overdue', dueDate: '2026-11-13' },
  471120: { ...OPEN, invoice: '471120', extended: true, dueDate: '2027-01-02' },
  471130: { ...OPEN, invoice: '471130', status: 'paid' },
  471140: { ...OPEN, invoice: '471140', status: 'onPlan' },
  471200: { ...OPEN, invoice: '471200', customer: '1002', amount: 1875, currency: 'NOK' },
};

type Back = (order: CallOrder) => Answer;

/** Answers as the sample billing service does, apart from the operations named. */
const billing =
  (instead: Readonly<Record<string, Answer>> = {}): Back =>
  (order) => {
    const invoice = INVOICES[String(order.arguments['invoice'])];
    const given = instead[order.operation];
    if (given !== undefined) return given;
    switch (order.operation) {
      case 'billing.findCustomer':
        return order.arguments['number'] === '+46701234567' ? { exit: 'ok', result: { customer: '1001', name: 'Anna Lindqvist' } } : { exit: 'notFound' };
      case 'billing.getInvoice':
        return invoice === undefined ? { exit: 'notFound' } : { exit: 'ok', result: invoice };
      case 'billing.checkPin':
        return order.arguments['pin'] === '1470' ? { exit: 'ok', result: { customer: String(order.arguments['customer']), name: 'Erik Hansen' } } : { exit: 'wrong' };
      case 'billing.extendInvoice':
        return { exit: 'ok', result: { invoice: '471100', dueDate: '2027-01-14' } };
      default:
        return { exit: 'ok', result: { invoice: '471100' } };
    }
  };

const ring = (answer: Back = billing(), start: { ani?: string | null; language?: Language } = {}): FlowDriver => new FlowDriver(flow, answer, { ani: '+46701234567', ...start }).settle();
const keys = (call: FlowDriver, ...pressed: readonly string[]): FlowDriver => pressed.reduce((going, part) => going.wait(2_000).press(part).settle(), call);
const done = (call: FlowDriver, operation: string): number => call.orders.filter((order) => order.operation === `billing.${operation}`).length;
const said = (call: FlowDriver): string => call.heard.join('\n');
const PERSON = { kind: 'queue', queue: 'billing' };

describe('extension', () => {
  it.each<[Language, RegExp, RegExp]>([
    ['sv', /på ettusen tvåhundrafyrtionio kronor och femtio öre och ska betalas senast den femtonde december\. Tryck ett/, /Nu ska fakturan betalas senast den fjortonde januari/],
    ['nb', /på ett tusen to hundre og førtini svenske kroner og femti øre og skal betales senest den femtende desember\. Trykk en/, /Nå skal fakturaen betales senest den fjortende januar/],
    ['en', /for one thousand two hundred and forty-nine Swedish kronor and fifty öre and is due on the fifteenth of December\. Press one/, /The invoice is now due on the fourteenth of January/],
  ])('in %s: amount and due date are read, yes moves the due date, the new one is read back', (language, offer, readBack) => {
    const call = keys(ring(billing(), { language }), '1', '471100#');
    expect(call.lastHeard).toMatch(offer);
    keys(call, '1');
    expect(said(call)).toMatch(readBack);
    expect(keys(call, '2').exit).toEqual({ kind: 'hangup', outcome: 'solved' });
    expect(call.orders.filter(({ operation }) => operation === 'billing.extendInvoice').map((order) => order.arguments)).toEqual([{ invoice: '471100', days: 30 }]);
  });

  it('a key pressed twice at the confirmation moves the due date once and reads the new one whole', () => {
    const call = keys(ring(), '1', '471100#', '11');
    expect(done(call, 'extendInvoice')).toBe(1);
    expect(call.node).toBe('more');
  });

  it('a call that is keyed through without listening ends solved', () => {
    const call = new FlowDriver(flow, billing(), { ani: '+46701234567' }).press('1471100#12', 150).settle();
    expect(call.exit).toEqual({ kind: 'hangup', outcome: 'solved' });
    expect(done(call, 'extendInvoice')).toBe(1);
  });

  it('no leaves the due date as it is', () => {
    const call = keys(ring(), '1', '471100#', '2');
    expect(said(call)).toContain('Då låter jag förfallodagen vara');
    expect(keys(call, '2').exit).toEqual({ kind: 'hangup', outcome: 'told' });
    expect(done(call, 'extendInvoice')).toBe(0);
  });

  it('a second invoice is taken in the same call, under a key of its own', () => {
    const call = keys(ring(), '1', '471100#', '1', '1', '471100#', '1', '2');
    const orders = call.orders.filter(({ operation }) => operation === 'billing.extendInvoice');
    expect(new Set(orders.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(2);
    expect(call.exit).toEqual({ kind: 'hangup', outcome: 'solved' });
  });

  it('silence after the read-back ends the call kindly', () => {
    const call = keys(ring(), '1', '471100#', '1').wait(4_000).settle();
    expect(call.exit).toEqual({ kind: 'hangup', outcome: 'solved' });
    expect(call.lastHeard).toContain('Hej då');
  });

  it('hanging up after the read-back counts as solved', () => {
    const call = keys(ring(), '1', '471100#');
    expect(call.state.isSolved).toBe(false);
    expect(keys(call, '1').state.isSolved).toBe(true);
  });
});

describe('invoice copy', () => {
  it('asks what the copy is for and offers the extension at once', () => {
    const call = keys(ring(), '2');
    expect(call.lastHeard).toContain('Många som ber om en kopia');
    keys(call, '1', '471100#', '1');
    expect(summarise(flow, call.state).statedReason).toBe('invoice.extension');
    expect([done(call, 'extendInvoice'), done(call, 'sendCopy')]).toEqual([1, 0]);
  });

  it('sends the copy to those who want just that', () => {
    const call = keys(ring(), '2', '2', '471100#');
    expect(said(call)).toContain('Kopian är på väg');
    expect(summarise(flow, call.state).statedReason).toBe('invoice.copy');
    expect([done(call, 'extendInvoice'), done(call, 'sendCopy')]).toEqual([0, 1]);
  });

  it('a second invoice after a copy is asked about anew, as nobody said what it is for', () => {
    expect(keys(ring(), '2', '2', '471100#', '1').node).toBe('what-for');
    expect(keys(ring(), '2', '2', '471100#', '1', '1', '471100#').node).toBe('offer');
  });
});

describe('invoices that cannot simply be moved', () => {
  it('a wrong number is read back and asked again; the third time a person helps', () => {
    const call = keys(ring(), '1', '999999#');
    expect(said(call)).toContain('ingen faktura med numret nio nio nio, nio nio nio');
    expect(call.node).toBe('ask-invoice');
    expect(keys(call, '999998#', '999997#').exit).toMatchObject(PERSON);
  });

  it('a wrong number and then the right one goes on as if nothing had been', () => {
    expect(keys(ring(), '1', '999999#', '471100#').node).toBe('offer');
  });

  it("somebody else's invoice is not spoken of before customer number and code were keyed", () => {
    const call = keys(ring(), '1', '471200#');
    expect(call.node).toBe('ask-customer');
    expect(said(call)).not.toMatch(/kronor|förfallodagen trettio|ettusen/);
    keys(call, '1002#', '1470');
    expect(call.lastHeard).toContain('norska kronor');
    expect(summarise(flow, call.state).customer).toEqual({ id: '1002', name: 'Erik Hansen', confidence: 'verified' });
  });

  it('three wrong codes lead to a person, and nothing was said of the invoice', () => {
    const call = keys(ring(), '1', '471200#', '1002#', '1111', '2222', '3333');
    expect(call.exit).toMatchObject(PERSON);
    expect(said(call)).not.toMatch(/norska kronor/);
  });

  it('already extended: says until when, and does not ask the back end again', () => {
    const call = keys(ring(), '1', '471120#');
    expect(said(call)).toContain('har redan fått mer tid. Den ska betalas senast den andra januari');
    expect(call.node).toBe('more');
    expect(done(call, 'extendInvoice')).toBe(0);
  });

  it('extended meanwhile by somebody else: reads where it stands now', () => {
    const call = keys(ring(billing({ 'billing.extendInvoice': { exit: 'alreadyExtended' } })), '1', '471100#', '1');
    expect(said(call)).toContain('har redan fått mer tid');
  });

  it.each([
    ['overdue', '471110', 'skulle ha betalats den trettonde november'],
    ['on a payment plan', '471140', 'kan jag inte flytta själv'],
  ])('%s: says so and leads to a person', (_title, invoice, words) => {
    const call = keys(ring(), '1', `${invoice}#`);
    expect(said(call)).toContain(words);
    expect(call.exit).toMatchObject(PERSON);
    expect(done(call, 'extendInvoice')).toBe(0);
  });

  it('paid: says that nothing is to be done', () => {
    const call = keys(ring(), '1', '471130#');
    expect(said(call)).toContain('redan betald');
    expect(keys(call, '2').exit).toEqual({ kind: 'hangup', outcome: 'solved' });
  });
});

describe('when something is down', () => {
  it('an unknown caller, no number and a broken look-up are no obstacle', () => {
    expect(ring(billing(), { ani: '+4799999999' }).node).toBe('main');
    expect(ring(billing(), { ani: null }).orders).toEqual([]);
    expect(ring(billing({ 'billing.findCustomer': { exit: 'error' } })).node).toBe('main');
  });

  it('the back end is down: says that it is not their fault and leads to a person', () => {
    const call = keys(ring(billing({ 'billing.getInvoice': { exit: 'error' } })), '1', '471100#');
    expect(said(call)).toContain('Det är inte ditt fel');
    expect(call.exit).toMatchObject({ ...PERSON, reason: 'invoice.extension' });
  });

  it('an unclear answer to the extension is said as that, never as done', () => {
    const call = keys(ring(billing({ 'billing.extendInvoice': { exit: 'error' } })), '1', '471100#', '1');
    expect(said(call)).toContain('inget säkert svar');
    expect(said(call)).not.toContain('Klart');
    expect(call.exit).toMatchObject(PERSON);
  });

  it('the back end is slow: words before 1.5 s of silence', () => {
    const call = keys(ring(billing({ 'billing.getInvoice': { exit: 'ok', result: OPEN, afterMs: 3_500 } })), '1', '471100#');
    expect(said(call)).toContain('Ett ögonblick.');
    expect(call.node).toBe('offer');
  });

  it('killed between request and result: the same key, once more, and the caller hears the end', () => {
    const call = keys(ring(billing({ 'billing.extendInvoice': { exit: 'ok', result: { invoice: '471100', dueDate: '2027-01-14' }, afterMs: 2_000 } })), '1', '471100#').press('1', 0);
    call.crash().settle();
    const orders = call.orders.filter(({ operation }) => operation === 'billing.extendInvoice');
    expect(orders).toHaveLength(2);
    expect(new Set(orders.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1);
    expect(said(call)).toContain('den fjortonde januari');
  });
});

describe('a person can be had at every step', () => {
  const steps: readonly (readonly string[])[] = [[], ['2'], ['1'], ['1', '471200#'], ['1', '471100#'], ['1', '471100#', '1']];
  it.each(steps.map((step) => [step.join(' ') || 'main menu', step] as const))('by 0 after %s', (_title, step) => {
    expect(keys(ring(), ...step, '0').exit).toMatchObject(PERSON);
  });

  it('by 0 while the welcome is said', () => {
    expect(new FlowDriver(flow, billing(), { ani: null }).press('0').settle().exit).toMatchObject(PERSON);
  });

  it.each(steps.map((step) => [step.join(' ') || 'main menu', step] as const))('or kindly ended, by silence, after %s', (_title, step) => {
    const call = keys(ring(), ...step).wait(120_000);
    expect(call.exit).not.toBeNull();
  });

  it.each(steps.map((step) => [step.join(' ') || 'main menu', step] as const))('or kindly ended, by wrong keys, after %s', (_title, step) => {
    expect(keys(ring(), ...step, '*#', '*#', '*#', '*#').wait(60_000).exit).not.toBeNull();
  });
});

describe('language', () => {
  it('is offered in its own words, to those who do not have it, and never forced', () => {
    const call = ring();
    expect(call.lastHeard).toContain('For English, press eight. For norsk, trykk ni.');
    expect(call.lastHeard).not.toContain('För svenska');
    expect(keys(call, '8').lastHeard).toMatch(/^For more time to pay, press one.*For norsk, trykk ni\. För svenska, tryck sju\.$/);
    expect(keys(call, '9').lastHeard).toMatch(/^Vil du ha mer tid/);
    expect(keys(call, '7').lastHeard).toMatch(/^Vill du ha mer tid/);
  });
});

describe('what the agent sees', () => {
  it('who calls, why, and what was heard, keyed and done', () => {
    const call = keys(ring(), '1', '471110#');
    const summary = summarise(flow, call.state);
    expect(summary.customer).toEqual({ id: '1001', name: 'Anna Lindqvist', confidence: 'numberOnly' });
    expect(summary.statedReason).toBe('invoice.overdue');
    expect(summary.shown).toMatchObject({ 'Invoice keyed': '471110', Status: 'overdue', 'Due date': '2026-11-13', Amount: '1249.50' });
    expect(summary.path.map(({ node, entered, did }) => [node, entered ?? did ?? ''])).toEqual([
      ['welcome', ''],
      ['find-caller', 'billing.findCustomer → ok'],
      ['main', '1'],
      ['ask-invoice', '471110'],
      ['find-invoice', 'billing.getInvoice → ok'],
      ['which-invoice', 'own-invoice → found'],
      ['overdue', ''],
      ['person', 'queue billing'],
    ]);
  });
});
