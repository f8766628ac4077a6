import { Pacer } from '../../../media/rtp/pacer.js';
import { RtpSession } from '../../../media/rtp/session.js';
import { tone } from '../../../media/rtp/tone.js';
import { ChannelMedia } from '../../../media/softswitch/freeswitch/channel-media.js';
import { Evenness } from './evenness.js';
import { serveStreams } from './media-order.js';

/**
 * The media of the softswitch without its signalling: channels that play a prompt and take what comes, sound and keys, all on one pacer. Each
 * is the far end of another one, so that nothing but the channels uses the machine.
 */
const HOST = '127.0.0.1';
const FRAME_MS = 20;
const FRAME_SAMPLES = 160;
const KEY = '5@100';
const FRAMES_BETWEEN_KEYS = 150;
/** Every so many streams one is watched, so that the watching costs next to nothing; prime to the four slots of the pacer. */
const WATCHED = 7;

const pacer = new Pacer();
const prompt = tone([440], 2_000);
const streams: ChannelMedia[] = [];
const evenness = new Evenness();
let [sent, received, keysPressed, keys, heard] = [0, 0, 0, 0, 0];

function attach(media: ChannelMedia): void {
  const isWatched = streams.length % WATCHED === 0;
  let at = 0;
  let last = Number.NaN;
  // A new stream begins with a key of its own turn.
  let framesUntilKey = 1 + ((streams.length * 7) % FRAMES_BETWEEN_KEYS);
  media.attach({
    frame: () => {
      // Asked for right before it is sent: the distance to the frame before shows how evenly the packets leave.
      if (isWatched) last = evenness.note(last);
      at = (at + FRAME_SAMPLES) % prompt.length;
      framesUntilKey -= 1;
      if (framesUntilKey > 0) return prompt.subarray(at, at + FRAME_SAMPLES);
      framesUntilKey = FRAMES_BETWEEN_KEYS;
      // While a key is sent no frame is asked for.
      last = Number.NaN;
      keysPressed += 1;
      media.sendDigits(KEY);
      return undefined;
    },
    heard: () => (heard += 1),
    digit: () => (keys += 1),
  });
}

async function open(): Promise<ChannelMedia> {
  const media = new ChannelMedia(await RtpSession.open({ host: HOST, pacer }));
  attach(media);
  streams.push(media);
  return media;
}

function connect(from: ChannelMedia, to: ChannelMedia): void {
  from.apply({ codec: { name: 'PCMA', payload: 8 }, dtmfPayload: 101, ptimeMs: FRAME_MS, direction: 'sendrecv', remote: { address: HOST, port: to.port } });
}

async function setStreams(count: number): Promise<void> {
  for (const media of streams.splice(count)) {
    const stats = media.stats();
    [sent, received] = [sent + stats.sentPackets, received + stats.receivedPackets];
    await media.close();
  }
  while (streams.length < count) {
    const [one, other] = [await open(), await open()];
    connect(one, other);
    connect(other, one);
  }
}

serveStreams({
  setStreams,
  totals: () => {
    const now = streams.map((media) => media.stats());
    const sum = (figure: 'sentPackets' | 'receivedPackets'): number => now.reduce((total, stats) => total + stats[figure], 0);
    return { sent: sent + sum('sentPackets'), received: received + sum('receivedPackets'), keysPressed, keys, heard };
  },
  evenness,
});
