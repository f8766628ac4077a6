import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { fieldWords } from '../../../gateway/adapters/http/field-words.js';

const told = (schema: z.ZodType, value: unknown): readonly string[] => {
  const parsed = schema.safeParse(value);
  return parsed.success ? [] : parsed.error.issues.map(fieldWords);
};

describe('what is wrong with a field is told in our own words, with what may stand there', () => {
  it.each<[z.ZodType, unknown, string]>([
    [z.int().min(1).max(10), 11, 'at most 10'],
    [z.int().min(1).max(10), 0, 'at least 1'],
    [z.number().gt(0).lt(100), 100, 'less than 100'],
    [z.number().gt(0).lt(100), 0, 'more than 0'],
    [z.int(), 1.5, 'a whole number'],
    [z.string().max(500), 'x'.repeat(501), 'at most 500 characters'],
    [z.string().trim().min(1), ' ', 'at least 1 character'],
    [z.array(z.string()).max(2), ['a', 'b', 'c'], 'at most 2 entries'],
    [z.string(), 3, 'text'],
    [z.string(), undefined, 'it is missing: text'],
    [z.boolean(), 'yes', 'true or false'],
    [z.enum(['publish', 'share']), 'dance', 'one of publish, share'],
    [z.literal('ready'), 'dance', 'one of ready'],
    [z.strictObject({ a: z.string().optional() }), { b: 1, c: 2 }, 'not known here: b, c'],
    [z.record(z.string().regex(/^[a-z]+$/, 'a skill'), z.int()), { A: 1 }, 'a key that cannot stand here: a skill'],
    [z.string().regex(/^[0-9a-f]{16}$/, '16 hex digits'), 'x', '16 hex digits'],
    [z.int('a level from 1 to 10').min(1, 'a level from 1 to 10'), 0, 'a level from 1 to 10'],
  ])('%#', (schema, value, words) => {
    expect(told(schema, value)).toEqual([words]);
  });
});
