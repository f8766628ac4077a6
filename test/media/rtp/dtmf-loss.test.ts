import { describe, expect, it } from 'vitest';
import { VirtualCall } from '../../../gateway/core/authoring/virtual-call.js';
import { DtmfReceiver, DtmfSender, type DtmfPacket, type DtmfSignal } from '../../../media/rtp/dtmf.js';
import { Chance, FUZZ_SEED } from '../../support/fuzz.js';
import { RETRY, smallFlow } from '../../core/flow/small-flow.js';

const SEQUENCES = process.env['VAXEL_LONG'] === '1' ? 10_000 : 1_500;
const TICK_MS = 20;
const UNITS_A_TICK = 160;
/** Less than between the last packet of a key and the first of the next: what overtakes, overtakes packets of its own key. */
const MOST_JITTER_MS = 55;

interface Arriving {
  readonly atMs: number;
  readonly key: number;
  readonly packet: DtmfPacket;
}

const isEnd = ({ payload }: DtmfPacket): boolean => (payload.readUInt8(1) & 0x80) !== 0;

/** The packets of these keys as they leave, each with the key that it is of. */
function sent(keys: string, chance: Chance): Arriving[] {
  const sender = new DtmfSender();
  const packets: Arriving[] = [];
  let [tick, key] = [chance.below(1_000), 0];
  for (const digit of keys) {
    // Taps, ordinary presses, and now and then a key that is held beyond one event's greatest duration.
    sender.add(digit, chance.next() < 0.02 ? 8_300 + chance.below(4_000) : 40 + chance.below(400));
    for (; sender.isActive; tick++) {
      const packet = sender.next((tick * UNITS_A_TICK) >>> 0, 8_000);
      if (packet !== undefined) packets.push({ atMs: tick * TICK_MS, key, packet });
    }
    key++;
    tick += chance.below(100);
  }
  return packets;
}

/** The same as they arrive: some lost (ends more often than others), some twice and the second time late, some overtaken. */
function arriving(packets: readonly Arriving[], chance: Chance): Arriving[] {
  const [lossOfAll, lossOfEnds] = [chance.next() * 0.5, chance.next()];
  const through = packets.flatMap((one): Arriving[] => {
    if (chance.next() < lossOfAll || (isEnd(one.packet) && chance.next() < lossOfEnds)) return [];
    const first = { ...one, atMs: one.atMs + chance.below(MOST_JITTER_MS) };
    return chance.next() < 0.2 ? [first, { ...first, atMs: first.atMs + chance.below(600) }] : [first];
  });
  return through.sort((a, b) => a.atMs - b.atMs);
}

/** A flow whose only question takes so many keys. */
const collector = (length: number) => smallFlow(`start: { do: collect, prompt: p-ask, into: code, min: 1, max: ${length}, terminator: none, timers: { interDigitMs: 20000, totalMs: 120000 }, next: solved, ${RETRY} }`, 'anywhere: {}\nvars: { code: { type: digits } }');
const COLLECTORS = Array.from({ length: 9 }, (_, length) => collector(Math.max(1, length)));

describe('keys whose packets are lost, repeated and reordered', () => {
  it(`come through once each, ${SEQUENCES} sequences`, () => {
    const chance = new Chance(FUZZ_SEED);
    let counted = 0;
    for (let round = 0; round < SEQUENCES; round++) {
      const keys = Array.from({ length: 1 + chance.below(8) }, () => chance.oneOf([...'0123456789'])).join('');
      const packets = arriving(sent(keys, chance), chance);
      const signals: DtmfSignal[] = [];
      const receiver = new DtmfReceiver(8_000, (signal) => signals.push(signal));
      for (const { packet } of packets) receiver.push(packet);
      const seen = [...keys].filter((_, key) => packets.some((one) => one.key === key));
      const ended = [...keys].filter((_, key) => packets.some((one) => one.key === key && isEnd(one.packet)));
      const told = (kind: DtmfSignal['kind']): string => signals.filter((one) => one.kind === kind).map(({ digit }) => digit).join('');
      // One packet is enough to know of a key, one end packet to count it; the last key may be down still.
      expect([told('start'), told('end')], `round ${round} of seed ${FUZZ_SEED}`).toEqual([seen.join(''), ended.join('')]);
      expect([0, 1]).toContain(seen.length - ended.length - told('lost').length);
      if (ended.length > 0) expect(collected(ended.length, signals)).toBe(ended.join(''));
      counted += ended.length;
    }
    expect(counted).toBeGreaterThan(SEQUENCES);
  });
});

/** What the flow's collector has of the keys. */
function collected(length: number, signals: readonly DtmfSignal[]): unknown {
  const call = new VirtualCall(COLLECTORS[length] ?? collector(length)).settle();
  for (const { kind, digit } of signals) if (kind === 'end') call.press(digit, 150);
  expect(call.settle().exit).toMatchObject({ kind: 'hangup' });
  return call.state.vars['code'];
}
