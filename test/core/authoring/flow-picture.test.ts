import { describe, expect, it } from 'vitest';
import { pictureOf } from '../../../gateway/core/authoring/flow-picture.js';
import { conditionWords, labelOf, operationWords, promptWords } from '../../../gateway/core/authoring/flow-words.js';
import { mermaidOf } from '../../../gateway/core/authoring/mermaid.js';
import { sampleFlow } from '../../ivr-flows/sample-files.js';
import { MENU } from '../flow/flows-of-tests.js';
import { RETRY, smallFlow } from '../flow/small-flow.js';

const invoice = sampleFlow('invoice-extension');

describe('the picture of a flow', () => {
  it('has a box for every node that callers can notice, in the language asked for', () => {
    const { boxes } = pictureOf(invoice, 'nb');
    const noticed = [...invoice.nodes].filter(([id, { do: kind }]) => kind !== 'set' && (id === invoice.start || id !== invoice.first)).map(([id]) => id);
    expect(boxes.filter(({ tone }) => tone !== 'chip').map(({ id }) => id)).toEqual(noticed);
    expect(boxes.find(({ id }) => id === 'goodbye')?.text).toBe('Takk for at du ringte. Ha det bra!');
  });

  it('leads past nodes that only note a value, and says what is noted', () => {
    const { arrows } = pictureOf(sampleFlow('invoice-copy'), 'sv');
    expect(arrows.find(({ from, to }) => from === 'what-for' && to === 'which-invoice')?.label).toBe('2 (wish: copy) or 3 (wish: amount)');
  });

  it('draws one arrow for all ways between two boxes, a pale one for callers who do not answer', () => {
    expect(pictureOf(MENU, 'en').arrows.map(({ from, to, label, isSide }) => [from, to, label, isSide])).toEqual([
      ['start', 'one', '1', false],
      ['start', 'solved', '2', false],
      ['start', 'person', 'no answer', true],
    ]);
  });

  it('repeats an end that many arrows lead to where each of them starts', () => {
    const flow = smallFlow(`start: { do: menu, prompt: p-a, keys: { 1: b }, ${RETRY} }\nb: { do: menu, prompt: p-b, keys: { 1: c }, ${RETRY} }\nc: { do: menu, prompt: p-c, keys: { 1: solved }, ${RETRY} }`);
    const { boxes, arrows } = pictureOf(flow, 'en');
    expect(boxes.filter(({ tone }) => tone === 'chip').map(({ title }) => title)).toEqual(['→ Person', '→ Person', '→ Person']);
    expect(arrows.filter(({ to }) => to === 'person')).toEqual([]);
    expect(arrows.every(({ from, to }) => boxes.some(({ id }) => id === from) && boxes.some(({ id }) => id === to))).toBe(true);
  });

  it('says where callers come in, where 0 leads and where a broken step does', () => {
    const kindOf = (id: string): string | undefined => pictureOf(invoice, 'sv').boxes.find((box) => box.id === id)?.kind;
    expect([kindOf('begin'), kindOf('person'), kindOf('something-broke')]).toEqual(['Begins here · Decides', '0 from every step · Leads to a person', 'When a step breaks · Says']);
  });
});

describe('words for people who do not write flows', () => {
  it('name values by the label that agents see, whose it is, or their name in words', () => {
    expect(['invoice.dueDate', 'caller.customer', 'invoice.customer', 'invoiceNumber', 'call.ani', 'visits.not-found', 'extension.dueDate'].map((path) => labelOf(invoice, path))).toEqual([
      'invoice due date', 'caller customer', 'invoice customer', 'invoice keyed', "the caller's number", 'number of visits to “Not found”', 'extension new due date',
    ]);
    expect(operationWords('billing.extendInvoice')).toBe('Billing: extend invoice');
  });

  it.each([
    [{ value: '$invoice.status', is: 'paid', next: 'a' }, 'invoice status is paid'],
    [{ value: '$invoice.customer', is: '$caller.customer', next: 'a' }, 'invoice customer is caller customer'],
    [{ value: '$call.ani', isSet: false, next: 'a' }, "the caller's number is not known"],
    [{ value: '$wish', in: ['a', 'b'], next: 'a' }, 'wish is one of a, b'],
    [{ value: '$invoice.amount', atLeast: 5, lessThan: 10, next: 'a' }, 'invoice amount is less than 10 and invoice amount is at least 5'],
  ])('%j: %s', (condition, words) => {
    expect(conditionWords(invoice, condition)).toBe(words);
  });

  it('leave out what a caller of that language does not hear, and put values into brackets', () => {
    expect(promptWords(invoice, ['offer-english', 'offer-swedish'], 'sv')).toEqual(['For English, press eight.']);
    expect(promptWords(sampleFlow('own-invoice'), ['not-found'], 'en')).toEqual(['I cannot find an invoice with the number [invoice keyed].']);
  });
});

describe('Mermaid text', () => {
  const text = mermaidOf(invoice, pictureOf(invoice, 'sv'));

  it('begins with purpose and owner, and has every box and arrow', () => {
    const { boxes, arrows } = pictureOf(invoice, 'sv');
    expect(text).toMatch(/^---\ntitle: "invoice-extension"\n---\n%% Callers who ask .+\n%% Owner: billing-self-service\. Review by 2027-06-01\.\nflowchart TD\n {2}begin\(\("call"\)\) --> n0\n/);
    expect(text.match(/^ {2}n\d+[[({]/gm)).toHaveLength(boxes.length);
    expect(text.match(/^ {2}n\d+ -(-|\.-)> ?/gm)).toHaveLength(arrows.length);
  });

  it('keeps quotes and markup of a prompt from ending a label', () => {
    const loud = { ...MENU, prompts: new Map(MENU.prompts).set('p-one', { en: 'say "a" <b> & #1', bargeIn: true }) };
    expect(mermaidOf(loud, pictureOf(loud, 'en'))).toContain('say #34;a#34; #60;b#62; #38; #35;1');
  });
});
