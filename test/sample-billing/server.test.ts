import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BillingService } from './billing-service.js';

let billing: BillingService;
beforeEach(async () => {
  billing = await BillingService.start();
});
afterEach(() => billing.close());

const extend = (invoice: string, key: string | undefined, days: unknown = 30): Promise<{ status: number; body: unknown }> => billing.post(`/invoices/${invoice}/extensions`, { days }, key);

describe('invoices', () => {
  it('an open one tells amount, currency, due date, customer, status and whether it was extended', async () => {
    expect(await billing.get('/invoices/471100')).toEqual({
      status: 200,
      body: { invoice: '471100', customer: '1001', amount: 1249.5, currency: 'SEK', dueDate: '2026-12-15', status: 'open', extended: false },
    });
  });

  it.each([
    ['471110', { status: 'overdue', dueDate: '2026-11-24' }],
    ['471120', { status: 'open', extended: true }],
    ['471130', { status: 'paid' }],
    ['471140', { status: 'onPlan' }],
    ['471200', { customer: '1002', currency: 'NOK' }],
  ])('%s', async (invoice, expected) => {
    expect((await billing.get(`/invoices/${invoice}`)).body).toMatchObject(expected);
  });

  it('an open invoice is overdue from the day after its due date', async () => {
    billing.today = '2026-12-15';
    expect((await billing.get('/invoices/471100')).body).toMatchObject({ status: 'open' });
    billing.today = '2026-12-16';
    expect((await billing.get('/invoices/471100')).body).toMatchObject({ status: 'overdue' });
  });
});

describe('customers', () => {
  it.each(['%2B46701234567', '+46701234567', '0701234567', '070-123%2045%2067', '0046701234567', '46701234567'])('are found by %s', async (number) => {
    expect((await billing.get(`/customers?number=${number}`)).body).toMatchObject({ customer: '1001', name: 'Anna Lindqvist' });
  });

  it.each([
    ['/customers?number=%2B46709999999', 404],
    ['/customers?number=', 400],
    ['/customers?number=abc', 400],
    ['/customers', 400],
  ])('%s is answered %d', async (path, status) => {
    expect((await billing.get(path)).status).toBe(status);
  });
});

describe('extensions', () => {
  it('move the due date and are written to the ledger', async () => {
    const done = await extend('471100', 'key-1');
    expect(done).toMatchObject({ status: 200, body: { invoice: '471100', previousDueDate: '2026-12-15', dueDate: '2027-01-14' } });
    expect((await billing.get('/invoices/471100')).body).toMatchObject({ dueDate: '2027-01-14', extended: true });
    expect((await billing.get('/ledger')).body).toMatchObject([{ type: 'extension', key: 'key-1', invoice: '471100', days: 30 }]);
  });

  it('repeated with the same key give the same result and one entry', async () => {
    const first = await extend('471100', 'key-1');
    expect(await extend('471100', 'key-1')).toEqual(first);
    expect(billing.store.ledger).toHaveLength(1);
  });

  it('asked many times at once under one key are one entry', async () => {
    const all = await Promise.all(Array.from({ length: 20 }, () => extend('471100', 'key-1')));
    expect(new Set(all.map((one) => JSON.stringify(one))).size).toBe(1);
    expect(billing.store.ledger).toHaveLength(1);
  });

  it.each<[string, string, string | undefined, unknown, number, string]>([
    ['a second one under another key', '471120', 'k', 30, 409, 'alreadyExtended'],
    ['overdue', '471110', 'k', 30, 422, 'overdue'],
    ['paid', '471130', 'k', 30, 422, 'paid'],
    ['on a payment plan', '471140', 'k', 30, 422, 'onPlan'],
    ['too many days', '471100', 'k', 31, 422, 'days'],
    ['no whole number of days', '471100', 'k', 1.5, 422, 'days'],
    ['days that are no number', '471100', 'k', '30', 400, 'days'],
    ['no key', '471100', undefined, 30, 400, 'idempotencyKey'],
    ['an unknown invoice', '999999', 'k', 30, 404, 'notFound'],
  ])('refuse %s', async (_title, invoice, key, days, status, error) => {
    expect(await extend(invoice, key, days)).toMatchObject({ status, body: { error } });
    expect(billing.store.ledger).toEqual([]);
  });

  it('a key that was used for another invoice or deed is refused', async () => {
    await extend('471100', 'key-1');
    expect(await extend('471101', 'key-1')).toMatchObject({ status: 422, body: { error: 'keyReused' } });
    expect(await billing.post('/invoices/471100/copies', {}, 'key-1')).toMatchObject({ status: 422, body: { error: 'keyReused' } });
    expect(billing.store.ledger).toHaveLength(1);
  });
});

it('copies are sent once a key', async () => {
  await billing.post('/invoices/471110/copies', {}, 'c');
  expect(await billing.post('/invoices/471110/copies', {}, 'c')).toMatchObject({ status: 200, body: { type: 'copy', invoice: '471110' } });
  expect(billing.store.ledger).toHaveLength(1);
});

describe('what is sent wrongly', () => {
  it.each([
    ['/', 404],
    ['/invoices/', 404],
    ['/invoices/471100/extensions/x', 404],
    ['/invoices/47%2e%2e', 404],
    ['/invoices/471100/other', 404],
  ])('GET %s is answered %d', async (path, status) => {
    expect((await billing.get(path)).status).toBe(status);
  });

  it('a body that is no JSON, or too long, is refused', async () => {
    expect((await billing.post('/invoices/471100/extensions', '{', 'k')).status).toBe(400);
    expect((await billing.post('/invoices/471100/extensions', `"${'x'.repeat(70_000)}"`, 'k')).status).toBe(413);
    expect(await billing.post('/faults', { explode: true })).toMatchObject({ status: 400 });
  });
});

describe('faults', () => {
  it('an answer dropped after the commit leaves the deed done, and the repeat tells it', async () => {
    await billing.post('/faults', { dropAnswers: 1 });
    await expect(extend('471100', 'key-1')).rejects.toThrow();
    expect(billing.store.ledger).toHaveLength(1);
    expect(await extend('471100', 'key-1')).toMatchObject({ status: 200, body: { dueDate: '2027-01-14' } });
    expect(billing.store.ledger).toHaveLength(1);
  });

  it('500 as often as set, and nothing done', async () => {
    await billing.post('/faults', { fail: 2 });
    expect([(await extend('471100', 'a')).status, (await billing.get('/invoices/471100')).status, (await billing.get('/invoices/471100')).status]).toEqual([500, 500, 200]);
    expect(billing.store.ledger).toEqual([]);
  });
});

describe('what is kept', () => {
  it('a restart on the same day knows all that was done, and by which key', async () => {
    await extend('471100', 'key-1');
    await billing.restart();
    expect((await billing.get('/invoices/471100')).body).toMatchObject({ dueDate: '2027-01-14', extended: true });
    expect(await extend('471100', 'key-1')).toMatchObject({ status: 200 });
    expect(billing.store.ledger).toHaveLength(1);
  });

  it('on another day the sample invoices are laid out anew, and the ledger stays', async () => {
    await extend('471100', 'key-1');
    billing.today = '2027-02-01';
    await billing.restart();
    expect((await billing.get('/invoices/471100')).body).toMatchObject({ dueDate: '2027-02-13', extended: false });
    expect(billing.store.ledger).toHaveLength(1);
    expect(billing.store.demoInvoice()).toBe('471100');
  });

  it('the demo always has an invoice that can be extended', async () => {
    for (const invoice of ['471100', '471101', '471102']) {
      expect(billing.store.demoInvoice()).toBe(invoice);
      await extend(invoice, invoice);
    }
    await extend('471103', '471103');
    expect(billing.store.demoInvoice()).toBeNull();
    await billing.restart();
    expect(billing.store.demoInvoice()).toBe('471100');
  });

  it('a last line that a crash cut off was never answered and is dropped', async () => {
    await extend('471100', 'key-1');
    const ledger = join(billing.folder, 'ledger.jsonl');
    appendFileSync(ledger, '{"type":"extension","key":"key-2","invo');
    await billing.restart();
    expect(billing.store.ledger).toHaveLength(1);
    await extend('471101', 'key-3');
    expect(readFileSync(ledger, 'utf8').trim().split('\n').map((line) => JSON.parse(line) as unknown)).toHaveLength(2);
  });

  it('a damaged state file is laid out anew', async () => {
    writeFileSync(join(billing.folder, 'state.json'), '{"laidOutOn":');
    await billing.restart();
    expect((await billing.get('/invoices/471100')).status).toBe(200);
  });
});
