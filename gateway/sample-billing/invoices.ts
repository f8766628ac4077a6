/** The rules of the sample billing service. Pure: today and the time come in. */

export interface Customer {
  /** Customer number, digits. */
  readonly customer: string;
  readonly name: string;
  /** E.164 */
  readonly number: string;
  /** Four digits that only the customer knows. Never told. */
  readonly pin: string;
}

export interface Invoice {
  readonly invoice: string;
  readonly customer: string;
  /** In whole units of the currency, with decimals. */
  readonly amount: number;
  readonly currency: string;
  /** ISO date */
  readonly dueDate: string;
  readonly isPaid: boolean;
  readonly isOnPlan: boolean;
  readonly isExtended: boolean;
}

/** One line of the ledger: something that was done, once for its key. */
export type LedgerEntry =
  | {
      readonly type: 'extension';
      readonly key: string;
      readonly at: string;
      readonly invoice: string;
      readonly days: number;
      readonly previousDueDate: string;
      readonly dueDate: string;
    }
  | { readonly type: 'copy'; readonly key: string; readonly at: string; readonly invoice: string };

export type Status = 'open' | 'overdue' | 'paid' | 'onPlan';

/** What the service tells about an invoice. */
export interface InvoiceView {
  readonly invoice: string;
  readonly customer: string;
  readonly amount: number;
  readonly currency: string;
  readonly dueDate: string;
  readonly status: Status;
  readonly extended: boolean;
}

const MAX_DAYS = 30;

export function statusOf(invoice: Invoice, today: string): Status {
  if (invoice.isPaid) return 'paid';
  if (invoice.isOnPlan) return 'onPlan';
  return invoice.dueDate < today ? 'overdue' : 'open';
}

export function viewOf(invoice: Invoice, today: string): InvoiceView {
  const { invoice: id, customer, amount, currency, dueDate, isExtended } = invoice;
  return { invoice: id, customer, amount, currency, dueDate, status: statusOf(invoice, today), extended: isExtended };
}

/** What a customer has left to pay. */
export interface Balance {
  readonly customer: string;
  /** Invoices that are not paid. */
  readonly open: number;
  readonly total: number;
  readonly currency: string;
  /** Of the one that is due first; left out when nothing is. */
  readonly nextDue?: string;
}

/** Sums what is not paid. One currency a customer, as in the sample data. */
export function balanceOf(customer: string, invoices: readonly Invoice[]): Balance {
  const open = invoices.filter((invoice) => invoice.customer === customer && !invoice.isPaid).sort((a, b) => (a.dueDate < b.dueDate ? -1 : 1));
  const total = Math.round(open.reduce((sum, { amount }) => sum + amount * 100, 0)) / 100;
  const [first] = open;
  return { customer, open: open.length, total, currency: first?.currency ?? 'SEK', ...(first === undefined ? {} : { nextDue: first.dueDate }) };
}

/** Why an extension is refused, or null. */
export function refusalOf(invoice: Invoice, wish: { readonly days: number; readonly today: string }): { readonly status: 409 | 422; readonly error: string } | null {
  if (!Number.isInteger(wish.days) || wish.days < 1 || wish.days > MAX_DAYS) return { status: 422, error: 'days' };
  if (invoice.isExtended) return { status: 409, error: 'alreadyExtended' };
  const status = statusOf(invoice, wish.today);
  return status === 'open' ? null : { status: 422, error: status };
}

/** The invoice after an entry of the ledger. */
export function applyEntry(invoice: Invoice, entry: LedgerEntry): Invoice {
  return entry.type === 'extension' ? { ...invoice, dueDate: entry.dueDate, isExtended: true } : invoice;
}

/** Calendar days later; ISO date in, ISO date out. */
export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

/** Compares phone numbers as people write them: `070-123 45 67`, `0046701234567` and `+46701234567` are the same in Sweden. */
export function e164(number: string): string {
  const digits = number.replace(/\D/g, '');
  if (digits.startsWith('00')) return `+${digits.slice(2)}`;
  return digits.startsWith('0') ? `+46${digits.slice(1)}` : `+${digits}`;
}
