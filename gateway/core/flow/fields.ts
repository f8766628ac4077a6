import { z } from 'zod';

/** The patterns that fields of flow files share, with the words in which a mistake is told. */
export const nodeId = z.string().regex(/^[a-z][a-z0-9-]{0,63}$/, 'a node id is lower case letters, digits and hyphens, beginning with a letter');
export const promptId = z.string().regex(/^[a-z][a-z0-9-]{0,63}$/, 'a prompt id is lower case letters, digits and hyphens, beginning with a letter');
export const slug = z.string().regex(/^[a-z][a-z0-9.-]{0,99}$/, 'lower case letters, digits, dots and hyphens, such as `invoice.extension`');
export const variableName = z.string().regex(/^[a-z][A-Za-z0-9]{0,39}$/, 'a variable name is letters and digits, beginning with a lower case letter');
export const digitKey = z.string().regex(/^[0-9*#]$/, 'a key is one of 0-9, * and #');
export const languageSchema = z.enum(['sv', 'nb', 'en']);
export const operationName = z.string().regex(/^[a-z][A-Za-z0-9]*\.[a-z][A-Za-z0-9]*$/, 'connector file and operation, such as `billing.extendInvoice`');
export const promptRefs = z.union([promptId.transform((id) => [id]), z.array(promptId).min(1).max(8)]);
/** `$invoice.id` refers to a variable, `$$x` is the text `$x`, anything else is the value itself. */
export const writtenValue = z.union([z.string().max(500), z.number(), z.boolean()]);
export const reference = z.string().regex(/^\$[a-z][A-Za-z0-9]*(\.[A-Za-z0-9-]+)*$/, 'a reference that begins with $, such as `$invoice.status`');
export const milliseconds = (least: number, most: number) => z.int().min(least).max(most);

/** Timers of a question; what is left out comes from the flow, then from DEFAULT_TIMERS. */
export const timersSchema = z.strictObject({
  /** From the end of the prompt to the first key. */
  noInputMs: milliseconds(1_000, 60_000).optional(),
  /** Between two keys of one entry. */
  interDigitMs: milliseconds(500, 20_000).optional(),
  /** From the first key to the end of the entry. */
  totalMs: milliseconds(2_000, 120_000).optional(),
});

export type WrittenValue = z.infer<typeof writtenValue>;
export type Timers = z.infer<typeof timersSchema>;
