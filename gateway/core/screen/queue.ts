import { z } from 'zod';

/** A queue as an agent's screen names it: in each language that the file has; `name` for who knows no language. */
export const screenQueueSchema = z.object({ id: z.string(), name: z.string(), names: z.object({ sv: z.string(), nb: z.string(), en: z.string() }).optional() });
export type ScreenQueue = z.infer<typeof screenQueueSchema>;
