import { z } from 'zod';
import { requestAgain, type SipRequest, type SipResponder, type SipServer } from './libraries.js';

/** An INVITE beyond this is not kept: a snapshot stays small. Common ones have 1 to 3 kB. */
const MAX_LENGTH = 8_192;

const text = z.string();
const keptSchema = z.object({ raw: text, address: text, port: text, protocol: text, transactionId: text });

/** The INVITE as text that another process can go on with; null when it is too long. */
export function keepInvite(request: SipRequest): string | null {
  const { raw } = request.msg;
  if (raw === undefined || raw.length > MAX_LENGTH) return null;
  const { source_address: address, source_port: port, protocol, stackTxnId: transactionId } = request;
  return JSON.stringify({ raw, address, port: String(port), protocol, transactionId });
}

/** The kept INVITE at this process's connection to the SIP server; null when it cannot be read. */
export function readInvite(sip: SipServer, kept: string): { readonly request: SipRequest; readonly response: SipResponder } | null {
  try {
    return requestAgain(sip, keptSchema.parse(JSON.parse(kept)));
  } catch {
    // Of a later release, or half of it: the call ends with a cause.
    return null;
  }
}
