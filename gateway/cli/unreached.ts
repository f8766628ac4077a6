import { createSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { locate } from '../../media/sip/next-hop.js';
import type { Protocol, Source } from '../../media/sip/transport.js';

/** Where a request to this SIP URI goes; null when there is no such host, or its transport is neither UDP nor TCP. */
export const hopTo = (uri: string, protocol: Protocol): Promise<Source | null> => new Promise((found) => locate(uri, protocol, (hop) => found(hop ?? null)));

/** `udp 127.0.0.1:5060`. */
export const addressText = ({ protocol, address, port }: Source): string => `${protocol} ${isIPv6(address) ? `[${address}]` : address}:${port}`;

/** Why nobody there answered a request. */
export const unreachedText = (to: Source, cause: 'timeout' | 'transport'): string =>
  cause === 'timeout' ? `no answer came from ${addressText(to)}` : `nothing listens at ${addressText(to)}, or no way leads there`;

/**
 * Tells when the machine there says that nothing listens on that UDP port; most say nothing. A socket that is shared, as a phone's is, does
 * not get to know. What it sends is a keep-alive of RFC 5626. @returns stops it
 */
export function whenRefused({ address, port, protocol }: Source, refused: () => void): () => void {
  if (protocol !== 'udp') return () => undefined;
  const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
  let isOpen = true;
  const close = (): void => {
    if (isOpen) socket.close();
    isOpen = false;
  };
  socket.on('error', (error: NodeJS.ErrnoException) => {
    close();
    if (error.code === 'ECONNREFUSED') refused();
  });
  socket.connect(port, address, () => isOpen && socket.send('\r\n\r\n'));
  return close;
}
