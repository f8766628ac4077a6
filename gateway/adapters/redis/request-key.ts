import type { RequestId } from '../../core/ids.js';

/** All pairs of digits of base 36: looked up, as `toString(36)` took four times as long as all the rest. */
const PAIRS = Array.from({ length: 1_296 }, (_, value) => value.toString(36).padStart(2, '0'));

/**
 * A request id as the scripts remember it: always eleven characters of base 36, as records keep eight of them and Lua in Redis pays for
 * each character. Two lanes of multiply and xor give 56 bits: two of the last eight requests to one agent or call do not meet by chance.
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
  // 25 bits are less than 36^5, 31 bits less than 36^6.
  return sixDigits(high >>> 7).slice(1) + sixDigits(low >>> 1);
}

function sixDigits(value: number): string {
  const rest = Math.trunc(value / 1_296);
  return (PAIRS[Math.trunc(rest / 1_296)] ?? '') + (PAIRS[rest % 1_296] ?? '') + (PAIRS[value % 1_296] ?? '');
}
