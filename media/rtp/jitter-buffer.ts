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

/** Marks a sample that has not come. Neither law of G.711 decodes to it. */
const MISSING = -32_768;

/** Written by each `pop`, whichever buffer it is of: with a frame for each stream, a thousand streams would fetch them from memory every time. */
const frame = new Int16Array(FRAME_SAMPLES);

/**
 * Orders decoded audio by RTP timestamp and hands out 20 ms frames. Addressing samples, not packets, makes it blind to the sender's packet length.
 * An empty buffer starts again with the full delay, so the delay grows with the jitter that is seen and shrinks while there is none.
 *
 *   ring   ... played | #playAt: samples, or MISSING | #head: left over from the round before ...
 */
export class JitterBuffer {
  readonly #samples = new Int16Array(CAPACITY);
  #isPlaying = false;
  #playAt = 0;
  #head = 0;
  #lateRun = 0;
  #concealed = 0;
  /** Whether the 20 ms before the playing point were played, so that a gap can be covered with them. */
  #hasPlayed = false;
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

  /** Puts decoded audio at its timestamp (unsigned 32 bit, wraps); keeps no reference to it. Audio that is already played is dropped. */
  push(timestamp: number, pcm: Int16Array): void {
    if (pcm.length === 0 || pcm.length > CAPACITY / 2) return;
    if (!this.#isPlaying) this.#restart(timestamp);
    const ahead = (timestamp - this.#playAt) | 0;
    if (ahead + pcm.length <= 0) {
      this.#lateCount += 1;
      this.#lateRun += 1;
      if (this.#lateRun < LATE_RUN_RESET) return;
      this.#restart(timestamp);
    } else if (ahead + pcm.length > CAPACITY - FRAME_SAMPLES) this.#restart(timestamp);
    this.#lateRun = 0;
    this.#store(timestamp | 0, pcm);
  }

  /**
   * The next 20 ms, or undefined while nothing is to be heard (before the first packet, during the start delay, after the sender stopped).
   * The frame is written anew by the next call on any buffer: who keeps it must copy it.
   */
  pop(): Int16Array | undefined {
    if (!this.#isPlaying) return undefined;
    const depth = (this.#head - this.#playAt) | 0;
    if (depth <= 0) {
      this.reset();
      return undefined;
    }
    this.#shrinkIfIdle(depth);
    return this.#takeFrame();
  }

  reset(): void {
    this.#isPlaying = false;
    this.#hasPlayed = false;
  }

  #restart(timestamp: number): void {
    this.#isPlaying = true;
    this.#playAt = (timestamp - TARGET_SAMPLES) | 0;
    this.#head = this.#playAt;
    this.#markMissing(timestamp | 0);
    this.#lateRun = 0;
    this.#hasPlayed = false;
    this.#resetWindow();
  }

  #store(first: number, pcm: Int16Array): void {
    if (((first - this.#head) | 0) > 0) this.#markMissing(first);
    const samples = this.#samples;
    const skip = Math.max(0, (this.#playAt - first) | 0);
    for (let i = skip; i < pcm.length; i++) samples[(first + i) & MASK] = pcm[i] ?? 0;
    const end = (first + pcm.length) | 0;
    if (((end - this.#head) | 0) > 0) this.#head = end;
  }

  /** Moves the head over samples that have not come. */
  #markMissing(end: number): void {
    const count = (end - this.#head) | 0;
    for (let i = 0; i < count; i++) this.#samples[(this.#head + i) & MASK] = MISSING;
    this.#head = end;
  }

  #shrinkIfIdle(depth: number): void {
    this.#windowFrames += 1;
    this.#windowMinDepth = Math.min(this.#windowMinDepth, depth);
    if (this.#windowFrames < WINDOW_FRAMES) return;
    if (this.#windowMinDepth > EXCESS_SAMPLES) this.#playAt = (this.#playAt + FRAME_SAMPLES) | 0;
    this.#resetWindow();
  }

  #resetWindow(): void {
    this.#windowFrames = 0;
    this.#windowMinDepth = CAPACITY;
  }

  #takeFrame(): Int16Array | undefined {
    const samples = this.#samples;
    const playAt = this.#playAt;
    const count = Math.min(FRAME_SAMPLES, (this.#head - playAt) | 0);
    this.#playAt = (playAt + FRAME_SAMPLES) | 0;
    let missing = FRAME_SAMPLES - count;
    for (let i = 0; i < count; i++) {
      const sample = samples[(playAt + i) & MASK] ?? MISSING;
      if (sample === MISSING) missing += 1;
      frame[i] = sample === MISSING ? 0 : sample;
    }
    frame.fill(0, count);
    if (missing === FRAME_SAMPLES) return this.#conceal(playAt);
    this.#hasPlayed = true;
    this.#concealed = 0;
    return frame;
  }

  /** A lost packet: the last frame once more at half level, then silence. During the start delay there is no last frame and nothing is played. */
  #conceal(playAt: number): Int16Array | undefined {
    if (!this.#hasPlayed) return undefined;
    this.#concealed += 1;
    this.#concealedCount += 1;
    if (this.#concealed > 1) return frame;
    for (let i = 0; i < FRAME_SAMPLES; i++) {
      const before = this.#samples[(playAt - FRAME_SAMPLES + i) & MASK] ?? 0;
      frame[i] = before === MISSING ? 0 : before >> 1;
    }
    return frame;
  }
}
