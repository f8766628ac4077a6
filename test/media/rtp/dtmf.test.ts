import { describe, expect, it } from 'vitest';
import type { DtmfPacket, DtmfSignal } from '../../../media/rtp/dtmf.js';
import { DtmfReceiver, DtmfSender } from '../../../media/rtp/dtmf.js';

/** Everything a sender makes for these keys, one entry each 20 ms. */
function send(keys: readonly [string, number][], clockRate = 8000): DtmfPacket[] {
  const sender = new DtmfSender();
  for (const [digit, ms] of keys) sender.add(digit, ms);
  const packets: DtmfPacket[] = [];
  for (let timestamp = 160; sender.isActive; timestamp += 160) {
    const packet = sender.next(timestamp, clockRate);
    if (packet !== undefined) packets.push(packet);
  }
  return packets;
}

function receive(packets: readonly DtmfPacket[], clockRate = 8000): DtmfSignal[] {
  const signals: DtmfSignal[] = [];
  const receiver = new DtmfReceiver(clockRate, (signal) => signals.push(signal));
  for (const packet of packets) receiver.push(packet);
  return signals;
}

const isEnd = (packet: DtmfPacket) => (packet.payload.readUInt8(1) & 0x80) !== 0;
const ends = (signals: readonly DtmfSignal[]) => signals.filter((s) => s.kind === 'end').map((s) => [s.digit, s.durationMs]);

describe('RFC 4733 keys', () => {
  it('arrive as they were pressed', () => {
    const keys = [...'0123456789*#ABCD'].map((digit): [string, number] => [digit, 100]);
    expect(ends(receive(send(keys)))).toEqual(keys);
  });

  it('arrive in any clock rate that SDP names', () => {
    expect(ends(receive(send([['5', 120]], 48_000), 48_000))).toEqual([['5', 120]]);
  });

  it('last at least 40 ms', () => {
    expect(ends(receive(send([['1', 1]])))).toEqual([['1', 40]]);
  });

  it('count once with ten ends and with one', () => {
    const packets = send([['7', 60], ['7', 60]]);
    expect(ends(receive(packets.flatMap((p) => (isEnd(p) ? Array.from({ length: 4 }, () => p) : [p]))))).toHaveLength(2);
    const oneEnd = packets.filter((p, i) => !isEnd(p) || !isEnd(packets[i - 1] ?? p));
    expect(ends(receive(oneEnd))).toHaveLength(2);
  });

  it('count once when packets are repeated and out of order', () => {
    const packets = send([['3', 100]]);
    expect(ends(receive([...packets, ...packets.toReversed()]))).toEqual([['3', 100]]);
  });

  it('are not begun again by a late packet of the key before', () => {
    const packets = send([['3', 60], ['4', 60]]);
    const [late] = packets;
    expect(receive([...packets.slice(0, 7), ...(late === undefined ? [] : [late]), ...packets.slice(7)]).map((s) => `${s.kind} ${s.digit}`)).toEqual(['start 3', 'end 3', 'start 4', 'end 4']);
  });

  it('are heard by an end packet alone', () => {
    expect(ends(receive(send([['9', 80]]).slice(-1)))).toEqual([['9', 80]]);
  });

  it('are told as lost, not as pressed, when all ends are lost', () => {
    const signals = receive(send([['4', 80], ['6', 80]]).filter((p, i) => i > 8 || !isEnd(p)));
    expect(signals.map((s) => `${s.kind} ${s.digit}`)).toEqual(['start 4', 'lost 4', 'start 6', 'end 6']);
  });

  it('held for 20 s are one press', () => {
    expect(ends(receive(send([['8', 20_000]])))).toEqual([['8', 20_000]]);
  });

  it('pressed again after a long press whose ends were lost are another press, also when the first packet was lost', () => {
    const packets = send([['8', 5_000], ['8', 100]]);
    const [long, short] = [packets.filter((p) => p.timestamp === packets[0]?.timestamp && !isEnd(p)), packets.slice(-6)];
    expect(receive([...long, ...short]).map((s) => `${s.kind} ${s.digit} ${s.durationMs}`)).toEqual(['start 8 0', 'lost 8 4980', 'start 8 0', 'end 8 100']);
  });

  it('send a marker on the first packet only and three ends', () => {
    const packets = send([['2', 100]]);
    expect(packets.map((p) => p.marker)).toEqual([true, false, false, false, false, false, false]);
    expect(packets.filter(isEnd)).toHaveLength(3);
  });

  it('ignore short packets and other events', () => {
    expect(receive([{ marker: true, timestamp: 0, payload: Buffer.from([1, 0x80, 0]) }, { marker: true, timestamp: 0, payload: Buffer.from([16, 0x80, 1, 0]) }])).toEqual([]);
  });

  it('refuse what is no key', () => {
    expect(() => new DtmfSender().add('x', 100)).toThrow(RangeError);
  });
});
