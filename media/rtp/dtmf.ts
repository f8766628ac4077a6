/** RFC 4733: keyed digits as named events in RTP. */

export const DTMF_DIGITS = '0123456789*#ABCD';

/** RFC 4733 section 2.5.1.4 sends the end three times, so that it survives losses. */
const END_REPEATS = 3;
const MAX_SEGMENT = 0xffff;
const VOLUME_MINUS_DBM0 = 10;

/** The dynamic payload type and clock rate that SDP names for telephone-event. */
export interface TelephoneEventFormat {
  readonly payloadType: number;
  readonly clockRate: number;
}

export function isDtmfDigit(digit: string): boolean {
  return digit.length === 1 && DTMF_DIGITS.includes(digit.toUpperCase());
}

/** `lost`: the key came up unseen, as all end packets were lost; the duration is what was seen of it. */
export interface DtmfSignal {
  readonly kind: 'start' | 'end' | 'lost';
  readonly digit: string;
  readonly durationMs: number;
}

export interface DtmfPacket {
  readonly marker: boolean;
  readonly timestamp: number;
  readonly payload: Buffer;
}

interface Pressed {
  readonly code: number;
  readonly timestamp: number;
  readonly earlierUnits: number;
  units: number;
  hasEnded: boolean;
}

/** No packet comes later than this. */
const LATE_WITHIN_S = 10;

/** Turns event packets into one start and one end a key press, however often packets are repeated, reordered or split into segments. */
export class DtmfReceiver {
  #clockRate: number;
  readonly #emit: (signal: DtmfSignal) => void;
  #pressed: Pressed | undefined;

  constructor(clockRate: number, emit: (signal: DtmfSignal) => void) {
    this.#clockRate = clockRate;
    this.#emit = emit;
  }

  /** Packets shorter than the four bytes of RFC 4733 section 2.3 and events above 15 (flash, modem tones) are ignored. */
  push(packet: DtmfPacket): void {
    if (packet.payload.length < 4) return;
    const code = packet.payload.readUInt8(0);
    if (code >= DTMF_DIGITS.length) return;
    const isEnd = (packet.payload.readUInt8(1) & 0x80) !== 0;
    const pressed = this.#find(code, packet);
    if (pressed === undefined || pressed.hasEnded) return;
    pressed.units = Math.max(pressed.units, packet.payload.readUInt16BE(2));
    if (!isEnd) return;
    pressed.hasEnded = true;
    this.#report('end', pressed);
  }

  setClockRate(clockRate: number): void {
    this.#clockRate = clockRate;
  }

  /** Forgets what is pressed, for a new stream (SSRC). */
  reset(): void {
    this.#pressed = undefined;
  }

  #find(code: number, packet: DtmfPacket): Pressed | undefined {
    const last = this.#pressed;
    if (last !== undefined) {
      const since = (packet.timestamp - last.timestamp) | 0;
      if (since === 0) return last.code === code ? last : undefined;
      // Late or repeated; but a timestamp from long ago is the clock of a sender that started anew without a new SSRC.
      if (since < 0 && since > -LATE_WITHIN_S * this.#clockRate) return undefined;
      if (isNextSegment(last, { code, since, marker: packet.marker })) return this.#press(code, packet, last.earlierUnits + since);
      if (!last.hasEnded) this.#report('lost', last);
    }
    const pressed = this.#press(code, packet, 0);
    this.#report('start', pressed);
    return pressed;
  }

  #press(code: number, packet: DtmfPacket, earlierUnits: number): Pressed {
    this.#pressed = { code, timestamp: packet.timestamp, earlierUnits, units: 0, hasEnded: false };
    return this.#pressed;
  }

  #report(kind: DtmfSignal['kind'], pressed: Pressed): void {
    const durationMs = ((pressed.earlierUnits + pressed.units) * 1000) / this.#clockRate;
    this.#emit({ kind, digit: DTMF_DIGITS.charAt(pressed.code), durationMs });
  }
}

/** A segment is full when not one more packet's worth fits in: at most 85 ms at 48 kHz. */
const FULL_SEGMENT = MAX_SEGMENT - 0x0fff;

// RFC 4733 section 2.5.1.3: a key held longer than the 16 bit duration goes on under a new timestamp, without end or marker. That one
// begins where the segment before was full; a key pressed again after a long one, whose ends and first packet were lost, begins elsewhere.
function isNextSegment(last: Pressed, next: { code: number; since: number; marker: boolean }): boolean {
  return !last.hasEnded && !next.marker && next.code === last.code && next.since >= Math.max(FULL_SEGMENT, last.units) && next.since <= MAX_SEGMENT + 1;
}

interface Sending {
  readonly code: number;
  readonly ticks: number;
  ticksDone: number;
  endsSent: number;
  timestamp: number;
  units: number;
}

const TICK_MS = 20;
const MIN_TONE_MS = 40;
const GAP_TICKS = 2;

/** Makes the event packets of queued digits, one each 20 ms. */
export class DtmfSender {
  readonly #queue: Sending[] = [];
  #gapTicks = 0;

  /** A tone is at least 40 ms long (ITU-T Q.24), else receivers may take it for noise. Throws RangeError for something that is no key. */
  add(digit: string, durationMs: number): void {
    if (!isDtmfDigit(digit)) throw new RangeError('not a DTMF digit');
    const ticks = Math.ceil(Math.max(MIN_TONE_MS, durationMs) / TICK_MS);
    this.#queue.push({ code: DTMF_DIGITS.indexOf(digit.toUpperCase()), ticks, ticksDone: 0, endsSent: 0, timestamp: 0, units: 0 });
  }

  /** True while a key is down or waits; audio stays silent meanwhile. */
  get isActive(): boolean {
    return this.#queue.length > 0 || this.#gapTicks > 0;
  }

  get pendingDigits(): number {
    return this.#queue.length;
  }

  clear(): void {
    this.#queue.length = 0;
    this.#gapTicks = 0;
  }

  /** The packet of this 20 ms; undefined in the gap after a digit. `timestamp` is the stream's media time now. */
  next(timestamp: number, clockRate: number): DtmfPacket | undefined {
    if (this.#gapTicks > 0) {
      this.#gapTicks -= 1;
      return undefined;
    }
    const key = this.#queue[0];
    if (key === undefined) return undefined;
    const isFirst = key.ticksDone === 0;
    this.#hold(key, timestamp, (clockRate * TICK_MS) / 1000);
    const isEnd = key.ticksDone >= key.ticks;
    if (isEnd) key.endsSent += 1;
    if (key.endsSent === END_REPEATS) {
      this.#queue.shift();
      this.#gapTicks = GAP_TICKS;
    }
    return { marker: isFirst, timestamp: key.timestamp >>> 0, payload: eventPayload(key, isEnd) };
  }

  #hold(key: Sending, timestamp: number, unitsPerTick: number): void {
    if (key.ticksDone >= key.ticks) return;
    if (key.ticksDone === 0) key.timestamp = timestamp;
    if (key.units + unitsPerTick > MAX_SEGMENT) {
      key.timestamp += key.units;
      key.units = 0;
    }
    key.ticksDone += 1;
    key.units += unitsPerTick;
  }
}

function eventPayload(key: { code: number; units: number }, isEnd: boolean): Buffer {
  const payload = Buffer.allocUnsafe(4);
  payload[0] = key.code;
  payload[1] = (isEnd ? 0x80 : 0) | VOLUME_MINUS_DBM0;
  payload.writeUInt16BE(key.units, 2);
  return payload;
}
