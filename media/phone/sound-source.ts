import { FRAME_SAMPLES } from '../rtp/g711.js';

/** What a phone says: nothing (silence is sent, so that the path stays open), a tone without end, or a recording. */
export type Saying = { kind: 'silence' } | { kind: 'nothing' } | { kind: 'tone'; hz: number; amplitude?: number } | { kind: 'sound'; pcm: Int16Array; isLooped?: boolean };

const SILENCE = new Int16Array(FRAME_SAMPLES);

/** Gives 20 ms at a time of what is to be said. */
export class SoundSource {
  private at = 0;
  private saying: Saying = { kind: 'silence' };

  /** Begins with this at once. */
  say(saying: Saying): void {
    this.saying = saying;
    this.at = 0;
  }

  /** The next frame; undefined when nothing is to be sent. */
  next(): Int16Array | undefined {
    const { saying } = this;
    switch (saying.kind) {
      case 'nothing':
        return undefined;
      case 'silence':
        return SILENCE;
      case 'tone':
        return this.toneFrame(saying.hz, saying.amplitude ?? 8000);
      case 'sound':
        return this.soundFrame(saying.pcm, saying.isLooped ?? false);
    }
  }

  /** Whether a recording has been said to its end. */
  get isFinished(): boolean {
    return this.saying.kind === 'sound' && !this.saying.isLooped && this.at >= this.saying.pcm.length;
  }

  private toneFrame(hz: number, amplitude: number): Int16Array {
    const frame = new Int16Array(FRAME_SAMPLES);
    // The phase goes on from frame to frame: a jump would spread the tone over other frequencies.
    for (let i = 0; i < FRAME_SAMPLES; i++) frame[i] = Math.round(amplitude * Math.sin((2 * Math.PI * hz * (this.at + i)) / 8000));
    this.at += FRAME_SAMPLES;
    return frame;
  }

  private soundFrame(pcm: Int16Array, isLooped: boolean): Int16Array {
    if (isLooped && this.at >= pcm.length) this.at = 0;
    const part = pcm.subarray(this.at, this.at + FRAME_SAMPLES);
    this.at += FRAME_SAMPLES;
    if (part.length === FRAME_SAMPLES) return part;
    const frame = new Int16Array(FRAME_SAMPLES);
    frame.set(part);
    return frame;
  }
}
