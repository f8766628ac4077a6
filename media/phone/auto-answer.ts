import { paramsOf, splitList } from '../sip/address.js';
import type { SipHeaders } from '../sip/headers.js';

/**
 * Whether the caller asks the phone to answer by itself, and after how many ms: `Call-Info: …;answer-after=n`, `Alert-Info` naming
 * auto-answer in one of its spellings, or `Answer-Mode: Auto` (RFC 5373).
 */
export function autoAnswerDelayMs(headers: SipHeaders): number | undefined {
  for (const value of splitList(headers.all('call-info'))) {
    const after = paramsOf(value).get('answer-after');
    if (after !== undefined && /^\d{1,3}$/.test(after)) return Number(after) * 1000;
  }
  for (const value of headers.all('alert-info')) {
    if (/auto[- ]?answer|ring[- ]?answer|intercom/i.test(value)) {
      const delay = Number(paramsOf(value).get('delay') ?? 0);
      return delay > 0 && delay < 1000 ? delay * 1000 : 0;
    }
  }
  return /^\s*auto\b/i.test(headers.get('answer-mode') ?? '') ? 0 : undefined;
}
