import pg from 'pg';
import { failed, ok, type Result } from '../../core/errors.js';
import type { Log } from '../../ports/log.js';
import { rehearse, type Statement } from './rehearsal.js';
import { migrate } from './schema.js';

export interface HistoryOptions {
  /** `postgresql://…`; the same client for the embedded database and a real one. */
  readonly url: string;
  readonly log: Log;
  /** Connections at most. The embedded database serves one at a time anyway. */
  readonly maxConnections?: number;
  /** How long a read or write may take before it answers `VG_STORE`, ms. */
  readonly limitMs?: number;
  /** How long opening waits for the database before it goes on in the background, ms (default 5 s). */
  readonly openWithinMs?: number;
}

export type Row = Readonly<Record<string, unknown>>;

const DEFAULT_LIMIT_MS = 250;
const START_LIMIT_MS = 5_000;
/** A database that starts beside us is there in a moment; one that is away for long is asked less and less. */
const RETRY_MS = { first: 300, last: 5_000 };

/** The database behind thread and recordings: one pool, its schema, and statements within a time limit. */
export class HistoryDatabase {
  private readonly pool: pg.Pool;
  private readonly limitMs: number;
  private readonly statements: Statement[] = [];
  private isReady = false;
  private hasWarned = false;
  private retry: NodeJS.Timeout | null = null;
  private retryMs = RETRY_MS.first;
  private closing: Promise<void> | null = null;

  constructor(private readonly options: HistoryOptions) {
    this.limitMs = options.limitMs ?? DEFAULT_LIMIT_MS;
    const longest = Math.max(START_LIMIT_MS, this.limitMs);
    this.pool = new pg.Pool({
      connectionString: options.url,
      max: options.maxConnections ?? 3,
      // The wait for one that is free counts too.
      connectionTimeoutMillis: longest,
      // The server gives up on its own a little later than we do, so that a slow statement does not hold a connection for ever.
      query_timeout: longest,
      application_name: 'vaxel',
      keepAlive: true,
    });
    // A connection that breaks while idle is replaced at the next query.
    this.pool.on('error', (error) => options.log.warn({ err: error.message }, 'history connection lost'));
  }

  /** These will be asked of it while calls wait: what is told before `open` is rehearsed when the database comes up. */
  expect(statements: readonly Statement[]): void {
    this.statements.push(...statements);
  }

  /**
   * Resolves when the schema is in place, what is expected rehearsed and `whenReady` is done, or when the database could not be reached within the limit: then it goes
   * on trying by itself.
   */
  async open(whenReady: () => Promise<void> = () => Promise.resolve()): Promise<void> {
    const limit = new Promise<void>((resolve) => setTimeout(resolve, this.options.openWithinMs ?? START_LIMIT_MS).unref());
    await Promise.race([this.prepare(whenReady), limit]);
  }

  close(): Promise<void> {
    this.closing ??= this.end();
    return this.closing;
  }

  /**
   * Runs one statement within the limit. One whose turn comes later is not sent; one that was sent is left to finish. All of them may be
   * repeated.
   */
  async query(text: string, values: readonly unknown[], limitMs = this.limitMs): Promise<Result<readonly Row[]>> {
    if (!this.isReady || this.closing !== null) return failed('VG_STORE', 'the history store is not up');
    let timer: NodeJS.Timeout | undefined;
    let isLate = false;
    const limit = new Promise<null>((resolve) => {
      timer = setTimeout(() => {
        isLate = true;
        resolve(null);
      }, limitMs);
    });
    try {
      const work = this.send({ text, values }, () => isLate);
      // Whoever lost the race must not leave a rejection behind.
      work.catch(() => undefined);
      const rows = await Promise.race([work, limit]);
      return rows === null ? failed('VG_STORE', `no answer within ${limitMs} ms`) : ok(rows);
    } catch (error) {
      return failed('VG_STORE', error instanceof Error ? error.message : String(error));
    } finally {
      clearTimeout(timer);
    }
  }

  /** After a stall those come first who still wait: what was too late before it had a connection is null. */
  private async send({ text, values }: Statement, isLate: () => boolean): Promise<readonly Row[] | null> {
    const client = await this.pool.connect();
    // The statement fails with the connection, which tells of it as well.
    const broke = (): void => undefined;
    client.on('error', broke);
    let fault: Error | undefined;
    try {
      return isLate() ? null : (await client.query<Record<string, unknown>>(text, [...values])).rows;
    } catch (error) {
      fault = error instanceof Error ? error : new Error(String(error));
      throw fault;
    } finally {
      client.off('error', broke);
      client.release(fault);
    }
  }

  private async end(): Promise<void> {
    if (this.retry !== null) clearTimeout(this.retry);
    await this.pool.end();
  }

  /** The schema; tried again until it works. */
  private async prepare(whenReady: () => Promise<void>): Promise<void> {
    try {
      await migrate(this.pool);
      await rehearse(this.pool, this.statements);
      this.isReady = true;
      await whenReady();
      this.options.log.info({}, 'history is up');
    } catch (error) {
      if (this.closing !== null) return;
      // Once: a database that starts later than we do is the usual case.
      if (!this.hasWarned) this.options.log.warn({ err: error instanceof Error ? error.message : String(error) }, 'history not reachable, trying again');
      this.hasWarned = true;
      this.retry = setTimeout(() => void this.prepare(whenReady), this.retryMs);
      this.retryMs = Math.min(2 * this.retryMs, RETRY_MS.last);
    }
  }
}
