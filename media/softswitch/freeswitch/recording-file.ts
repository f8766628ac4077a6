import { open, type FileHandle } from 'node:fs/promises';
import { formatWav } from '../../rtp/wav.js';

const BUFFER_BYTES = 65_536;
const headOf = (bytes: number): Buffer => formatWav({ sampleRate: 8_000, pcm: new Int16Array(bytes / 2) }).subarray(0, 44);

/**
 * The WAV that a recording writes, as FreeSWITCH does: the head, which says that there is nothing, from the start; what is said in pieces
 * of 64 kB, or frame by frame where it is not buffered; the rest and the true length when it is closed.
 */
export class RecordingFile {
  #unwritten: Buffer[] = [];
  #bytes = 0;
  #work: Promise<unknown> = Promise.resolve();

  private constructor(private readonly file: FileHandle, private readonly mostUnwritten: number) {}

  /** Rejects with the file system's error. */
  static async create(path: string, how: { readonly isBuffered: boolean }): Promise<RecordingFile> {
    const file = await open(path, 'w');
    await file.write(headOf(0));
    return new RecordingFile(file, how.isBuffered ? BUFFER_BYTES : 0);
  }

  /** Takes 8 kHz samples. */
  add(pcm: Int16Array): void {
    this.#unwritten.push(Buffer.from(pcm.slice().buffer));
    if (this.#unwritten.reduce((sum, { length }) => sum + length, 0) > this.mostUnwritten) this.#flush();
  }

  async close(): Promise<void> {
    this.#flush();
    await this.#work;
    await this.file.write(headOf(this.#bytes), 0, 44, 0);
    await this.file.close();
  }

  #flush(): void {
    const data = Buffer.concat(this.#unwritten.splice(0));
    this.#bytes += data.length;
    this.#work = this.#work.then(() => this.file.write(data));
  }
}
