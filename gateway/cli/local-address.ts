import { createSocket } from 'node:dgram';
import { networkInterfaces } from 'node:os';

/** The address of this machine that packets to `host` leave from, which is what a phone must write into its SDP. Rejects when there is no way there. */
export function localAddressTowards(host: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = createSocket('udp4');
    socket.once('error', (error) => {
      socket.close();
      reject(error);
    });
    // Connecting a datagram socket sends nothing: it only asks the routing table.
    socket.connect(9, host, () => {
      const { address } = socket.address();
      socket.close();
      resolve(address);
    });
  });
}

/** The IPv4 addresses of this machine, those that others reach first. */
export function ownAddresses(): readonly string[] {
  const all = Object.values(networkInterfaces()).flatMap((found) => found ?? []).filter(({ family }) => family === 'IPv4');
  return [...all.filter(({ internal }) => !internal), ...all.filter(({ internal }) => internal)].map(({ address }) => address);
}
