import { z } from 'zod';
import { screenNamesSchema } from './names.js';

/** A queue as an agent's screen names it: in each language that the file has; `name` for who knows no language. */
export const screenQueueSchema = z.object({ id: z.string(), name: z.string(), names: screenNamesSchema.optional() });
export type ScreenQueue = z.infer<typeof screenQueueSchema>;
