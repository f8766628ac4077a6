import { failed, type Result } from '../../core/errors.js';
import type { Language } from '../../core/flow/flow-types.js';
import type { Log } from '../../ports/log.js';
import { espeakCommand, npmEngine, type Engine } from './engine.js';
import { runEspeak, voiceOf, WORDS_PER_MINUTE } from './run-espeak.js';
import type { Voice, Words } from './voice.js';

export interface EspeakVoiceOptions {
  readonly log: Log;
  readonly command?: string;
  /** Speaks where the command is not installed; asked for when that shows. */
  readonly substitute?: () => Engine | null;
}

/** espeak-ng on this machine, one child a text: the command, or its npm package. */
export class EspeakVoice implements Voice {
  readonly name = 'espeak-ng';
  private engine: Engine;

  constructor(private readonly options: EspeakVoiceOptions) {
    this.engine = espeakCommand(options.command ?? 'espeak-ng');
  }

  recipe(language: Language): string {
    return `${voiceOf(language)} ${WORDS_PER_MINUTE}`;
  }

  async speak(words: Words, signal: AbortSignal): Promise<Result<Buffer>> {
    const { engine } = this;
    const spoken = await runEspeak({ ...words, engine, signal });
    if (spoken !== 'missing') return spoken;
    // Others that ran into the same gap may have changed the engine by now.
    const other = this.engine === engine ? (this.options.substitute ?? npmEngine)() : this.engine;
    if (other === null) return failed('VG_MEDIA', `espeak-ng, which speaks the prompts, is not installed (looked for ${engine.command}), nor its npm package. Run: apt-get install -y espeak-ng`);
    if (this.engine === engine) this.options.log.info({ command: engine.command }, 'espeak-ng is not installed, its npm package speaks');
    this.engine = other;
    const again = await runEspeak({ ...words, engine: other, signal });
    return again === 'missing' ? failed('VG_MEDIA', `${other.command} could not be started`) : again;
  }
}
