import type { Language } from '../core/flow/flow-types.js';
import type { Result } from '../core/errors.js';

/** Turns words into a sound file that the media server can read (8 kHz mono 16 bit WAV). Rendered once, cached by content. */
export interface Speech {
  /** Absolute path of the file. `durationMs` is the length of the sound. */
  render(words: { readonly language: Language; readonly text: string }): Promise<Result<{ readonly path: string; readonly durationMs: number }>>;
}
