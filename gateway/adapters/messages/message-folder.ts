import { constants } from 'node:fs';
import { access, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { failed, ok, type Result } from '../../core/errors.js';
import type { Millis } from '../../core/ids.js';
import { messageIdSchema, voiceMessageSchema, type MessageDone, type VoiceMessage } from '../../core/thread/voice-message.js';
import { makeFolders } from '../../made-folder.js';
import type { Log } from '../../ports/log.js';
import type { MessageStore } from '../../ports/message-store.js';
import { recordedSamples, soundMs, trimmedWav } from './recorded-sound.js';

export interface MessageFolderOptions {
  /** Media servers must see it at the same path: they record to its sub-folder `recording`. */
  readonly folder: string;
  readonly log: Log;
}

/** Ten minutes, the longest that a flow may ask for, and what the media server takes longer. */
const MOST_BYTES = 10 * 62 * 16_000;
const PRIVATE = 0o600;

/**
 * Messages as files: `recording/<id>.wav` as the media server writes it; then `<id>.wav`, the message's sound, `<id>.json`, who left it
 * and when, written last, so that a message is there whole or not at all; and `<id>.done.json`. Readable by the gateway's user alone.
 */
export class MessageFolder implements MessageStore {
  constructor(private readonly options: MessageFolderOptions) {}

  async recordingPath(id: string): Promise<Result<string>> {
    const path = this.recording(id);
    if (path === null) return failed('VG_STORE', `no id of a message: ${id}`);
    try {
      makeFolders(join(this.options.folder, 'recording'), 0o700);
      await access(join(this.options.folder, 'recording'), constants.W_OK);
      return ok(path);
    } catch (error) {
      return failed('VG_STORE', String(error));
    }
  }

  async measure(id: string): Promise<Result<number>> {
    const samples = await this.recorded(id);
    return samples.ok ? ok(samples.value === null ? 0 : soundMs(samples.value)) : samples;
  }

  async keep(message: VoiceMessage): Promise<Result<null>> {
    const path = this.file(message.id, 'json');
    if (path === null) return failed('VG_STORE', `no id of a message: ${message.id}`);
    try {
      if (await exists(path)) return ok(null);
      const samples = await this.recorded(message.id);
      if (!samples.ok) return samples;
      if (samples.value === null) return failed('VG_STORE', 'there is no recording');
      await this.write(`${message.id}.wav`, trimmedWav(samples.value));
      await this.write(`${message.id}.json`, Buffer.from(JSON.stringify(message)));
      await this.discard(message.id);
      return ok(null);
    } catch (error) {
      return failed('VG_STORE', String(error));
    }
  }

  async discard(id: string): Promise<void> {
    const path = this.recording(id);
    if (path !== null) await rm(path, { force: true }).catch((error: unknown) => this.options.log.warn({ err: String(error) }, 'recording not removed'));
  }

  async open(): Promise<Result<readonly VoiceMessage[]>> {
    const all = await this.all();
    return all.ok ? ok(all.value.filter(({ isDone }) => !isDone).map(({ message }) => message)) : all;
  }

  async find(id: string): Promise<VoiceMessage | null> {
    const path = this.file(id, 'json');
    if (path === null || !(await exists(path))) return null;
    return this.read(path);
  }

  async sound(id: string): Promise<Buffer | null> {
    const path = this.file(id, 'wav');
    return path === null || (await this.find(id)) === null ? null : readFile(path).catch(() => null);
  }

  async markDone(id: string, done: MessageDone): Promise<Result<VoiceMessage>> {
    const message = await this.find(id);
    if (message === null) return failed('VG_REFUSED', 'there is no such message');
    try {
      // Of two who are done at the same moment one makes the file.
      const file = await open(join(this.options.folder, `${id}.done.json`), 'wx', PRIVATE);
      await file.writeFile(JSON.stringify(done)).finally(() => file.close());
      return ok(message);
    } catch (error) {
      return isExisting(error) ? failed('VG_REFUSED', 'somebody has dealt with it already') : failed('VG_STORE', String(error));
    }
  }

  isDone(id: string): Promise<boolean> {
    const path = this.file(id, 'done.json');
    return path === null ? Promise.resolve(false) : exists(path);
  }

  async olderThan(at: Millis): Promise<readonly VoiceMessage[]> {
    const all = await this.all();
    return all.ok ? all.value.map(({ message }) => message).filter((message) => message.at < at) : [];
  }

  async remove(id: string): Promise<void> {
    if (!messageIdSchema.safeParse(id).success) return;
    // The description goes last: what is left of a removal that was cut off is removed again.
    for (const name of [`recording/${id}.wav`, `${id}.wav`, `${id}.done.json`, `${id}.json`]) await rm(join(this.options.folder, name), { force: true });
  }

  async clear(at: Millis): Promise<void> {
    const folder = join(this.options.folder, 'recording');
    for (const name of await readdir(folder).catch(() => [])) {
      const { mtimeMs } = await stat(join(folder, name)).catch(() => ({ mtimeMs: at }));
      if (mtimeMs < at) await rm(join(folder, name), { force: true });
    }
  }

  private async all(): Promise<Result<readonly { readonly message: VoiceMessage; readonly isDone: boolean }[]>> {
    try {
      const names = new Set(await readdir(this.options.folder).catch((error: unknown) => (isMissing(error) ? [] : Promise.reject(error))));
      const ids = [...names].flatMap((name) => /^([A-Za-z0-9-]+)\.json$/.exec(name)?.[1] ?? []);
      const read = await Promise.all(ids.map((id) => this.read(join(this.options.folder, `${id}.json`))));
      const found = read.flatMap((message) => (message === null ? [] : [{ message, isDone: names.has(`${message.id}.done.json`) }]));
      return ok(found.sort((a, b) => a.message.at - b.message.at));
    } catch (error) {
      return failed('VG_STORE', String(error));
    }
  }

  /** Null for what is no message, or none any more. */
  private async read(path: string): Promise<VoiceMessage | null> {
    try {
      return voiceMessageSchema.parse(JSON.parse(await readFile(path, 'utf8')));
    } catch (error) {
      if (!isMissing(error)) this.options.log.warn({ path, err: String(error) }, 'message not readable');
      return null;
    }
  }

  /** The samples that were recorded; null when there is no file. */
  private async recorded(id: string): Promise<Result<Int16Array | null>> {
    const path = this.recording(id);
    if (path === null) return failed('VG_STORE', `no id of a message: ${id}`);
    try {
      if ((await stat(path)).size > MOST_BYTES) return failed('VG_STORE', 'the recording is too large');
      const samples = recordedSamples(await readFile(path));
      return samples === null ? failed('VG_STORE', 'what was recorded is no 8 kHz WAV') : ok(samples);
    } catch (error) {
      return isMissing(error) ? ok(null) : failed('VG_STORE', String(error));
    }
  }

  /** Written beside, then put into place: nobody ever reads half a file. */
  private async write(name: string, content: Buffer): Promise<void> {
    const path = join(this.options.folder, name);
    const part = `${path}.part`;
    await rm(part, { force: true });
    const file = await open(part, 'wx', PRIVATE);
    await file.writeFile(content).then(() => file.sync()).finally(() => file.close());
    await rename(part, path);
  }

  private recording(id: string): string | null {
    return messageIdSchema.safeParse(id).success ? join(this.options.folder, 'recording', `${id}.wav`) : null;
  }

  private file(id: string, ending: 'wav' | 'json' | 'done.json'): string | null {
    return messageIdSchema.safeParse(id).success ? join(this.options.folder, `${id}.${ending}`) : null;
  }
}

const exists = (path: string): Promise<boolean> => access(path).then(() => true, () => false);
const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined);
const isMissing = (error: unknown): boolean => codeOf(error) === 'ENOENT';
const isExisting = (error: unknown): boolean => codeOf(error) === 'EEXIST';
