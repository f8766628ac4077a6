import { createHash, randomUUID } from 'node:crypto';
import { rename, rm, stat, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { failed, ok, type Result } from '../../core/errors.js';
import { makeFolders } from '../../made-folder.js';
import type { Log } from '../../ports/log.js';
import type { Speech } from '../../ports/speech.js';
import { Gate, type Place } from './gate.js';
import { resample, trimSilence } from './resample.js';
import type { Voice, Words } from './voice.js';
import { durationOfSize, readWav, writeWav } from '../../core/wav.js';

export interface SpokenFilesOptions {
  /** Where finished files are kept; made when missing. The media server must be able to read it. */
  readonly folder: string;
  readonly log: Log;
  /** Who speaks, the best first; where one fails the next one speaks. Asked anew for each text. */
  readonly voices: () => readonly Voice[];
  /** Texts at a time. */
  readonly concurrency?: number;
}

type Spoken = { readonly path: string; readonly durationMs: number };

const RATE = 8_000;
const KEEP_SILENCE_MS = 40;
const MAX_CHARACTERS = 4_000;
/** Raised when the same words would sound different: old files are then not found any more. */
const RECIPE = 2;

/** Lets voices speak and keeps what they said: the same words are rendered once, however many calls ask, in the order of asking. */
export class SpokenFiles implements Speech {
  private readonly gate: Gate;
  private readonly folder: string;
  private readonly underWay = new Map<string, { readonly job: Promise<unknown>; readonly answer: Promise<Result<Spoken>>; readonly place: Place }>();
  private readonly closing = new AbortController();
  /** Voices that another one stands in for now: an operator is told once of each. */
  private readonly silent = new Set<string>();

  constructor(private readonly options: SpokenFilesOptions) {
    this.gate = new Gate(options.concurrency ?? Math.max(1, availableParallelism() - 1));
    this.folder = resolve(options.folder);
  }

  /** `VG_MEDIA` when there is nothing to say, nobody who speaks, or no room on the disk. */
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
    let result: Result<Spoken> = failed('VG_MEDIA', 'nobody speaks');
    for (const voice of this.options.voices()) {
      result = await this.renderBy(voice, { place, words: { ...words, text } });
      if (result.ok) return result;
    }
    return result;
  }

  /** The words take their place in the line as they are asked for, while it is looked whether they are kept; kept words wait for nobody. */
  private renderBy(voice: Voice, { place, words }: { readonly place: Place; readonly words: Words }): Promise<Result<Spoken>> {
    const path = this.pathOf(voice, words);
    const running = this.underWay.get(path);
    if (running !== undefined) {
      running.place.isUrgent ||= place.isUrgent;
      return running.answer;
    }
    const kept = this.lookUp(path);
    const job = this.gate.pass(place, async () => (await kept) ?? this.produceAndTell(voice, words, path)).finally(() => this.underWay.delete(path));
    const answer = kept.then((found) => found ?? job);
    this.underWay.set(path, { job, answer, place });
    return answer;
  }

  private async produceAndTell(voice: Voice, words: Words, path: string): Promise<Result<Spoken>> {
    const result = await this.produce(voice, words, path);
    this.tell(voice, result);
    return result;
  }

  /** A voice that falls silent is an alarm, even though callers hear another one. */
  private tell(voice: Voice, result: Result<Spoken>): void {
    if (this.closing.signal.aborted) return;
    const { log } = this.options;
    if (result.ok && this.silent.delete(voice.name)) log.info({ voice: voice.name }, 'voice speaks again');
    if (result.ok || this.silent.has(voice.name)) return;
    this.silent.add(voice.name);
    log.error({ voice: voice.name, detail: result.error.detail }, 'voice fell silent');
  }

  private pathOf(voice: Voice, { language, text }: Words): string {
    const key = createHash('sha256').update(JSON.stringify([RECIPE, voice.name, voice.recipe(language), RATE, language, text])).digest('hex');
    return join(this.folder, key.slice(0, 2), `${key.slice(0, 40)}.wav`);
  }

  private async lookUp(path: string): Promise<Result<Spoken> | null> {
    const size = await stat(path).then(
      (found) => found.size,
      () => 0,
    );
    const durationMs = durationOfSize(size, RATE);
    return durationMs > 0 ? ok({ path, durationMs }) : null;
  }

  private async produce(voice: Voice, words: Words, path: string): Promise<Result<Spoken>> {
    if (this.closing.signal.aborted) return failed('VG_MEDIA', 'speech was called off');
    const spoken = await voice.speak(words, this.closing.signal);
    if (!spoken.ok) return spoken;
    const pcm = readWav(spoken.value);
    if (pcm === null || pcm.rate < RATE) return failed('VG_MEDIA', `${voice.name} gave no mono 16 bit WAV of at least ${RATE} Hz`);
    const sound = trimSilence(resample(pcm, RATE), KEEP_SILENCE_MS);
    if (sound.samples.length === 0) return failed('VG_MEDIA', 'the words made no sound');
    const file = writeWav(sound);
    const draft = `${path}.${randomUUID()}.tmp`;
    try {
      makeFolders(dirname(path));
      await writeFile(draft, file);
      await rename(draft, path);
    } catch (error) {
      await rm(draft, { force: true });
      return failed('VG_MEDIA', `cannot keep speech in ${this.folder}: ${error instanceof Error ? error.message : String(error)}`);
    }
    return ok({ path, durationMs: durationOfSize(file.length, RATE) });
  }
}
