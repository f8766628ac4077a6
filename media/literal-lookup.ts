import { lookup } from 'node:dns';
import { isIP } from 'node:net';

type Done = (error: NodeJS.ErrnoException | null, address: string, family: number) => void;

/**
 * For sockets of `dgram`: an IP literal needs no resolver, and no turn of the task queue before each packet, as Node's own takes. Names are
 * looked up as usual. (Node hands over the family where its types name options.)
 */
export function literalLookup(host: string, family: number, done: Done): void {
  const literal = isIP(host);
  if (literal === 0) lookup(host, { family }, done);
  else done(null, host, literal);
}
