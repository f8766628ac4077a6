import { z } from 'zod';

/** What people call a thing, in each language of the desk. */
export const screenNamesSchema = z.object({ sv: z.string(), nb: z.string(), en: z.string() });
