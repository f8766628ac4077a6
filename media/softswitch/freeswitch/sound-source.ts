import { FRAME_SAMPLES } from '../../rtp/g711.js';

/** What a playback takes its frames from. */
export interface SoundSource {
  /** `Playback-File-Type` of the events; undefined for files. */
  readonly type?: string;
  /** The next 20 ms; undefined at the end. The last frame of a sound is filled up with silence. */
  next(): Int16Array | undefined;
}

/** A sound in memory, from a place in it on, played `loops` times without a gap (-1: for ever). */
export function soundOf(pcm: Int16Array, opts: { type?: string; fromSample?: number; loops?: number } = {}): SoundSource {
  let at = opts.fromSample ?? 0;
  let moreLoops = pcm.length === 0 ? 0 : opts.loops === -1 ? Infinity : (opts.loops ?? 1) - 1;
  return {
    ...(opts.type === undefined ? {} : { type: opts.type }),
    next() {
      if (at + FRAME_SAMPLES <= pcm.length) return pcm.subarray(at, (at += FRAME_SAMPLES));
      if (at >= pcm.length && moreLoops <= 0) return undefined;
      const frame = new Int16Array(FRAME_SAMPLES);
      for (let filled = 0; filled < FRAME_SAMPLES; ) {
        if (at >= pcm.length) {
          if (moreLoops-- <= 0) break;
          at = 0;
        }
        const part = pcm.subarray(at, at + FRAME_SAMPLES - filled);
        frame.set(part, filled);
        filled += part.length;
        at += part.length;
      }
      return frame;
    },
  };
}

const SILENT_FRAME = new Int16Array(FRAME_SAMPLES);
const NOISE_FULL_SCALE = 32_767;

/** `silence_stream://ms[,divisor]`: silence is sent, not withheld; with a divisor it is a faint hiss. -1 ms: for ever. */
export function silenceOf(spec: string): SoundSource | undefined {
  const match = /^(-?\d+)(?:,(\d+))?$/.exec(spec);
  if (match === null) return undefined;
  const ms = Number(match[1]);
  const level = match[2] === undefined ? 0 : NOISE_FULL_SCALE / Math.max(1, Number(match[2]));
  let framesLeft = ms < 0 ? Infinity : Math.ceil(ms / 20);
  return {
    next() {
      if (framesLeft <= 0) return undefined;
      framesLeft -= 1;
      return level === 0 ? SILENT_FRAME : Int16Array.from({ length: FRAME_SAMPLES }, () => Math.round((Math.random() * 2 - 1) * level));
    },
  };
}
