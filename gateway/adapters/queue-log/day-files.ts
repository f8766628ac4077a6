import { createReadStream } from 'node:fs';
import { open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readFact, type QueueFact } from '../../core/acd/queue-fact.js';
import type { Millis } from '../../core/ids.js';
import { makeFolders } from '../../made-folder.js';
import type { Log } from '../../ports/log.js';
import type { FactArchive } from '../../ports/queue-log.js';

export interface DayFilesOptions {
  readonly folder: string;
  /** Nodes may share the folder: each has files of its own. */
  readonly node: string;
  /** Older files of any node are removed. */
  readonly keepDays: number;
  readonly log: Log;
}

const DAY_MS = 86_400_000;
const NAME = /^(\d{4}-\d{2}-\d{2})\.[\w.-]+\.jsonl$/;
const NEWLINE = 10;
/** Facts kept while the disk does not take them; then the oldest are given up. */
const MOST_PENDING = 50_000;
/**
 * Facts come in the middle of what they tell of, so the disk waits until a pop and an INVITE have left, and takes what came meanwhile with
 * it. What a killed process had not written comes again from the stream.
 */
const GATHER_MS = 200;

/** `<folder>/<day in UTC>.<node>.jsonl`, one line a fact, readable by the gateway's user alone. A torn line is passed over. */
export class DayFiles implements FactArchive {
  private pending: QueueFact[] = [];
  private writing: Promise<void> = Promise.resolve();
  private isWriting = false;
  private gathering: NodeJS.Timeout | null = null;
  /** The file that is known to end with a whole line. */
  private current: string | null = null;

  constructor(private readonly options: DayFilesOptions) {}

  append(fact: QueueFact): void {
    if (this.pending.length >= MOST_PENDING) {
      this.pending.shift();
      this.options.log.error({ kept: MOST_PENDING }, 'facts of the queue lost: the disk did not take them for too long');
    }
    this.pending.push(fact);
    if (!this.isWriting) this.gathering ??= setTimeout(() => this.begin(), GATHER_MS).unref();
  }

  async read(from: Millis, to: Millis): Promise<readonly QueueFact[]> {
    await this.written();
    return readDayFiles(this.options.folder, from, to);
  }

  async close(): Promise<void> {
    await this.written();
  }

  /** Resolves when the disk has taken what was appended before, or has refused it. */
  private async written(): Promise<void> {
    if (this.gathering !== null) this.begin();
    await this.writing;
  }

  private begin(): void {
    if (this.gathering !== null) clearTimeout(this.gathering);
    this.gathering = null;
    this.isWriting = true;
    this.writing = this.write().catch((error: unknown) => {
      this.isWriting = false;
      this.options.log.error({ err: String(error) }, 'queue log not written');
    });
  }

  private async write(): Promise<void> {
    while (this.pending.length > 0) {
      const day = dayOf(this.pending[0]?.at ?? 0);
      const end = this.pending.findIndex(({ at }) => dayOf(at) !== day);
      const batch = this.pending.slice(0, end === -1 ? this.pending.length : end);
      await this.writeTo(`${day}.${this.options.node}.jsonl`, batch.map((fact) => `${JSON.stringify(fact)}\n`).join(''));
      // What could not be written is tried again with the next fact.
      const written = new Set(batch);
      this.pending = this.pending.filter((fact) => !written.has(fact));
    }
    this.isWriting = false;
  }

  /** One write to the end of the file: lines of two writers do not mix. */
  private async writeTo(name: string, lines: string): Promise<void> {
    const { folder } = this.options;
    if (this.current !== name) await this.prepare();
    const file = await open(join(folder, name), 'a+', 0o600);
    try {
      const begin = this.current === name || (await endsWhole(file)) ? '' : '\n';
      await file.appendFile(begin + lines);
      this.current = name;
    } finally {
      await file.close();
    }
  }

  private async prepare(): Promise<void> {
    const { folder, keepDays } = this.options;
    makeFolders(folder, 0o700);
    const oldest = dayOf(Date.now() - keepDays * DAY_MS);
    for (const name of await readdir(folder)) if ((NAME.exec(name)?.[1] ?? oldest) < oldest) await rm(join(folder, name), { force: true });
  }
}

/** All facts of the span in the folder, by time and each once; of a folder that is not there, none. */
export async function readDayFiles(folder: string, from: Millis, to: Millis): Promise<readonly QueueFact[]> {
  const names = await readdir(folder).catch((error: unknown) => (isMissing(error) ? [] : Promise.reject(error)));
  const facts = new Map<string, QueueFact>();
  for (const name of names.sort()) {
    const day = NAME.exec(name)?.[1];
    if (day === undefined || day < dayOf(from) || day > dayOf(to)) continue;
    for await (const lines of linesOf(join(folder, name))) {
      for (const line of lines) {
        const fact = readFact(line);
        if (fact !== null && fact.at >= from && fact.at < to && !facts.has(fact.id)) facts.set(fact.id, fact);
      }
    }
  }
  return [...facts.values()].sort((a, b) => a.at - b.at);
}

/** As many lines at a time as the disk gives: between them whatever else waits has its turn. */
async function* linesOf(path: string): AsyncIterable<readonly string[]> {
  let rest = '';
  for await (const chunk of createReadStream(path, 'utf8') as AsyncIterable<string>) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    yield lines;
  }
  yield [rest];
}

/** A process that was killed may have left half a line. */
async function endsWhole(file: { stat(): Promise<{ size: number }>; read(buffer: Buffer, offset: number, length: number, position: number): Promise<unknown> }): Promise<boolean> {
  const { size } = await file.stat();
  if (size === 0) return true;
  const last = Buffer.alloc(1);
  await file.read(last, 0, 1, size - 1);
  return last[0] === NEWLINE;
}

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT';

const dayOf = (at: Millis): string => new Date(at).toISOString().slice(0, 10);
