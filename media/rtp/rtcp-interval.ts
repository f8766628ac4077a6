const MINIMUM_MS = 5_000;
const FIRST_MINIMUM_MS = 2_500;
/** Makes up for what timer reconsideration adds where there are many members: e - 3/2. */
const COMPENSATION = Math.E - 1.5;

/**
 * Ms until the next RTCP report of one of two members, whose share of the bandwidth never asks for more than the minimum interval (RFC 3550
 * section 6.3.1): drawn anew each time, so that streams that began together do not report together for ever.
 */
export function rtcpIntervalMs(isFirst: boolean, random: () => number = Math.random): number {
  return ((isFirst ? FIRST_MINIMUM_MS : MINIMUM_MS) * (0.5 + random())) / COMPENSATION;
}
