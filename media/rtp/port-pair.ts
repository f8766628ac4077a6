import type { Socket } from 'node:dgram';
import { createSocket } from 'node:dgram';
import { literalLookup } from '../literal-lookup.js';

/** Inclusive range of UDP ports for media. */
export interface PortRange {
  readonly min: number;
  readonly max: number;
}

/** An RTP socket on an even port and its RTCP socket on the next one (RFC 3550 section 11). */
export interface PortPair {
  readonly rtp: Socket;
  readonly rtcp: Socket;
  readonly port: number;
}

/** Every pair that may be used is taken. */
export class NoFreePorts extends Error {}

const EPHEMERAL_ATTEMPTS = 50;

async function bind(host: string, port: number): Promise<Socket | undefined> {
  const socket = createSocket({ type: 'udp4', lookup: literalLookup as never });
  return new Promise((resolve, reject) => {
    socket.once('error', (error: NodeJS.ErrnoException) => {
      socket.close();
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(undefined);
      else reject(error);
    });
    socket.bind({ address: host, port, exclusive: true }, () => {
      socket.removeAllListeners('error');
      resolve(socket);
    });
  });
}

async function bindPair(host: string, even: number): Promise<PortPair | undefined> {
  const rtp = await bind(host, even);
  if (rtp === undefined) return undefined;
  const rtcp = await bind(host, even + 1);
  if (rtcp !== undefined) return { rtp, rtcp, port: even };
  rtp.close();
  return undefined;
}

async function bindEphemeral(host: string): Promise<PortPair | undefined> {
  for (let attempt = 0; attempt < EPHEMERAL_ATTEMPTS; attempt++) {
    const first = await bind(host, 0);
    if (first === undefined) continue;
    const port = first.address().port;
    const isEven = port % 2 === 0;
    const second = await bind(host, isEven ? port + 1 : port - 1);
    if (second !== undefined) return isEven ? { rtp: first, rtcp: second, port } : { rtp: second, rtcp: first, port: port - 1 };
    first.close();
  }
  return undefined;
}

let nextEven = 0;

/** Binds a free pair in the range, or anywhere without one. Rejects with NoFreePorts. */
export async function openPortPair(host: string, range?: PortRange): Promise<PortPair> {
  if (range === undefined) {
    const pair = await bindEphemeral(host);
    if (pair === undefined) throw new NoFreePorts('no free pair of ephemeral UDP ports');
    return pair;
  }
  const first = range.min + (range.min % 2);
  const pairs = Math.floor((range.max - first + 1) / 2);
  // Going round keeps a port unused for as long as possible after a call, so late packets of that call hit nobody.
  for (let tried = 0; tried < pairs; tried++) {
    const pair = await bindPair(host, first + 2 * (nextEven++ % pairs));
    if (pair !== undefined) return pair;
  }
  throw new NoFreePorts(`no free UDP port pair in ${range.min}-${range.max}`);
}
