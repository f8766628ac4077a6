import type { Pool, PoolClient } from 'pg';

/**
 * Steps from an empty database to the present schema, in order; a step never changes once released. Each one runs once, whoever
 * comes first. An interaction is kept whole as it came (`event`); the other columns are what it is looked up by.
 */
const STEPS: readonly string[] = [
  `CREATE TABLE vaxel_interaction (
     id text PRIMARY KEY,
     customer text,
     number text,
     at timestamptz NOT NULL,
     event jsonb NOT NULL,
     received_at timestamptz NOT NULL DEFAULT now()
   );
   CREATE INDEX vaxel_interaction_customer ON vaxel_interaction (customer, at DESC) WHERE customer IS NOT NULL;
   CREATE INDEX vaxel_interaction_number ON vaxel_interaction (number, at DESC) WHERE number IS NOT NULL;
   CREATE TABLE vaxel_identity_link (
     number text NOT NULL,
     customer text NOT NULL,
     source text NOT NULL,
     since timestamptz NOT NULL,
     ended_at timestamptz,
     PRIMARY KEY (number, customer)
   );
   CREATE INDEX vaxel_identity_link_customer ON vaxel_identity_link (customer);`,
  // `line`: the recording as it is exported.
  `CREATE TABLE vaxel_recording (
     call text PRIMARY KEY,
     flow text NOT NULL,
     at timestamptz NOT NULL,
     line text NOT NULL
   );
   CREATE INDEX vaxel_recording_at ON vaxel_recording (at, call);`,
];

/** Any number, the same for all gateways: only one of them migrates at a time. */
const LOCK = 7_204_113;

/** Brings the database up to the present schema; a repeat changes nothing. Throws what the database says. */
export async function migrate(pool: Pool): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    await client.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
    await runSteps(client);
    await client.query('COMMIT');
    client.release();
  } catch (error) {
    // The connection may be in the middle of anything: it is thrown away, which also rolls back.
    client.release(true);
    throw error;
  }
}

async function runSteps(client: PoolClient): Promise<void> {
  await client.query('CREATE TABLE IF NOT EXISTS vaxel_schema (step integer PRIMARY KEY, done_at timestamptz NOT NULL DEFAULT now())');
  const done = await client.query<{ steps: number }>('SELECT coalesce(max(step), 0)::int AS steps FROM vaxel_schema');
  const from = done.rows[0]?.steps ?? 0;
  for (const [index, step] of STEPS.entries()) {
    if (index < from) continue;
    await client.query(step);
    await client.query('INSERT INTO vaxel_schema (step) VALUES ($1)', [index + 1]);
  }
}
