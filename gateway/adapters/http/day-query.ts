import { z } from 'zod';
import type { CalendarDay } from '../../core/flow/readers/reader.js';

/** `?day=2026-11-28`; null without one. */
export const daySchema = z.iso
  .date('a date such as 2026-11-28')
  .optional()
  .transform((written): CalendarDay | null => {
    if (written === undefined) return null;
    const [year = 0, month = 0, day = 0] = written.split('-').map(Number);
    return { year, month, day };
  });
