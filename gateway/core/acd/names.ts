import { z } from 'zod';
import type { Language } from '../flow/flow-types.js';

/** What people call a thing, in the languages of the desk. */
export type Names = Readonly<Record<Language, string>>;

const text = z.string().trim().min(1).max(200);
const inOne = z.string('one in each language: { sv: …, nb: …, en: … }').trim().min(1).max(200);

/** As written in the contact centre's file: in each language, or one text for all of them. */
export const namesSchema = z.union([text, z.strictObject({ sv: inOne, nb: inOne, en: inOne })]);

/** One text stands for all languages. */
export const toNames = (written: z.infer<typeof namesSchema>): Names => (typeof written === 'string' ? { sv: written, nb: written, en: written } : written);
