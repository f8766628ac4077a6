import { appendFileSync, closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { addDays, applyEntry, balanceOf, refusalOf, viewOf, type Balance, type Invoice, type InvoiceView, type LedgerEntry } from './invoices.js';
import { layOut, type SampleData } from './sample-data.js';

const day = z.string().regex(/^\d{4}-\d\d-\d\d$/);
const entrySchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('extension'), key: z.string(), at: z.string(), invoice: z.string(), days: z.number(), previousDueDate: day, dueDate: day }),
  z.object({ type: z.literal('copy'), key: z.string(), at: z.string(), invoice: z.string() }),
]);
const stateSchema = z.object({
  /** The day on which the sample data was laid out. */
  laidOutOn: day,
  /** Entries of the ledger that were there before; only later ones count for these invoices. */
  ledgerFrom: z.int().min(0),
  invoices: z.array(
    z.object({ invoice: z.string(), customer: z.string(), amount: z.number(), currency: z.string(), dueDate: day, isPaid: z.boolean(), isOnPlan: z.boolean(), isExtended: z.boolean() }),
  ),
});
type StoredState = z.infer<typeof stateSchema>;

export type Done = { readonly status: number; readonly body: object };

/** Done once for its key: what is new is in the ledger (and on the disk) before anybody is told. */
export interface Wish {
  readonly key: string;
  readonly invoice: string;
  readonly at: string;
}

/**
 * Invoices and the ledger in a folder. `ledger.jsonl` only grows and is the truth; `state.json` holds the invoices as laid out and is replaced whole.
 * Data of an earlier day, or data without an invoice that the demo could extend, is laid out anew; the ledger stays.
 */
export class BillingStore {
  private readonly ledgerFile: string;
  private readonly invoices = new Map<string, Invoice>();
  private readonly entries: LedgerEntry[];

  constructor(
    private readonly folder: string,
    private readonly data: SampleData,
    private readonly today: () => string,
  ) {
    mkdirSync(folder, { recursive: true });
    this.ledgerFile = join(folder, 'ledger.jsonl');
    this.entries = readLedger(this.ledgerFile);
    const kept = this.readState();
    if (kept !== null && kept.laidOutOn === today()) this.build(kept);
    if (this.demoInvoice() === null) this.layOutAnew();
  }

  invoice(id: string): InvoiceView | null {
    const found = this.invoices.get(id);
    return found === undefined ? null : viewOf(found, this.today());
  }

  balance(customer: string): Balance {
    return balanceOf(customer, [...this.invoices.values()]);
  }

  get ledger(): readonly LedgerEntry[] {
    return this.entries;
  }

  /** An invoice of the demo customer that can be extended. */
  demoInvoice(): string | null {
    const today = this.today();
    for (const invoice of this.invoices.values()) if (invoice.customer === this.data.demoCustomer && refusalOf(invoice, { days: 30, today }) === null) return invoice.invoice;
    return null;
  }

  extend(wish: Wish & { readonly days: number }): Done {
    const earlier = this.earlier(wish.key);
    if (earlier !== undefined) return this.repeat(earlier, { type: 'extension', ...wish });
    const invoice = this.invoices.get(wish.invoice);
    if (invoice === undefined) return { status: 404, body: { error: 'notFound' } };
    const refusal = refusalOf(invoice, { days: wish.days, today: this.today() });
    if (refusal !== null) return { status: refusal.status, body: { ...viewOf(invoice, this.today()), error: refusal.error } };
    const dueDate = addDays(invoice.dueDate, wish.days);
    return this.commit({ type: 'extension', key: wish.key, at: wish.at, invoice: wish.invoice, days: wish.days, previousDueDate: invoice.dueDate, dueDate });
  }

  sendCopy(wish: Wish): Done {
    const earlier = this.earlier(wish.key);
    if (earlier !== undefined) return this.repeat(earlier, { type: 'copy', ...wish });
    if (!this.invoices.has(wish.invoice)) return { status: 404, body: { error: 'notFound' } };
    return this.commit({ type: 'copy', key: wish.key, at: wish.at, invoice: wish.invoice });
  }

  private earlier(key: string): LedgerEntry | undefined {
    return this.entries.find((entry) => entry.key === key);
  }

  /** A key that was used for something else is a mistake of the sender, never a second action. */
  private repeat(entry: LedgerEntry, wish: { readonly type: string; readonly invoice: string }): Done {
    if (entry.type !== wish.type || entry.invoice !== wish.invoice) return { status: 422, body: { error: 'keyReused' } };
    return { status: 200, body: entry };
  }

  private commit(entry: LedgerEntry): Done {
    const ledger = openSync(this.ledgerFile, 'a');
    try {
      writeSync(ledger, `${JSON.stringify(entry)}\n`);
      fsyncSync(ledger);
    } finally {
      closeSync(ledger);
    }
    this.entries.push(entry);
    this.fold(entry);
    return { status: 200, body: entry };
  }

  private fold(entry: LedgerEntry): void {
    const invoice = this.invoices.get(entry.invoice);
    if (invoice !== undefined) this.invoices.set(entry.invoice, applyEntry(invoice, entry));
  }

  private build(state: StoredState): void {
    this.invoices.clear();
    for (const invoice of state.invoices) this.invoices.set(invoice.invoice, invoice);
    for (const entry of this.entries.slice(state.ledgerFrom)) this.fold(entry);
  }

  private layOutAnew(): void {
    const laidOutOn = this.today();
    const state: StoredState = { laidOutOn, ledgerFrom: this.entries.length, invoices: [...layOut(this.data, laidOutOn).invoices] };
    const file = join(this.folder, 'state.json');
    writeFileSync(`${file}.tmp`, `${JSON.stringify(state, null, 2)}\n`, { flush: true });
    renameSync(`${file}.tmp`, file);
    this.build(state);
  }

  private readState(): StoredState | null {
    const file = join(this.folder, 'state.json');
    if (!existsSync(file)) return null;
    const parsed = stateSchema.safeParse(jsonOf(readFileSync(file, 'utf8')));
    return parsed.success ? parsed.data : null;
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A file of another kind in this place: the caller treats it as absent.
    return null;
  }
}

/** All whole lines; a last line that a crash cut off was never answered, so it is dropped. Throws when an older line is damaged. */
function readLedger(file: string): LedgerEntry[] {
  if (!existsSync(file)) {
    appendFileSync(file, '');
    return [];
  }
  const text = readFileSync(file, 'utf8');
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  if (whole.length < text.length) truncateSync(file, Buffer.byteLength(whole));
  return whole.split('\n').filter((line) => line !== '').map((line) => entrySchema.parse(jsonOf(line)));
}
