import { z } from 'zod';

/** What queues, skills, agents, prompts and opening hours are named by, and every file and request names them with. */
export const slug = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, 'lower case letters, digits and hyphens, first a letter, at most 40 in all');
