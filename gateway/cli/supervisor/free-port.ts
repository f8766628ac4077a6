import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';

export interface FoundPort {
  /** 0: the program takes any free one and says which. */
  readonly port: number;
  /** Why it is not the one that was wished; null = it is. */
  readonly why: string | null;
}

/** The wished port where TCP (and UDP, where asked) can listen there on that address, else any. */
export async function portOrAny(wished: number, where: { readonly host: string; readonly needsUdp: boolean }): Promise<FoundPort> {
  const fault = (await tcpFault(wished, where.host)) ?? (where.needsUdp ? await udpFault(wished, where.host) : null);
  return fault === null ? { port: wished, why: null } : { port: 0, why: whyNot(fault) };
}

/** In words that go on from "port 5060 …". */
export function whyNot({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'EADDRINUSE') return 'is taken by another program';
  if (code === 'EACCES') return 'needs more rights than this user has, as ports below 1024 do';
  return `cannot be had (${message})`;
}

function tcpFault(port: number, host: string): Promise<Error | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', resolve);
    server.listen(port, host, () => server.close(() => resolve(null)));
  });
}

function udpFault(port: number, host: string): Promise<Error | null> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    socket.once('error', (error) => {
      socket.close();
      resolve(error);
    });
    socket.bind(port, host, () => socket.close(() => resolve(null)));
  });
}
