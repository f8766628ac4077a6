import type { Log } from '../../ports/log.js';
import { EspeakVoice } from './espeak-voice.js';
import { HttpVoice } from './http-voice.js';
import type { SpeechFile } from './speech-file.js';
import type { Voice } from './voice.js';

/**
 * Who speaks, the best first: the service of `speech.yaml`, where there is one, and espeak-ng where that fails. A file that was read
 * anew takes effect with the next text.
 */
export function voicesOf(file: () => SpeechFile | null, around: { readonly environment: Readonly<Record<string, string | undefined>>; readonly log: Log }): () => readonly Voice[] {
  const espeak = new EspeakVoice({ log: around.log });
  let of: SpeechFile | null = null;
  let voices: readonly Voice[] = [espeak];
  return () => {
    const now = file();
    if (now !== of) {
      of = now;
      voices = now === null ? [espeak] : [new HttpVoice({ file: now, environment: around.environment }), espeak];
    }
    return voices;
  };
}
