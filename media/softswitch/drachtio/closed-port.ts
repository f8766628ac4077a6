import { readFile } from 'node:fs/promises';
import { isIPv4 } from 'node:net';
import type { Source } from '../../sip/transport.js';

/** How long a request stays unanswered before we look whether anybody listens. */
export const LOOK_AFTER_MS = 200;

/**
 * Whether a UDP port of this machine has no listener. drachtio-server learns it from the ICMP error that an unconnected socket of Node never sees,
 * so the table of bound ports is read instead (Linux). False whenever it cannot be told: other machines, other systems.
 */
export async function isClosedHere(to: Source): Promise<boolean> {
  if (to.protocol !== 'udp' || !isIPv4(to.address) || !to.address.startsWith('127.')) return false;
  try {
    const tables = await Promise.all(['/proc/net/udp', '/proc/net/udp6'].map((path) => readFile(path, 'latin1')));
    const port = to.port.toString(16).toUpperCase().padStart(4, '0');
    return !tables.join('\n').split('\n').some((line) => line.trim().split(/\s+/)[1]?.endsWith(`:${port}`) === true);
  } catch {
    return false; // no such table on this system
  }
}
