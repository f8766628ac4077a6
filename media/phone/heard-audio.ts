import { loudness, toneShare } from '../rtp/goertzel.js';

const SAMPLES_PER_MS = 8;
/** Frames that arrive a little late or early are joined without a gap. */
const SLACK_SAMPLES = 40 * SAMPLES_PER_MS;
/** Softer than this is silence: comfort noise and codec hiss stay below. */
const SOUND_LOUDNESS = 120;
const METER_SAMPLES = 1600;

export interface ToneMeasure {
  /** Share of the power of the last 200 ms that is this tone, 0 to 1. */
  readonly share: number;
  /** Root mean square of the last 200 ms, 0 to 32767. */
  readonly loudness: number;
}

/** Everything received in one call, on the wall clock: where nothing arrived there is silence of the same length. */
export class HeardAudio {
  /** When sound (not silence) was heard first and last, by the clock of `push`. */
  firstSoundAtMs: number | undefined;
  lastSoundAtMs: number | undefined;
  private chunks: Int16Array[] = [];
  private length = 0;
  private readonly meter = new Int16Array(METER_SAMPLES);
  private lastPushAtMs = -Infinity;

  /** `keepMs`: audio beyond this is measured but not kept (0 keeps none). */
  constructor(private readonly opts: { startedAtMs: number; keepMs: number }) {}

  /** Takes a copy of the 20 ms that are to be heard at this time. */
  push(frame: Int16Array, nowMs: number): void {
    this.measure(frame, nowMs);
    const due = Math.round((nowMs - this.opts.startedAtMs) * SAMPLES_PER_MS);
    if (due - this.length > SLACK_SAMPLES) this.append(new Int16Array(due - this.length));
    this.append(frame.slice());
  }

  /** What was heard from the start up to this time. */
  samples(untilMs: number): Int16Array {
    const wanted = Math.round((Math.min(untilMs - this.opts.startedAtMs, this.opts.keepMs)) * SAMPLES_PER_MS);
    const all = new Int16Array(Math.max(0, wanted, this.length));
    let at = 0;
    for (const chunk of this.chunks) {
      all.set(chunk, at);
      at += chunk.length;
    }
    return all;
  }

  /** How much of what is heard now is one tone. Nothing received for 100 ms is silence. */
  tone(hz: number, nowMs: number): ToneMeasure {
    if (nowMs - this.lastPushAtMs > 100) return { share: 0, loudness: 0 };
    return { share: toneShare(this.meter, hz), loudness: loudness(this.meter) };
  }

  private measure(frame: Int16Array, nowMs: number): void {
    this.lastPushAtMs = nowMs;
    this.meter.copyWithin(0, frame.length);
    this.meter.set(frame.subarray(0, METER_SAMPLES), METER_SAMPLES - frame.length);
    if (loudness(frame) < SOUND_LOUDNESS) return;
    this.firstSoundAtMs ??= nowMs;
    this.lastSoundAtMs = nowMs;
  }

  private append(samples: Int16Array): void {
    const room = Math.max(0, this.opts.keepMs * SAMPLES_PER_MS - this.length);
    const kept = samples.length > room ? samples.slice(0, room) : samples;
    if (kept.length === 0) return;
    this.chunks.push(kept);
    this.length += kept.length;
  }
}
