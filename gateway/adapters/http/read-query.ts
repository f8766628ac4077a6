import type { z } from 'zod';
import { textFault } from '../../core/json-fault.js';
import { badFields, badField } from './read-json.js';
import type { Answer } from './responses.js';

export type ReadQuery<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly answer: Answer };

/** The query of an address as its schema has it; else the 400 that names every field that does not fit. Nothing may be said twice. */
export function readQuery<S extends z.ZodType>({ searchParams }: URL, schema: S): ReadQuery<z.infer<S>> {
  const twice = [...searchParams.keys()].find((name, at, all) => all.indexOf(name) < at);
  if (twice !== undefined) return { ok: false, answer: badField({ path: twice, message: 'said twice' }) };
  for (const [path, value] of searchParams) {
    const message = textFault(path) ?? textFault(value);
    if (message !== null) return { ok: false, answer: badField({ path, message }) };
  }
  const parsed = schema.safeParse(Object.fromEntries(searchParams));
  return parsed.success ? { ok: true, value: parsed.data } : { ok: false, answer: badFields(parsed.error) };
}
