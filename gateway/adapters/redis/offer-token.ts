import { randomBytes } from 'node:crypto';

const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const POOL_BYTES = 4_000;

let pool = randomBytes(0);
let at = 0;

/**
 * A new token for an offer that a script may make: 10 characters of time and 10 of chance in Crockford's base 32, so tokens sort by the
 * time they were made and two nodes never make the same one. Made by the client because a counter in the store may go back after a
 * failover. The offer's id is this token with the call's id behind it.
 */
export function newOfferToken(now: number = Date.now()): string {
  let time = '';
  for (let i = 0, rest = now; i < 10; i += 1, rest = Math.floor(rest / 32)) time = (DIGITS[rest % 32] ?? '0') + time;
  if (at + 10 > pool.length) {
    pool = randomBytes(POOL_BYTES);
    at = 0;
  }
  let chance = '';
  for (let i = 0; i < 10; i += 1) chance += DIGITS[(pool[at + i] ?? 0) % 32] ?? '0';
  at += 10;
  return time + chance;
}
