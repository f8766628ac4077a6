import { ok, type Result } from '../../core/errors.js';
import { brand, type AgentId, type CustomerId, type Millis } from '../../core/ids.js';
import { entryOf, threadOf } from '../../core/thread/entry.js';
import { normaliseNumber, readSubject } from '../../core/thread/identity.js';
import { interactionSchema, type Interaction, type ThreadEntry } from '../../core/thread/interaction.js';
import type { Log } from '../../ports/log.js';
import type { IncidentCount, ThreadStore } from '../../ports/thread-store.js';
import { HistoryDatabase, type HistoryOptions } from './history-database.js';
import type { Statement } from './rehearsal.js';
import { readSamples } from './sample-thread.js';

export interface ThreadStoreOptions extends HistoryOptions {
  /** YAML with interactions of the demo customer, put in once. */
  readonly samplesFile?: string;
  /** Calling code of the country whose national numbers are meant, or null; read anew at every use. */
  readonly country?: () => string | null;
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

/** No caller waits for it, and a call that ends late is better than one that ends twice. */
const HAS_LIMIT_MS = 2_000;

const APPEND = `
  WITH added AS (
    INSERT INTO vaxel_interaction (id, customer, number, at, event) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (id) DO NOTHING RETURNING customer, number, at
  )
  INSERT INTO vaxel_identity_link (number, customer, source, since)
  SELECT number, customer, $6, at FROM added WHERE customer IS NOT NULL AND number IS NOT NULL
  ON CONFLICT (number, customer) DO NOTHING`;

const HAS = 'SELECT 1 FROM vaxel_interaction WHERE id = $1';

// The path can be long and no list shows it.
const COLUMNS = `id, at, event #- '{data,path}' AS event`;

const BY_NUMBER = `SELECT ${COLUMNS} FROM vaxel_interaction WHERE number = ANY($1) ORDER BY at DESC LIMIT $2`;

const AGENT = `event->'data'->>'agentId'`;
const AGENT_BY_NUMBER = `SELECT ${AGENT} AS agent FROM vaxel_interaction WHERE number = ANY($1) AND ${AGENT} IS NOT NULL ORDER BY at DESC LIMIT 1`;

// Filed under the customer, or under nobody from a number that is linked to this customer alone: a shared phone proves nothing.
const byCustomer = (columns: string, and = ''): string => `
  SELECT ${columns} FROM (
    (SELECT id, at, event FROM vaxel_interaction WHERE customer = $1 ${and} ORDER BY at DESC LIMIT $2)
    UNION ALL
    (SELECT id, at, event FROM vaxel_interaction WHERE customer IS NULL ${and} AND number IN (
       SELECT number FROM vaxel_identity_link own WHERE customer = $1 AND ended_at IS NULL AND NOT EXISTS (
         SELECT 1 FROM vaxel_identity_link other WHERE other.number = own.number AND other.customer <> $1 AND other.ended_at IS NULL))
     ORDER BY at DESC LIMIT $2)
  ) AS found ORDER BY at DESC LIMIT $2`;
const BY_CUSTOMER = byCustomer(COLUMNS);
const AGENT_BY_CUSTOMER = byCustomer(`${AGENT} AS agent`, `AND ${AGENT} IS NOT NULL`);

const INCIDENT_COUNTS = `
  SELECT incident, count(*) AS told, count(*) FILTER (WHERE event->'data'->>'informedOf' = incident) AS informed
  FROM vaxel_interaction, jsonb_array_elements_text(event->'data'->'incidents') AS incident
  WHERE at >= $1 AND event->'data' ? 'incidents' GROUP BY incident ORDER BY incident`;

/** What a call asks, of a customer and a number that nobody has. */
const REHEARSAL: readonly Statement[] = [
  { text: APPEND, values: ['rehearsal', 'nobody', '0', new Date(0).toISOString(), '{}', 'rehearsal'] },
  { text: HAS, values: ['rehearsal'] },
  { text: BY_NUMBER, values: [['0'], 1] },
  { text: BY_CUSTOMER, values: ['nobody', 1] },
  { text: AGENT_BY_NUMBER, values: [['0']] },
  { text: AGENT_BY_CUSTOMER, values: ['nobody', 1] },
];

/**
 * Opens a thread store with a database of its own. Resolves when the schema is in place, or when the database could not be reached (within
 * five seconds): then the store answers `VG_STORE` and goes on trying by itself. Rejects only for a samples file that is wrong.
 */
export async function openThreadStore(options: ThreadStoreOptions): Promise<PostgresThreadStore> {
  return threadStoreOn(new HistoryDatabase(options), options);
}

/** The thread store on a database that is opened by this. Closing it closes the database. */
export async function threadStoreOn(database: HistoryDatabase, { log, samplesFile, country = () => null }: Pick<ThreadStoreOptions, 'log' | 'samplesFile' | 'country'>): Promise<PostgresThreadStore> {
  const samples = samplesFile === undefined ? [] : await readSamples(samplesFile, Date.now());
  const store = new ThreadTable(database, country, log);
  await database.open(async () => {
    for (const sample of samples) await store.append(sample);
  });
  return store;
}

class ThreadTable implements PostgresThreadStore {
  constructor(
    private readonly database: HistoryDatabase,
    private readonly country: () => string | null,
    private readonly log: Log,
  ) {
    database.expect(REHEARSAL);
  }

  async append(interaction: Interaction): Promise<Result<null>> {
    const { customerId, number } = readSubject(interaction.subject);
    const values = [
      interaction.id,
      customerId,
      this.one(interaction.data.number) ?? this.one(number),
      interaction.time,
      JSON.stringify(interaction),
      interaction.source,
    ];
    const done = await this.database.query(APPEND, values);
    return done.ok ? ok(null) : done;
  }

  async has(id: string): Promise<Result<boolean>> {
    const found = await this.database.query(HAS, [id], HAS_LIMIT_MS);
    return found.ok ? ok(found.value.length > 0) : found;
  }

  async recent(who: { readonly customerId: CustomerId | null; readonly number: string | null }, limit: number): Promise<Result<readonly ThreadEntry[]>> {
    const numbers = this.spellings(who.number);
    // A call and its note are two rows and one entry.
    const rowLimit = limit * 2;
    if (who.customerId === null && numbers.length === 0) return ok([]);
    const found = who.customerId === null ? await this.database.query(BY_NUMBER, [numbers, rowLimit]) : await this.database.query(BY_CUSTOMER, [who.customerId, rowLimit]);
    if (!found.ok) return found;
    const entries = found.value.flatMap((row) => {
      const parsed = interactionSchema.safeParse(row['event']);
      if (!parsed.success) this.log.warn({ entry: row['id'] }, 'thread entry not readable');
      return parsed.success ? [entryOf(parsed.data)] : [];
    });
    return ok(threadOf(entries).slice(0, limit));
  }

  async lastAgent(who: { readonly customerId: CustomerId | null; readonly number: string | null }): Promise<Result<AgentId | null>> {
    const numbers = this.spellings(who.number);
    if (who.customerId === null && numbers.length === 0) return ok(null);
    const found = who.customerId === null ? await this.database.query(AGENT_BY_NUMBER, [numbers]) : await this.database.query(AGENT_BY_CUSTOMER, [who.customerId, 1]);
    if (!found.ok) return found;
    const agent = found.value[0]?.['agent'];
    return ok(typeof agent === 'string' ? brand<AgentId>(agent) : null);
  }

  async links(customerId: CustomerId): Promise<Result<readonly IdentityLink[]>> {
    const found = await this.database.query('SELECT number, customer, source, since FROM vaxel_identity_link WHERE customer = $1 AND ended_at IS NULL ORDER BY since', [customerId]);
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
    const done = await this.database.query('UPDATE vaxel_identity_link SET ended_at = now() WHERE number = ANY($1) AND customer = $2 AND ended_at IS NULL', [
      this.spellings(link.number),
      link.customerId,
    ]);
    return done.ok ? ok(null) : done;
  }

  async incidentCounts(since: Millis): Promise<Result<readonly IncidentCount[]>> {
    const found = await this.database.query(INCIDENT_COUNTS, [new Date(since).toISOString()]);
    return found.ok ? ok(found.value.map((row) => ({ incident: String(row['incident']), told: Number(row['told']), informed: Number(row['informed']) }))) : found;
  }

  close(): Promise<void> {
    return this.database.close();
  }

  private one(number: string | null | undefined): string | null {
    return normaliseNumber(number, this.country());
  }

  /** As numbers are filed now, and as they were while no country was known. */
  private spellings(number: string | null): readonly string[] {
    return [...new Set([this.one(number), normaliseNumber(number)])].filter((one) => one !== null);
  }
}
