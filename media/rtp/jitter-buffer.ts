import { FRAME_SAMPLES } from './g711.js';

/** 512 ms at 8 kHz; a power of two, so that a timestamp maps to a place by masking. */
const CAPACITY = 4096;
const MASK = CAPACITY - 1;

/** Delay given to the first packet of a talk spurt, 60 ms. */
const TARGET_SAMPLES = 480;

/** If the buffer was never emptier than this for a whole window, one frame is skipped: the delay shrinks again and a fast sender clock is absorbed. */
const EXCESS_SAMPLES = 640;
const WINDOW_FRAMES = 100;

/** So many packets in a row behind the playing point mean that the sender's timestamps jumped, not that packets are late. */
const LATE_RUN_RESET = 5;

/**
 * Orders decoded audio by RTP timestamp and hands out 20 ms frames. Addressing samples, not packets, makes it blind to the sender's packet length.
 * An empty buffer starts again with the full delay, so the delay grows with the jitter that is seen and shrinks while there is none.
 */
export class JitterBuffer {
  readonly #samples = new Int16Array(CAPACITY);
  readonly #isFilled = new Uint8Array(CAPACITY);
  #isPlaying = false;
  #playAt = 0;
  #head = 0;
  #lateRun = 0;
  #concealed = 0;
  #lastFrame: Int16Array | undefined;
  #windowFrames = 0;
  #windowMinDepth = CAPACITY;
  #lateCount = 0;
  #concealedCount = 0;

  /** Samples between the playing point and the newest sample. */
  get depth(): number {
    return this.#isPlaying ? Math.max(0, (this.#head - this.#playAt) | 0) : 0;
  }

  get counts(): { late: number; concealed: number } {
    return { late: this.#lateCount, concealed: this.#concealedCount };
  }

  /** Puts decoded audio at its timestamp (unsigned 32 bit, wraps). Audio that is already played is dropped. */
  push(timestamp: number, pcm: Int16Array): void {
    if (pcm.length === 0 || pcm.length > CAPACITY / 2) return;
    if (!this.#isPlaying) this.#restart(timestamp);
    const ahead = (timestamp - this.#playAt) | 0;
    if (ahead + pcm.length <= 0) {
      this.#lateCount += 1;
      this.#lateRun += 1;
      if (this.#lateRun < LATE_RUN_RESET) return;
      this.#restart(timestamp);
    } else if (ahead + pcm.length > CAPACITY) this.#restart(timestamp);
    this.#lateRun = 0;
    this.#store(timestamp, pcm);
  }

  /** The next 20 ms, or undefined while nothing is to be heard (before the first packet, during the start delay, after the sender stopped). */
  pop(): Int16Array | undefined {
    if (!this.#isPlaying) return undefined;
    const depth = (this.#head - this.#playAt) | 0;
    if (depth <= 0) {
      this.#isPlaying = false;
      this.#lastFrame = undefined;
      return undefined;
    }
    this.#shrinkIfIdle(depth);
    return this.#takeFrame();
  }

  reset(): void {
    this.#isPlaying = false;
    this.#isFilled.fill(0);
    this.#lastFrame = undefined;
  }

  #restart(timestamp: number): void {
    this.#isFilled.fill(0);
    this.#isPlaying = true;
    this.#playAt = (timestamp - TARGET_SAMPLES) | 0;
    this.#head = timestamp | 0;
    this.#lateRun = 0;
    this.#lastFrame = undefined;
    this.#resetWindow();
  }

  #store(timestamp: number, pcm: Int16Array): void {
    const skip = Math.max(0, -((timestamp - this.#playAt) | 0));
    for (let i = skip; i < pcm.length; i++) {
      const place = (timestamp + i) & MASK;
      this.#samples[place] = pcm[i] ?? 0;
      this.#isFilled[place] = 1;
    }
    const end = (timestamp + pcm.length) | 0;
    if (((end - this.#head) | 0) > 0) this.#head = end;
  }

  #shrinkIfIdle(depth: number): void {
    this.#windowFrames += 1;
    this.#windowMinDepth = Math.min(this.#windowMinDepth, depth);
    if (this.#windowFrames < WINDOW_FRAMES) return;
    if (this.#windowMinDepth > EXCESS_SAMPLES) this.#clearFrame();
    this.#resetWindow();
  }

  #resetWindow(): void {
    this.#windowFrames = 0;
    this.#windowMinDepth = CAPACITY;
  }

  #clearFrame(): void {
    for (let i = 0; i < FRAME_SAMPLES; i++) this.#isFilled[(this.#playAt + i) & MASK] = 0;
    this.#playAt = (this.#playAt + FRAME_SAMPLES) | 0;
  }

  #takeFrame(): Int16Array | undefined {
    const frame = new Int16Array(FRAME_SAMPLES);
    let filled = 0;
    for (let i = 0; i < FRAME_SAMPLES; i++) {
      const place = (this.#playAt + i) & MASK;
      if (this.#isFilled[place] !== 1) continue;
      frame[i] = this.#samples[place] ?? 0;
      filled += 1;
    }
    this.#clearFrame();
    if (filled > 0) {
      this.#lastFrame = frame;
      this.#concealed = 0;
      return frame;
    }
    return this.#conceal(frame);
  }

  /** A lost packet: the last frame once more at half level, then silence. During the start delay there is no last frame and nothing is played. */
  #conceal(silence: Int16Array): Int16Array | undefined {
    if (this.#lastFrame === undefined) return undefined;
    this.#concealed += 1;
    this.#concealedCount += 1;
    return this.#concealed === 1 ? this.#lastFrame.map((sample) => sample >> 1) : silence;
  }
}
