import type { Pool } from 'pg';

export interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
}

/**
 * Runs each statement once and takes back what they did. A database that has just started reads its catalogues and compiles at the first
 * time of each, for longer than a call waits: that is over before the first call.
 */
export async function rehearse(pool: Pool, statements: readonly Statement[]): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    for (const { text, values } of statements) await client.query(text, [...values]);
    await client.query('ROLLBACK');
    client.release();
  } catch (error) {
    client.release(true);
    throw error;
  }
}
