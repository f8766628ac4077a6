import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';

/** The wished port when it is free for TCP (and UDP, where asked) on that address, else 0: the program takes any free one and says which. */
export async function portOrAny(wished: number, where: { readonly host: string; readonly needsUdp: boolean }): Promise<number> {
  const isFree = (await isTcpFree(wished, where.host)) && (!where.needsUdp || (await isUdpFree(wished, where.host)));
  return isFree ? wished : 0;
}

function isTcpFree(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}

function isUdpFree(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    socket.once('error', () => {
      socket.close();
      resolve(false);
    });
    socket.bind(port, host, () => socket.close(() => resolve(true)));
  });
}
