import pg from 'pg';
import { failed, ok, type Result } from '../../core/errors.js';
import type { CustomerId } from '../../core/ids.js';
import { entryOf, threadOf } from '../../core/thread/entry.js';
import { normaliseNumber, readSubject } from '../../core/thread/identity.js';
import { interactionSchema, type Interaction, type ThreadEntry } from '../../core/thread/interaction.js';
import type { Log } from '../../ports/log.js';
import type { ThreadStore } from '../../ports/thread-store.js';
import { readSamples } from './sample-thread.js';
import { migrate } from './schema.js';

export interface ThreadStoreOptions {
  /** `postgresql://…`; the same client for the embedded database and a real one. */
  readonly url: string;
  readonly log: Log;
  /** YAML with interactions of the demo customer, put in once. */
  readonly samplesFile?: string;
  /** Connections at most. The embedded database serves one at a time anyway. */
  readonly maxConnections?: number;
  /** How long a read or write may take before it answers `VG_STORE`, ms. */
  readonly limitMs?: number;
  /** How long opening waits for the database before the store goes on by itself in the background, ms (default 5 s). */
  readonly openWithinMs?: number;
}

/** A link says whose number it is, and who says so. It can be ended; no interaction is ever moved from one to the other. */
export interface IdentityLink {
  readonly number: string;
  readonly customerId: string;
  readonly source: string;
  readonly since: string;
}

export interface PostgresThreadStore extends ThreadStore {
  /** Whose numbers are known for this customer. */
  links(customerId: CustomerId): Promise<Result<readonly IdentityLink[]>>;
  /** Ends a link that was wrong; the interactions stay as they were filed. */
  unlink(link: { readonly number: string; readonly customerId: CustomerId }): Promise<Result<null>>;
}

const DEFAULT_LIMIT_MS = 250;
const START_LIMIT_MS = 5_000;
const RETRY_MS = 300;

const APPEND = `
  WITH added AS (
    INSERT INTO vaxel_interaction (id, customer, number, at, event) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (id) DO NOTHING RETURNING customer, number, at
  )
  INSERT INTO vaxel_identity_link (number, customer, source, since)
  SELECT number, customer, $6, at FROM added WHERE customer IS NOT NULL AND number IS NOT NULL
  ON CONFLICT (number, customer) DO NOTHING`;

// The path can be long and no list shows it.
const COLUMNS = `id, at, event #- '{data,path}' AS event`;

const BY_NUMBER = `SELECT ${COLUMNS} FROM vaxel_interaction WHERE number = $1 ORDER BY at DESC LIMIT $2`;

// Filed under the customer, or under nobody from a number that is linked to this customer alone: a shared phone proves nothing.
const BY_CUSTOMER = `
  SELECT ${COLUMNS} FROM (
    (SELECT id, at, event FROM vaxel_interaction WHERE customer = $1 ORDER BY at DESC LIMIT $2)
    UNION ALL
    (SELECT id, at, event FROM vaxel_interaction WHERE customer IS NULL AND number IN (
       SELECT number FROM vaxel_identity_link own WHERE customer = $1 AND ended_at IS NULL AND NOT EXISTS (
         SELECT 1 FROM vaxel_identity_link other WHERE other.number = own.number AND other.customer <> $1 AND other.ended_at IS NULL))
     ORDER BY at DESC LIMIT $2)
  ) AS found ORDER BY at DESC LIMIT $2`;

/**
 * Opens the thread store. Resolves when the schema is in place, or when the database could not be reached (within five seconds):
 * then the store answers `VG_STORE` and goes on trying by itself. Rejects only for a samples file that is wrong.
 */
export async function openThreadStore(options: ThreadStoreOptions): Promise<PostgresThreadStore> {
  const samples = options.samplesFile === undefined ? [] : await readSamples(options.samplesFile, Date.now());
  const store = new ThreadDatabase(options, samples);
  await store.start();
  return store;
}

class ThreadDatabase implements PostgresThreadStore {
  private readonly pool: pg.Pool;
  private readonly limitMs: number;
  private isReady = false;
  private hasWarned = false;
  private retry: NodeJS.Timeout | null = null;
  private closing: Promise<void> | null = null;

  constructor(
    private readonly options: ThreadStoreOptions,
    private readonly samples: readonly Interaction[],
  ) {
    this.limitMs = options.limitMs ?? DEFAULT_LIMIT_MS;
    this.pool = new pg.Pool({
      connectionString: options.url,
      max: options.maxConnections ?? 3,
      connectionTimeoutMillis: START_LIMIT_MS,
      // The server gives up on its own a little later than we do, so that a slow statement does not hold a connection for ever.
      query_timeout: START_LIMIT_MS,
      application_name: 'vaxel',
      keepAlive: true,
    });
    // A connection that breaks while idle is replaced at the next query.
    this.pool.on('error', (error) => options.log.warn({ err: error.message }, 'history connection lost'));
  }

  async start(): Promise<void> {
    const limit = new Promise<void>((resolve) => setTimeout(resolve, this.options.openWithinMs ?? START_LIMIT_MS).unref());
    await Promise.race([this.prepare(), limit]);
  }

  async append(interaction: Interaction): Promise<Result<null>> {
    const { customerId, number } = readSubject(interaction.subject);
    const values = [
      interaction.id,
      customerId,
      normaliseNumber(interaction.data.number) ?? number,
      interaction.time,
      JSON.stringify(interaction),
      interaction.source,
    ];
    const done = await this.query(APPEND, values);
    return done.ok ? ok(null) : done;
  }

  async recent(who: { readonly customerId: CustomerId | null; readonly number: string | null }, limit: number): Promise<Result<readonly ThreadEntry[]>> {
    const number = normaliseNumber(who.number);
    // A call and its note are two rows and one entry.
    const rowLimit = limit * 2;
    if (who.customerId === null && number === null) return ok([]);
    const found = who.customerId === null ? await this.query(BY_NUMBER, [number, rowLimit]) : await this.query(BY_CUSTOMER, [who.customerId, rowLimit]);
    if (!found.ok) return found;
    const entries = found.value.flatMap((row) => {
      const parsed = interactionSchema.safeParse(row['event']);
      if (!parsed.success) this.options.log.warn({ entry: row['id'] }, 'thread entry not readable');
      return parsed.success ? [entryOf(parsed.data)] : [];
    });
    return ok(threadOf(entries).slice(0, limit));
  }

  async links(customerId: CustomerId): Promise<Result<readonly IdentityLink[]>> {
    const found = await this.query('SELECT number, customer, source, since FROM vaxel_identity_link WHERE customer = $1 AND ended_at IS NULL ORDER BY since', [customerId]);
    if (!found.ok) return found;
    return ok(
      found.value.map((row) => ({
        number: String(row['number']),
        customerId: String(row['customer']),
        source: String(row['source']),
        since: row['since'] instanceof Date ? row['since'].toISOString() : String(row['since']),
      })),
    );
  }

  async unlink(link: { readonly number: string; readonly customerId: CustomerId }): Promise<Result<null>> {
    const done = await this.query('UPDATE vaxel_identity_link SET ended_at = now() WHERE number = $1 AND customer = $2 AND ended_at IS NULL', [
      normaliseNumber(link.number),
      link.customerId,
    ]);
    return done.ok ? ok(null) : done;
  }

  close(): Promise<void> {
    this.closing ??= this.end();
    return this.closing;
  }

  private async end(): Promise<void> {
    if (this.retry !== null) clearTimeout(this.retry);
    await this.pool.end();
  }

  /** Schema and samples; tried again until it works. */
  private async prepare(): Promise<void> {
    try {
      await migrate(this.pool);
      this.isReady = true;
      for (const sample of this.samples) await this.append(sample);
      this.options.log.info({ samples: this.samples.length }, 'history is up');
    } catch (error) {
      if (this.closing !== null) return;
      // Once: a database that starts later than we do is the usual case.
      if (!this.hasWarned) this.options.log.warn({ err: error instanceof Error ? error.message : String(error) }, 'history not reachable, trying again');
      this.hasWarned = true;
      this.retry = setTimeout(() => void this.prepare(), RETRY_MS);
    }
  }

  /** Runs one statement within the limit. A statement that comes too late is left to finish: all of them may be repeated. */
  private async query(text: string, values: readonly unknown[]): Promise<Result<readonly Readonly<Record<string, unknown>>[]>> {
    if (!this.isReady || this.closing !== null) return failed('VG_STORE', 'the history store is not up');
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => resolve('late'), this.limitMs);
    });
    try {
      const work = this.pool.query<Record<string, unknown>>(text, [...values]);
      // Whoever lost the race must not leave a rejection behind.
      work.catch(() => undefined);
      const done = await Promise.race([work, limit]);
      return done === 'late' ? failed('VG_STORE', `no answer within ${this.limitMs} ms`) : ok(done.rows);
    } catch (error) {
      return failed('VG_STORE', error instanceof Error ? error.message : String(error));
    } finally {
      clearTimeout(timer);
    }
  }
}
