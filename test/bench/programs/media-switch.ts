import { RtpSession } from '../../../media/rtp/session.js';
import { Pacer } from '../../../media/rtp/pacer.js';
import { tone } from '../../../media/rtp/tone.js';
import { ChannelMedia } from '../../../media/softswitch/freeswitch/channel-media.js';
import { Histogram } from './histogram.js';
import { serve } from './stay.js';

/** The media of the softswitch without its signalling: channels that play a prompt and take what comes, sound and keys, all on one pacer. */
const HOST = '127.0.0.1';
const FRAME_MS = 20;
const FRAME_SAMPLES = 160;

interface Order {
  readonly type: 'streams' | 'measure';
  readonly count: number;
  readonly peerPorts: readonly number[];
  readonly ms: number;
}

const pacer = new Pacer();
const prompt = tone([440], 2_000);
const streams: ChannelMedia[] = [];
const jitter = new Histogram();
let keys = 0;
let heard = 0;

async function open(peerPort: number): Promise<void> {
  const session = await RtpSession.open({ host: HOST, pacer });
  const media = new ChannelMedia(session);
  let at = 0;
  let last = performance.now();
  media.attach({
    frame: () => {
      // Asked for right before it is sent: the distance to the frame before shows how evenly the packets leave.
      const now = performance.now();
      jitter.add(Math.abs(now - last - FRAME_MS));
      last = now;
      at = (at + FRAME_SAMPLES) % prompt.length;
      return prompt.subarray(at, at + FRAME_SAMPLES);
    },
    heard: () => (heard += 1),
    digit: () => (keys += 1),
  });
  media.apply({ codec: { name: 'PCMA', payload: 8 }, dtmfPayload: 101, ptimeMs: FRAME_MS, direction: 'sendrecv', remote: { address: HOST, port: peerPort } });
  streams.push(media);
}

async function setStreams({ count, peerPorts }: Order): Promise<object> {
  for (const media of streams.splice(count)) await media.close();
  while (streams.length < count) await open(peerPorts[streams.length % peerPorts.length] ?? 0);
  return { ports: streams.map((media) => media.port) };
}

/** Sums over all streams. */
const totals = (): { readonly sent: number; readonly received: number; readonly lost: number } =>
  streams.reduce((sum, media) => {
    const stats = media.stats();
    return { sent: sum.sent + stats.sentPackets, received: sum.received + stats.receivedPackets, lost: sum.lost + stats.lostPackets };
  }, { sent: 0, received: 0, lost: 0 });

async function measure({ ms }: Order): Promise<object> {
  const before = totals();
  const [keysBefore, heardBefore, cpuBefore, begun] = [keys, heard, process.cpuUsage(), performance.now()];
  jitter.clear();
  await new Promise((resolve) => setTimeout(resolve, ms));
  const took = performance.now() - begun;
  const cpu = process.cpuUsage(cpuBefore);
  const figures = { p99: jitter.percentile(99), p50: jitter.percentile(50), max: jitter.percentile(100) };
  const after = totals();
  return {
    ...figures, took, cpuShare: (cpu.user + cpu.system) / 1_000 / took, keys: keys - keysBefore, heard: heard - heardBefore,
    sent: after.sent - before.sent, received: after.received - before.received, lost: after.lost - before.lost,
  };
}

process.on('message', (order: Order) => {
  (order.type === 'streams' ? setStreams(order) : measure(order)).then(
    (answer) => process.send?.(answer),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
serve({});
