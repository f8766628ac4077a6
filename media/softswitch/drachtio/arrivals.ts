import { splitTopLevel } from '../../sip/address.js';
import type { SipHeaders } from '../../sip/headers.js';
import type { ServerTransaction } from '../../sip/transaction.js';
import type { Source } from '../../sip/transport.js';
import { topVia } from '../../sip/via.js';

/**
 * Takes `received` out of the topmost Via again when the sender named the address it sent from: drachtio-server only adds it when they differ,
 * while RFC 3581 section 4 adds it whenever `rport` is asked for. The rest of the Via stays as the stack completed it.
 */
export function trimReceived(headers: SipHeaders, source: Source): void {
  const via = topVia(headers);
  const line = headers.get('via');
  if (!via || line === undefined || via.host.replace(/^\[|\]$/g, '') !== source.address) return;
  const [first = '', ...rest] = splitTopLevel(line, ',');
  const trimmed = [first.replace(/;received=[^;,\s]+/i, ''), ...rest].join(', ');
  const others = headers.all('via').slice(1);
  const entries = headers.entries().map(([name]) => name.toLowerCase());
  if (others.length === 0 && entries.some((name) => name === 'via' || name === 'v')) headers.set('Via', trimmed);
  else rewriteFirst(headers, trimmed);
}

/** Replaces the first Via line and keeps the others. */
function rewriteFirst(headers: SipHeaders, value: string): void {
  const entries = headers.entries();
  const at = entries.findIndex(([name]) => ['via', 'v'].includes(name.toLowerCase()));
  for (const [name] of entries) headers.delete(name);
  entries.forEach(([name, old], index) => headers.append(name, index === at ? value : old));
}

/** The text of a request as an application sees it: as it came, but the topmost Via shows where it came from. */
export function shownText(tx: ServerTransaction): string {
  const via = tx.request.headers.get('via');
  if (via === undefined) return tx.raw;
  return tx.raw.replace(/^(via|v)[ \t]*:[^\r\n]*(?:\r?\n[ \t]+[^\r\n]*)*/im, `Via: ${via}`);
}
