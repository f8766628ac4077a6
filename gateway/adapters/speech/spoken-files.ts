import { createHash, randomUUID } from 'node:crypto';
import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { failed, ok, type Result } from '../../core/errors.js';
import type { Language } from '../../core/flow/flow-types.js';
import type { Log } from '../../ports/log.js';
import type { Speech } from '../../ports/speech.js';
import { espeakCommand, npmEngine, type Engine } from './engine.js';
import { Gate, type Place } from './gate.js';
import { resample, trimSilence } from './resample.js';
import { runEspeak, voiceOf, WORDS_PER_MINUTE } from './run-espeak.js';
import { durationOfSize, readWav, writeWav } from './wav.js';

export interface EspeakSpeechOptions {
  /** Where finished files are kept; made when missing. The media server must be able to read it. */
  readonly folder: string;
  readonly log: Log;
  readonly command?: string;
  /** Speaks where the command is not installed; asked for when that shows. */
  readonly substitute?: () => Engine | null;
  /** Children at a time. */
  readonly concurrency?: number;
}

type Words = { readonly language: Language; readonly text: string };
type Spoken = { readonly path: string; readonly durationMs: number };

const RATE = 8_000;
const KEEP_SILENCE_MS = 40;
const MAX_CHARACTERS = 4_000;
/** Raised when the same words would sound different: old files are then not found any more. */
const RECIPE = 1;

/** Speaks with an espeak-ng child (the command, or its npm package) and keeps what it said: the same words are rendered once, however many calls ask. */
export class EspeakSpeech implements Speech {
  private readonly gate: Gate;
  private engine: Engine;
  private readonly folder: string;
  private readonly underWay = new Map<string, { readonly job: Promise<Result<Spoken>>; readonly place: Place }>();
  private readonly closing = new AbortController();

  constructor(private readonly options: EspeakSpeechOptions) {
    this.gate = new Gate(options.concurrency ?? Math.max(1, availableParallelism() - 1));
    this.engine = espeakCommand(options.command ?? 'espeak-ng');
    this.folder = resolve(options.folder);
  }

  /** `VG_MEDIA` when there is nothing to say, no espeak-ng, or no room on the disk. */
  render(words: Words): Promise<Result<Spoken>> {
    return this.renderAt({ isUrgent: true }, words);
  }

  /** Renders ahead, so that no caller waits for it; what a caller waits for goes first. Says how many there are and what failed, each reason once. */
  async prerender(list: readonly Words[]): Promise<{ readonly rendered: number; readonly failures: readonly string[] }> {
    const results = await Promise.all(list.map((words) => this.renderAt({ isUrgent: false }, words)));
    const failures = new Set(results.flatMap((result) => (result.ok ? [] : [result.error.detail])));
    for (const detail of failures) this.options.log.warn({ detail }, 'prompt not rendered');
    return { rendered: results.filter((result) => result.ok).length, failures: [...failures] };
  }

  /** Ends what is being rendered. Safe to repeat. */
  close(): Promise<void> {
    this.closing.abort();
    return Promise.allSettled([...this.underWay.values()].map(({ job }) => job)).then(() => undefined);
  }

  private async renderAt(place: Place, words: Words): Promise<Result<Spoken>> {
    const text = words.text.trim();
    if (text === '' || text.length > MAX_CHARACTERS) return failed('VG_MEDIA', text === '' ? 'nothing to say' : 'too much to say in one go');
    const path = this.pathOf({ ...words, text });
    const kept = await this.lookUp(path);
    if (kept !== null) return ok(kept);
    const running = this.underWay.get(path);
    if (running !== undefined) {
      running.place.isUrgent ||= place.isUrgent;
      return running.job;
    }
    const job = this.gate.pass(place, () => this.produce({ ...words, text }, path)).finally(() => this.underWay.delete(path));
    this.underWay.set(path, { job, place });
    return job;
  }

  private pathOf({ language, text }: Words): string {
    const key = createHash('sha256').update(JSON.stringify([RECIPE, voiceOf(language), WORDS_PER_MINUTE, RATE, text])).digest('hex');
    return join(this.folder, key.slice(0, 2), `${key.slice(0, 40)}.wav`);
  }

  private async lookUp(path: string): Promise<Spoken | null> {
    const size = await stat(path).then(
      (found) => found.size,
      () => 0,
    );
    const durationMs = durationOfSize(size, RATE);
    return durationMs > 0 ? { path, durationMs } : null;
  }

  private async speak(words: Words): Promise<Result<Buffer>> {
    const { engine } = this;
    const spoken = await runEspeak({ ...words, engine, signal: this.closing.signal });
    if (spoken !== 'missing') return spoken;
    // Others that ran into the same gap may have changed the engine by now.
    const other = this.engine === engine ? (this.options.substitute ?? npmEngine)() : this.engine;
    if (other === null) return failed('VG_MEDIA', `espeak-ng, which speaks the prompts, is not installed (looked for ${engine.command}), nor its npm package. Run: apt-get install -y espeak-ng`);
    if (this.engine === engine) this.options.log.info({ command: engine.command }, 'espeak-ng is not installed, its npm package speaks');
    this.engine = other;
    const again = await runEspeak({ ...words, engine: other, signal: this.closing.signal });
    return again === 'missing' ? failed('VG_MEDIA', `${other.command} could not be started`) : again;
  }

  private async produce(words: Words, path: string): Promise<Result<Spoken>> {
    if (this.closing.signal.aborted) return failed('VG_MEDIA', 'speech was called off');
    const spoken = await this.speak(words);
    if (!spoken.ok) return spoken;
    const pcm = readWav(spoken.value);
    if (pcm === null) return failed('VG_MEDIA', `${this.engine.command} gave no mono 16 bit WAV`);
    const sound = trimSilence(resample(pcm, RATE), KEEP_SILENCE_MS);
    if (sound.samples.length === 0) return failed('VG_MEDIA', 'the words made no sound');
    const file = writeWav(sound);
    const draft = `${path}.${randomUUID()}.tmp`;
    try {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(draft, file);
      await rename(draft, path);
    } catch (error) {
      await rm(draft, { force: true });
      return failed('VG_MEDIA', `cannot keep speech in ${this.folder}: ${error instanceof Error ? error.message : String(error)}`);
    }
    return ok({ path, durationMs: durationOfSize(file.length, RATE) });
  }
}
