import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { DtmfSignal } from '../../../media/rtp/dtmf.js';
import { encodeG711 } from '../../../media/rtp/g711.js';
import { toneShare } from '../../../media/rtp/goertzel.js';
import { Pacer } from '../../../media/rtp/pacer.js';
import { formatRtp } from '../../../media/rtp/packet.js';
import { RtpSession } from '../../../media/rtp/session.js';
import { joinSounds, tone } from '../../../media/rtp/tone.js';
import { Chance, FUZZ_COUNT, FUZZ_SEED, mutated } from '../../support/fuzz.js';

const HOST = '127.0.0.1';

describe(`${FUZZ_COUNT} malformed datagrams to an RTP session (seed ${FUZZ_SEED})`, () => {
  const peer = createSocket('udp4');
  let session: RtpSession;
  beforeAll(async () => {
    peer.bind(0, HOST);
    await once(peer, 'listening');
    session = await RtpSession.open({ host: HOST, pacer: new Pacer() });
    session.setFormat({ codec: 'PCMA', telephoneEvent: { payloadType: 101, clockRate: 8000 } });
    session.setRemote({ address: HOST, port: peer.address().port });
  });
  afterAll(async () => {
    peer.close();
    await session.close();
  });

  const packet = (payloadType: number, sequence: number, payload: Buffer, frame = sequence): Buffer =>
    formatRtp({ payloadType, sequence: sequence & 0xffff, timestamp: (frame * 160) >>> 0, ssrc: 7, marker: false, payload });
  const sendTo = (port: number, data: Buffer): Promise<unknown> => new Promise((resolve) => peer.send(data, port, HOST, resolve));

  it('neither break it nor drown what is proper', async () => {
    const chance = new Chance(FUZZ_SEED);
    const senderReport = Buffer.from('80c8000600000007e000000080000000000000000000000100000001', 'hex');
    const bye = Buffer.from('81cb000100000007', 'hex');
    const voice = packet(8, 1, Buffer.from(encodeG711('PCMA', tone([440], 20))));
    const key = packet(101, 2, Buffer.from([5, 0x8a, 3, 0x20]));
    for (let index = 0; index < FUZZ_COUNT; index += 1) {
      const toRtcp = index % 5 === 0;
      await sendTo(toRtcp ? session.port + 1 : session.port, mutated(toRtcp ? [senderReport, bye] : [voice, key], chance));
    }
    const keys: DtmfSignal[] = [];
    session.onDtmf = (signal) => keys.push(signal);
    const frames: Int16Array[] = [];
    const heard = new Promise<void>((resolve) => {
      session.onFrame = (frame) => {
        frames.push(frame.slice());
        if (toneShare(joinSounds(frames.slice(-10)), 1_000) > 0.9) resolve();
      };
    });
    const sound = tone([1_000], 20 * 200);
    let isDone = false;
    void heard.then(() => (isDone = true));
    let next = 30_000;
    for (let index = 0; index < 200 && !isDone; index += 1, next += 1) {
      await sendTo(session.port, packet(8, next, Buffer.from(encodeG711('PCMA', sound.subarray(index * 160, (index + 1) * 160)))));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await heard;
    // RFC 4733 section 2.5.1.4: the end of a key is sent three times, in packets of their own.
    for (let repeat = 0; repeat < 3; repeat += 1) await sendTo(session.port, packet(101, next + repeat, Buffer.from([9, 0x8a, 3, 0x20]), next));
    await vi.waitFor(() => expect(keys.map((signal) => signal.digit)).toContain('9'), { timeout: 2_000 });
  });
});
