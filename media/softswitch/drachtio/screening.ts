import { leadingLineEnds } from '../../sip/framing.js';
import type { Malformed, Verdict } from '../../sip/stack.js';
import type { ServerTransaction } from '../../sip/transaction.js';
import type { Source } from '../../sip/transport.js';
import { topVia } from '../../sip/via.js';

/** Problems that drachtio-server answers with plain `Bad Request`. */
const PLAIN = /^(Missing |Bad Max-Forwards |Bad Header Line|Bad Request-URI)/;

/** What drachtio-server says to a message that cannot be accepted. */
export function judge(malformed: Malformed): Verdict {
  if (malformed.status !== 400) return 'default';
  const [cseq = '', second] = malformed.request?.headers.all('cseq') ?? [];
  // One that is readable and in range: then it is the method that does not fit.
  const isMethod = malformed.reason === 'Bad CSeq Header' && second === undefined && /^\d{1,10}\s+\S+$/.test(cseq) && Number.parseInt(cseq, 10) < 2 ** 31;
  return isMethod || PLAIN.test(malformed.reason) ? { status: 400, reason: 'Bad Request' } : 'default';
}

/** A datagram that has line ends before its start line gets no answer at all. */
export function admit(raw: Buffer, source: Source): boolean {
  return source.protocol !== 'udp' || leadingLineEnds(raw) === 0 || leadingLineEnds(raw) === raw.length;
}

/** A Via that names another transport than the one used meets silence. */
export function isViaTrue(tx: ServerTransaction): boolean {
  return topVia(tx.request.headers)?.protocol.toLowerCase() === tx.source.protocol;
}
