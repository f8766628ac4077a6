import { z } from 'zod';
import { languageSchema, operationName, promptId, slug } from './fields.js';

export const MAX_PROMPT_CHARACTERS = 2_000;
const text = z.string().min(1).max(MAX_PROMPT_CHARACTERS);

/** A text that stands in a knowledge source, so that phone, web and chat say the same. */
const contentSchema = z.strictObject({
  call: operationName.describe('The operation that fetches a text: it takes id and language, and answers with text'),
  id: slug.describe('The name that the knowledge source has for the text'),
});

export const promptSchema = z.strictObject({
  sv: text.optional(),
  nb: text.optional(),
  en: text.optional(),
  /** Whether a key stops it. Off for legal text: keys are kept until it has been heard. */
  bargeIn: z.boolean().default(true),
  /** Offers this language to callers of the others: spoken in it, and left out for a caller who already has it. */
  offers: languageSchema.optional(),
  /** Taken from a knowledge source; the texts here are said while that does not answer. */
  content: contentSchema.optional(),
  /** Recorded files below `media/prompts` that win over speech. */
  files: z.strictObject({ sv: z.string().optional(), nb: z.string().optional(), en: z.string().optional() }).optional(),
});
/** A file of prompts that several flows share. */
export const promptFileSchema = z.strictObject({ prompts: z.record(promptId, promptSchema) });

export type Prompt = z.infer<typeof promptSchema>;
export type Content = z.infer<typeof contentSchema>;
