import type { Result } from '../../core/errors.js';
import type { Language } from '../../core/flow/flow-types.js';

export type Words = { readonly language: Language; readonly text: string };

/** Somebody who can speak: a program on this machine, or a service. */
export interface Voice {
  readonly name: string;
  /** Changes whenever the same words would sound different, so that what was kept is not found any more. */
  recipe(language: Language): string;
  /** The words as a WAV, mono 16 bit of any rate. `VG_MEDIA` when they cannot be had now. Does not throw; ends with the signal. */
  speak(words: Words, signal: AbortSignal): Promise<Result<Buffer>>;
}
