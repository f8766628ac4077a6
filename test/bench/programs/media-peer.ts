import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { DtmfSender } from '../../../media/rtp/dtmf.js';
import { encodeG711 } from '../../../media/rtp/g711.js';
import { RTP_HEADER_BYTES, writeRtpHeader } from '../../../media/rtp/packet.js';
import { tone } from '../../../media/rtp/tone.js';
import { serve } from './stay.js';

/** The far ends of many streams, as cheap as can be: ready-made G.711, a key now and then, and a count of what comes. */
const HOST = '127.0.0.1';
const SOCKETS = 8;
const SLOT_MS = 5;
const SLOTS = 4;
const FRAME_UNITS = 160;
const KEY_MS = 100;
const FRAMES_BETWEEN_KEYS = 150;

interface Order {
  readonly type: 'open' | 'targets' | 'measure';
  readonly ports: readonly number[];
  readonly ms: number;
}

interface Stream {
  readonly port: number;
  readonly socket: Socket;
  readonly ssrc: number;
  readonly packet: Buffer;
  readonly keys: DtmfSender;
  sequence: number;
  timestamp: number;
  frame: number;
}

const sound = encodeG711('PCMA', tone([600], 20));
const literalLookup = (host: string, _options: unknown, done: (error: null, address: string, family: number) => void): void => done(null, host, 4);
const sockets: Socket[] = [];
let streams: Stream[] = [];
let [sent, received, keysSent] = [0, 0, 0];

async function openSockets(): Promise<object> {
  for (let at = 0; at < SOCKETS; at += 1) {
    const socket = createSocket({ type: 'udp4', lookup: literalLookup as never, recvBufferSize: 4 << 20 });
    // A look-up that answers at once makes bind() report before it returns.
    const listening = once(socket, 'listening');
    socket.bind(0, HOST);
    await listening;
    socket.on('message', () => (received += 1));
    socket.on('error', () => undefined);
    sockets.push(socket);
  }
  return { ports: sockets.map((socket) => socket.address().port) };
}

/** The streams that are there already go on; a new one begins with a key of its own turn. */
function setTargets({ ports }: Order): object {
  const known = new Map(streams.map((stream) => [stream.port, stream]));
  streams = ports.flatMap((port, at) => {
    const socket = sockets[at % sockets.length];
    if (socket === undefined) return [];
    const packet = Buffer.concat([Buffer.alloc(RTP_HEADER_BYTES), sound]);
    return [known.get(port) ?? { port, socket, ssrc: 0x10_0000 + port, packet, keys: new DtmfSender(), sequence: 0, timestamp: 0, frame: (at * 7) % FRAMES_BETWEEN_KEYS }];
  });
  return {};
}

function tick(stream: Stream): void {
  stream.frame += 1;
  stream.timestamp = (stream.timestamp + FRAME_UNITS) >>> 0;
  if (stream.frame % FRAMES_BETWEEN_KEYS === 0) {
    stream.keys.add('5', KEY_MS);
    keysSent += 1;
  }
  if (!stream.keys.isActive) return send(stream, stream.packet, { payloadType: 8, marker: false, timestamp: stream.timestamp });
  const key = stream.keys.next(stream.timestamp, 8_000);
  if (key !== undefined) send(stream, Buffer.concat([Buffer.alloc(RTP_HEADER_BYTES), key.payload]), { payloadType: 101, marker: key.marker, timestamp: key.timestamp });
}

function send(stream: Stream, packet: Buffer, head: { readonly payloadType: number; readonly marker: boolean; readonly timestamp: number }): void {
  stream.sequence = (stream.sequence + 1) & 0xffff;
  writeRtpHeader(packet, { ...head, sequence: stream.sequence, ssrc: stream.ssrc });
  sent += 1;
  // The packet is used again 20 ms later; the system has taken its copy when send() returns.
  stream.socket.send(packet, stream.port, HOST);
}

const begun = performance.now();
let slotsDone = 0;

function run(): void {
  const due = Math.floor((performance.now() - begun) / SLOT_MS);
  for (; slotsDone < due; slotsDone += 1) for (let at = slotsDone % SLOTS; at < streams.length; at += SLOTS) tick(streams[at] as Stream);
  setTimeout(run, Math.max(1, begun + (slotsDone + 1) * SLOT_MS - performance.now()));
}

async function measure({ ms }: Order): Promise<object> {
  const [sentBefore, receivedBefore, keysBefore, cpuBefore, from] = [sent, received, keysSent, process.cpuUsage(), performance.now()];
  await new Promise((resolve) => setTimeout(resolve, ms));
  const took = performance.now() - from;
  const cpu = process.cpuUsage(cpuBefore);
  return { took, sent: sent - sentBefore, received: received - receivedBefore, keys: keysSent - keysBefore, cpuShare: (cpu.user + cpu.system) / 1_000 / took };
}

const carryOut = (order: Order): Promise<object> => (order.type === 'open' ? openSockets() : order.type === 'measure' ? measure(order) : Promise.resolve(setTargets(order)));

process.on('message', (order: Order) => {
  carryOut(order).then(
    (answer) => process.send?.(answer),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
run();
serve({});
