import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** Written by `vaxel up` into its var folder, so that the other commands find the running system. */
export const STATE_FILE = 'up.json';

const stateSchema = z.object({
  sip: z.string(),
  number: z.string(),
  desk: z.string(),
  api: z.string(),
  /** The demo agent's desk token. */
  token: z.string(),
  apiToken: z.string(),
  /** Every agent's credentials on this demo installation; the file is readable by its owner only. No password: no phone. */
  agents: z.record(z.string(), z.object({ token: z.string(), sipPassword: z.string().nullable() })),
  /** Agents whose phones run as processes of the system. */
  phones: z.array(z.string()),
  demo: z.object({ keys: z.string(), invoice: z.string(), billing: z.string() }),
  pids: z.record(z.string(), z.number()),
});
export type SystemState = z.infer<typeof stateSchema>;

/** What `vaxel up` wrote into its folder. @throws in one sentence with the file and what to do when that cannot be read */
export function ownFile<S extends z.ZodType>(file: string, schema: S, fix: string): z.infer<S> {
  const text = readFileSync(file, 'utf8');
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    throw new Error(`${file} is not what \`vaxel up\` wrote: ${fix}`);
  }
}

const ANSWERS_WITHIN_MS = 2_000;

/** Whether that system still runs: one that was killed leaves its state behind, and its port may be another program's by now. */
export async function isStillRunning({ api, apiToken }: Pick<SystemState, 'api' | 'apiToken'>): Promise<boolean> {
  const asked = await fetch(`${api}/v1/queue`, { headers: { authorization: `Bearer ${apiToken}` }, signal: AbortSignal.timeout(ANSWERS_WITHIN_MS) }).catch(() => null);
  return asked?.ok === true;
}

/** The system that `vaxel up` runs from this folder, or null when none does. @throws in one sentence when its file cannot be read */
export function runningSystem(varDir: string): SystemState | null {
  const file = join(varDir, STATE_FILE);
  if (!existsSync(file)) return null;
  return ownFile(file, stateSchema, 'remove it, and start the system again');
}
