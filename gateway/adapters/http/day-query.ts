import { z } from 'zod';

/** A date as people write it, in the time zone of the gateway. */
export interface QueryDay {
  readonly year: number;
  /** 1 to 12 */
  readonly month: number;
  readonly day: number;
}

/** `?day=2026-11-28`; null without one. */
export const daySchema = z.iso
  .date('a date such as 2026-11-28')
  .optional()
  .transform((written): QueryDay | null => {
    if (written === undefined) return null;
    const [year = 0, month = 0, day = 0] = written.split('-').map(Number);
    return { year, month, day };
  });
