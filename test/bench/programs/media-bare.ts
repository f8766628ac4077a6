import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { Evenness } from './evenness.js';
import { serveStreams } from './media-order.js';

/** As many packets on as many sockets as `media-switch`, but nothing else: what Node's own UDP costs, and how evenly it can leave here. */
const HOST = '127.0.0.1';
const PACKET_BYTES = 172;
const SLOT_MS = 5;
const SLOTS = 4;

const packet = Buffer.alloc(PACKET_BYTES);
const literalLookup = (host: string, _options: unknown, done: (error: null, address: string, family: number) => void): void => done(null, host, 4);
const sockets: Socket[] = [];
const evenness = new Evenness();
/** When each socket sent last. */
let lastAt: number[] = [];
let [sent, received] = [0, 0];

async function open(): Promise<void> {
  const socket = createSocket({ type: 'udp4', lookup: literalLookup as never });
  // A look-up that answers at once makes bind() report before it returns.
  const listening = once(socket, 'listening');
  socket.bind({ address: HOST, port: 0, exclusive: true });
  await listening;
  socket.on('message', () => (received += 1));
  sockets.push(socket);
}

/** Each socket sends to its neighbour in the pair. */
let ports: readonly number[] = [];

async function setStreams(count: number): Promise<void> {
  for (const socket of sockets.splice(count)) socket.close();
  while (sockets.length < count) await open();
  lastAt = sockets.map(() => Number.NaN);
  ports = sockets.map((_, at) => sockets[at ^ 1]?.address().port ?? 0);
}

const begun = performance.now();
let slotsDone = 0;

function run(): void {
  const due = Math.floor((performance.now() - begun) / SLOT_MS);
  for (; slotsDone < due; slotsDone += 1) {
    for (let at = slotsDone % SLOTS; at < ports.length; at += SLOTS) {
      lastAt[at] = evenness.note(lastAt[at] ?? Number.NaN);
      sockets[at]?.send(packet, ports[at] ?? 0, HOST);
      sent += 1;
    }
  }
  setTimeout(run, Math.max(1, begun + (slotsDone + 1) * SLOT_MS - performance.now()));
}

serveStreams({ setStreams, totals: () => ({ sent, received }), evenness });
run();
