import type { ThreadRow } from './ui.js';

/** Asks the gateway for a customer's thread; null when it does not answer. */
export async function fetchThread(of: { readonly customer: string | null; readonly number: string | null }, token: string): Promise<readonly ThreadRow[] | null> {
  const query = new URLSearchParams();
  if (of.customer !== null) query.set('customer', of.customer);
  else if (of.number !== null) query.set('number', of.number);
  try {
    const answer = await fetch(`/v1/thread?${query.toString()}`, { headers: { Authorization: `Bearer ${token}` }, cache: 'no-store' });
    if (!answer.ok) return null;
    const body = (await answer.json()) as { readonly entries: readonly ThreadRow[] };
    return body.entries;
  } catch {
    return null;
  }
}
