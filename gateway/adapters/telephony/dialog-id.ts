import type { SipMessage } from './libraries.js';

/** A dialog is named by Call-ID and the From tag of its first INVITE; the BYE that ends it may come from either side. */
export function dialogIdsOf(message: SipMessage): readonly string[] {
  const callId = message.get('Call-ID') ?? '';
  const tags = [message.get('From'), message.get('To')].map((header) => /;\s*tag=([^;>\s]+)/i.exec(header ?? '')?.[1]);
  return tags.filter((tag) => tag !== undefined).map((tag) => `${callId};from-tag=${tag}`);
}
