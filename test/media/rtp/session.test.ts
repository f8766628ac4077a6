import { createSocket } from 'node:dgram';
import { afterEach, describe, expect, it } from 'vitest';
import type { DtmfSignal } from '../../../media/rtp/dtmf.js';
import { toneShare } from '../../../media/rtp/goertzel.js';
import { encodeG711 } from '../../../media/rtp/g711.js';
import { Pacer } from '../../../media/rtp/pacer.js';
import { formatRtp, parseRtp } from '../../../media/rtp/packet.js';
import { openPortPair } from '../../../media/rtp/port-pair.js';
import type { RtcpReport } from '../../../media/rtp/rtcp.js';
import { parseRtcp } from '../../../media/rtp/rtcp.js';
import type { RtpFormat } from '../../../media/rtp/session.js';
import { RtpSession } from '../../../media/rtp/session.js';
import { joinSounds, tone } from '../../../media/rtp/tone.js';
import { LateClock } from './late-clock.js';

const HOST = '127.0.0.1';
const telephoneEvent = { payloadType: 101, clockRate: 8000 };
const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const thing of open.splice(0)) await thing.close();
});

async function openSession(pacer: Pacer, format: RtpFormat): Promise<RtpSession> {
  const session = await RtpSession.open({ host: HOST, pacer });
  open.push(session);
  session.setFormat(format);
  return session;
}

async function openPair(a: RtpFormat, b: RtpFormat): Promise<[RtpSession, RtpSession]> {
  const pacer = new Pacer();
  const pair: [RtpSession, RtpSession] = [await openSession(pacer, a), await openSession(pacer, b)];
  pair[0].setRemote({ address: HOST, port: pair[1].port });
  pair[1].setRemote({ address: HOST, port: pair[0].port });
  return pair;
}

/** Cuts a sound into frames for a session's source. */
function play(sound: Int16Array): () => Int16Array | undefined {
  let at = 0;
  return () => (at >= sound.length ? undefined : sound.subarray(at, (at += 160)));
}

function collectFrames(session: RtpSession, count: number): Promise<Int16Array> {
  const frames: Int16Array[] = [];
  return new Promise((resolve) => {
    session.onFrame = (frame) => {
      frames.push(frame.slice());
      if (frames.length === count) resolve(joinSounds(frames));
    };
  });
}

/** A bare UDP peer, so that not every test trusts our own session at both ends. */
async function openRaw() {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => { socket.bind(0, HOST, resolve); });
  open.push(socket);
  const received: Buffer[] = [];
  socket.on('message', (raw) => received.push(raw));
  const next = () => new Promise<Buffer>((resolve) => { socket.once('message', resolve); });
  return { socket, received, next, port: socket.address().port };
}

const packet = (n: number, extra: object = {}) =>
  formatRtp({ payloadType: 0, marker: false, sequence: n, timestamp: n * 160, ssrc: 1, payload: encodeG711('PCMU', tone([600], 20)), ...extra });

describe('RtpSession', () => {
  it('binds an even port and carries sound from one law to the other', async () => {
    const [a, b] = await openPair({ codec: 'PCMU' }, { codec: 'PCMA' });
    expect([a.port % 2, b.port % 2]).toEqual([0, 0]);
    const heard = collectFrames(b, 10);
    a.source = play(tone([700], 300));
    expect(toneShare(await heard, 700)).toBeGreaterThan(0.95);
  });

  it('keeps the sound of two streams apart', async () => {
    const [a, b] = await openPair({ codec: 'PCMU' }, { codec: 'PCMU' });
    const heard = Promise.all([collectFrames(a, 10), collectFrames(b, 10)]);
    a.source = play(tone([700], 400));
    b.source = play(tone([1000], 400));
    const [atA, atB] = await heard;
    expect([toneShare(atA, 1000), toneShare(atB, 700)].map((share) => share > 0.95)).toEqual([true, true]);
  });

  it('sends nothing while it has nothing to say', async () => {
    const raw = await openRaw();
    const session = await openSession(new Pacer(), { codec: 'PCMU' });
    session.setRemote({ address: HOST, port: raw.port });
    raw.socket.send(packet(1), session.port, HOST);
    const answered = raw.next();
    const heard = collectFrames(session, 1);
    await heard;
    expect(raw.received).toEqual([]);
    session.source = play(tone([500], 20));
    await answered;
  });

  it('steps timestamps by 160, keeps its SSRC and marks the first packet of a spurt', async () => {
    const raw = await openRaw();
    const session = await openSession(new Pacer(), { codec: 'PCMU' });
    session.setRemote({ address: HOST, port: raw.port });
    session.source = play(tone([500], 100));
    while (raw.received.length < 5) await raw.next();
    const packets = raw.received.map((r) => parseRtp(r));
    expect(packets.map((p) => p?.marker)).toEqual([true, false, false, false, false]);
    expect(packets.map((p) => ((p?.timestamp ?? 0) - (packets[0]?.timestamp ?? 0)) >>> 0)).toEqual([0, 160, 320, 480, 640]);
    expect(packets.map((p) => ((p?.sequence ?? 0) - (packets[0]?.sequence ?? 0)) & 0xffff)).toEqual([0, 1, 2, 3, 4]);
    expect(new Set(packets.map((p) => p?.ssrc)).size).toBe(1);
  });

  it('carries keys under the payload type and clock rate that SDP named', async () => {
    const events = { payloadType: 120, clockRate: 16_000 };
    const [a, b] = await openPair({ codec: 'PCMU', telephoneEvent: events }, { codec: 'PCMU', telephoneEvent: events });
    const signals: DtmfSignal[] = [];
    const done = new Promise<void>((resolve) => {
      b.onDtmf = (signal) => {
        signals.push(signal);
        if (signals.length === 4) resolve();
      };
    });
    expect(a.sendDtmf('4', 100)).toBe(true);
    a.sendDtmf('#', 60);
    await done;
    expect(signals.filter((s) => s.kind === 'end')).toEqual([{ kind: 'end', digit: '4', durationMs: 100 }, { kind: 'end', digit: '#', durationMs: 60 }]);
  });

  it('ignores keys under a payload type that was not agreed', async () => {
    const raw = await openRaw();
    const session = await openSession(new Pacer(), { codec: 'PCMU', telephoneEvent });
    session.onDtmf = () => { throw new Error('heard a key'); };
    session.setRemote({ address: HOST, port: raw.port });
    const heard = collectFrames(session, 1);
    raw.socket.send(packet(1, { payloadType: 96, payload: Buffer.from([5, 0x8a, 1, 0x90]) }), session.port, HOST);
    raw.socket.send(packet(2), session.port, HOST);
    await heard;
    expect(session.stats().droppedPackets).toBe(1);
    expect((await openSession(new Pacer(), { codec: 'PCMU' })).sendDtmf('1', 100)).toBe(false);
  });

  it('answers where packets come from when SDP named another port', async () => {
    const raw = await openRaw();
    const silent = await openRaw();
    const session = await openSession(new Pacer(), { codec: 'PCMU' });
    session.setRemote({ address: HOST, port: silent.port });
    session.source = () => tone([500], 20);
    await silent.next();
    const answer = raw.next();
    for (let n = 0; n < 10; n++) raw.socket.send(packet(n), session.port, HOST);
    expect(parseRtp(await answer)?.payloadType).toBe(0);
    expect(session.remote?.port).toBe(raw.port);
  });

  it('plays without a gap what waited in the socket during a stall', async () => {
    const raw = await openRaw();
    const clock = new LateClock();
    const session = await openSession(new Pacer({ clock }), { codec: 'PCMU' });
    session.setRemote({ address: HOST, port: raw.port });
    const frames: Int16Array[] = [];
    session.onFrame = (frame) => frames.push(frame.slice());
    let sent = 0;
    const send = () => raw.socket.send(packet(sent++), session.port, HOST);
    const isRead = async () => { while (session.stats().receivedPackets < sent) await new Promise(setImmediate); };
    for (let round = 0; round < 5; round++) {
      send();
      await isRead();
      clock.run(20);
    }
    for (let missed = 0; missed < 5; missed++) send();
    clock.stall(100);
    await isRead();
    clock.run(60);
    expect(frames.length).toBeGreaterThanOrEqual(9);
    expect(toneShare(joinSounds(frames.slice(1)), 600)).toBeGreaterThan(0.99);
  });

  it('goes on with a new SSRC from its second packet on', async () => {
    const raw = await openRaw();
    const session = await openSession(new Pacer(), { codec: 'PCMU' });
    session.setRemote({ address: HOST, port: raw.port });
    let heard = collectFrames(session, 2);
    for (let n = 0; n < 4; n++) raw.socket.send(packet(n), session.port, HOST);
    await heard;
    raw.socket.send(packet(900, { ssrc: 66 }), session.port, HOST);
    heard = collectFrames(session, 5);
    const loud = encodeG711('PCMU', tone([1000], 20, 20_000));
    for (let n = 50; n < 56; n++) raw.socket.send(packet(n, { ssrc: 2, timestamp: 900_000 + n * 160, payload: loud }), session.port, HOST);
    expect(toneShare((await heard).subarray(-320), 1000)).toBeGreaterThan(0.9);
  });

  it('hears keys of a new SSRC whose timestamps begin lower', async () => {
    const raw = await openRaw();
    const session = await openSession(new Pacer(), { codec: 'PCMU', telephoneEvent });
    session.setRemote({ address: HOST, port: raw.port });
    const heard: string[] = [];
    const key = (n: number, ssrc: number, extra: object = {}) => packet(n, { ssrc, payloadType: 101, payload: Buffer.from([n % 10, 0x8a, 3, 0x20]), ...extra });
    const both = new Promise<void>((resolve) => {
      session.onDtmf = ({ kind, digit }) => {
        if (kind === 'end' && heard.push(digit) === 2) resolve();
      };
    });
    raw.socket.send(key(1, 1, { timestamp: 900_000 }), session.port, HOST);
    for (const n of [2, 3]) raw.socket.send(key(n, 2), session.port, HOST);
    await both;
    expect(heard).toEqual(['1', '3']);
  });

  it('neither sends nor hears on hold, but knows that packets come', async () => {
    const raw = await openRaw();
    const session = await openSession(new Pacer(), { codec: 'PCMU' });
    session.setRemote({ address: HOST, port: raw.port });
    session.setDirection({ sends: false, receives: false });
    session.onFrame = () => { throw new Error('heard a frame'); };
    raw.socket.send(packet(1), session.port, HOST);
    while (session.stats().receivedPackets === 0) await new Promise(setImmediate);
    await new Promise<void>((resolve) => {
      let asked = 0;
      session.source = () => {
        if (++asked === 3) resolve();
        return tone([500], 20);
      };
    });
    session.onFrame = undefined;
    session.setDirection({ sends: true, receives: true });
    await raw.next();
    expect(session.stats()).toMatchObject({ sentPackets: 1, receivedPackets: 1 });
  });

  it('reports at intervals drawn anew each time, the first one after 1 to 3 s and the next ones after 2 to 6.2 s, and says at its end that it leaves', async () => {
    const peer = await openPortPair(HOST);
    open.push(peer.rtp, peer.rtcp);
    const reports: RtcpReport[] = [];
    const isOver = new Promise<void>((resolve) => {
      peer.rtcp.on('message', (raw) => {
        const report = parseRtcp(raw);
        if (report !== undefined) reports.push(report);
        if (report?.isBye === true) resolve();
      });
    });
    const clock = new LateClock();
    const session = await openSession(new Pacer({ clock }), { codec: 'PCMU' });
    session.setRemote({ address: HOST, port: peer.port });
    session.source = () => new Int16Array(160);
    clock.run(60_000);
    await session.close();
    await isOver;
    // Every frame moves the timestamp on, the first one too.
    const atMs = reports.map(({ sender }) => (((sender?.timestamp ?? 0) - (reports.at(-1)?.sender?.timestamp ?? 0)) | 0) / 8 + 60_000);
    const [first = 0, ...others] = atMs.slice(0, -1).map((at, place) => at - (atMs[place - 1] ?? 0));
    expect(first).toBeGreaterThan(1_000);
    expect(first).toBeLessThan(3_100);
    expect(others.length).toBeGreaterThan(8);
    for (const interval of others) expect(interval).toBeGreaterThan(2_000);
    for (const interval of others) expect(interval).toBeLessThan(6_200);
    expect(new Set(others).size).toBeGreaterThan(1);
    expect(reports.map(({ isBye }) => isBye)).toEqual([...others.map(() => false), false, true]);
  });

  it('drops datagrams that are no RTP', async () => {
    const raw = await openRaw();
    const session = await openSession(new Pacer(), { codec: 'PCMU' });
    session.setRemote({ address: HOST, port: raw.port });
    raw.socket.send(Buffer.from('nonsense'), session.port, HOST);
    while (session.stats().droppedPackets === 0) await new Promise(setImmediate);
    expect(session.stats().receivedPackets).toBe(0);
  });

  it('takes its ports from the range and frees them on close', async () => {
    const taken = await openSession(new Pacer(), { codec: 'PCMU' });
    const portRange = { min: taken.port, max: taken.port + 1 };
    await expect(RtpSession.open({ host: HOST, pacer: new Pacer(), portRange })).rejects.toThrow('no free UDP port pair');
    await taken.close();
    await taken.close();
    const again = await RtpSession.open({ host: HOST, pacer: new Pacer(), portRange });
    open.push(again);
    expect(again.port).toBe(portRange.min);
  });
});
