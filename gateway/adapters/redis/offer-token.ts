import { randomBytes } from 'node:crypto';

const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** All pairs of digits. */
const PAIRS = Array.from({ length: 1_024 }, (_, value) => `${DIGITS[value >>> 5] ?? ''}${DIGITS[value & 31] ?? ''}`);
const POOL_BYTES = 4_000;

let pool = randomBytes(0);
let at = 0;
let lastNow = Number.NaN;
let lastTime = '';

/**
 * A new token for an offer that a script may make: 10 characters of time and 10 of chance in Crockford's base 32, so tokens sort by the
 * time they were made and two nodes never make the same one. Made by the client because a counter in the store may go back after a
 * failover. The offer's id is this token with the call's id behind it.
 */
export function newOfferToken(now: number = Date.now()): string {
  if (now !== lastNow) {
    lastTime = '';
    for (let i = 0, rest = now; i < 5; i += 1, rest = Math.floor(rest / 1_024)) lastTime = (PAIRS[rest % 1_024] ?? '') + lastTime;
    lastNow = now;
  }
  if (at + 10 > pool.length) {
    pool = randomBytes(POOL_BYTES);
    at = 0;
  }
  let token = lastTime;
  for (const end = at + 10; at < end; at += 2) token += PAIRS[pool.readUInt16BE(at) & 1_023] ?? '';
  return token;
}
