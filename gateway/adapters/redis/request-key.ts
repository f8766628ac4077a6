import type { RequestId } from '../../core/ids.js';

/**
 * A request id as the scripts remember it: always eleven characters of base 36, as records keep eight of them and Lua in Redis pays for
 * each character. Two lanes of multiply and xor give 53 bits: two of the last eight requests to one agent or call do not meet by chance.
 */
export function requestKey(requestId: RequestId): string {
  let high = 0x9e3779b9;
  let low = 0x85ebca6b;
  for (let i = 0; i < requestId.length; i += 1) {
    const unit = requestId.charCodeAt(i);
    high = Math.imul(high ^ unit, 0x5bd1e995) ^ (low >>> 15);
    low = Math.imul(low ^ unit, 0x27d4eb2f) ^ (high >>> 13);
  }
  high = Math.imul(high ^ (high >>> 16), 0x85ebca6b) ^ Math.imul(low ^ (low >>> 13), 0xc2b2ae35);
  low = Math.imul(low ^ (low >>> 16), 0x9e3779b1) ^ Math.imul(high ^ (high >>> 13), 0x27d4eb2f);
  return ((high >>> 11) * 4_294_967_296 + (low >>> 0)).toString(36).padStart(11, '0');
}
