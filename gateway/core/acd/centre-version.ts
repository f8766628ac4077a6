import { z } from 'zod';

const version = z.string().regex(/^[0-9a-f]{16}$/, 'a version: 16 hex digits');

/**
 * One entry of the contact centre's log, which only grows: what was live before and is after, by hash, and what that changed, in words.
 * `put` makes a version live over the file in every gateway; `withdraw` goes back to the file; `file` says that a gateway read another file
 * than the one before, which is live unless something was put over it.
 */
export const centreEntrySchema = z.object({
  action: z.enum(['put', 'withdraw', 'file']),
  version,
  /** Null for the first file of all. */
  before: version.nullable(),
  changes: z.array(z.string().max(1_000)).max(300),
  /** Epoch ms. */
  at: z.int().nonnegative(),
  author: z.string().trim().min(1).max(100),
  note: z.string().trim().min(1).max(500),
});
export type CentreEntry = z.infer<typeof centreEntrySchema>;

/** The text of a version. */
export const centreSourceSchema = z.object({ text: z.string().max(1_000_000) });
export type CentreSource = z.infer<typeof centreSourceSchema>;

/** The version that is live over the file, or null: the file is. */
export function putVersion(log: readonly CentreEntry[]): string | null {
  const last = log.findLast(({ action }) => action !== 'file');
  return last?.action === 'put' ? last.version : null;
}

/** The file as the log knows it, or null. */
export const fileVersion = (log: readonly CentreEntry[]): string | null => log.findLast(({ action }) => action === 'file')?.version ?? null;
