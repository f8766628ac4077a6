import type { z } from 'zod';
import { meantBy, oneOf } from '../meant.js';
import { knownKeys, neededKeys } from './known-keys.js';
import { NODE_KINDS } from './node-schema.js';
import type { Finding } from './problem.js';

type Issue = z.core.$ZodIssue;

/** How the schema library words what no schema of ours words. */
const OWN_WORDS = 'Invalid input: ';
/** And of a choice of shapes. */
const NO_WORDS = 'Invalid input';

/** Says a schema's complaint in words for the author. */
export function describeIssue(issue: Issue, raw: unknown, schema: z.ZodType): readonly Finding[] {
  const path = issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step));
  const name = nameOf(path);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey([...path, key], knownKeys(schema, path, raw)));
    case 'invalid_key':
      return [{ path, what: `${name} cannot be a key here: ${issue.issues[0]?.message ?? issue.message}`, fix: 'rename the key' }];
    case 'invalid_union':
      return [describeUnion(issue, { path, name, raw })];
    case 'invalid_type':
      if (path.length === 0) return [wholeFile(issue, raw, neededKeys(schema).join(', '))];
      return [isMissing(raw, path) ? { path, what: `${name} is missing`, fix: `add ${name} (${expectedOf(issue)})` } : { path, what: `${name} has the wrong type`, fix: `give ${expectedOf(issue)}` }];
    case 'invalid_value':
      return [{ path, what: isMissing(raw, path) ? `${name} is missing` : `${name} has a value that is not known`, fix: oneOf(String(valueAt(raw, path)), issue.values.map(String)) }];
    case 'too_big':
      return [{ path, what: `${name} is too ${isText(raw, path) ? 'long' : 'large'}`, fix: `at most ${amountOf(issue.maximum, issue.origin)}` }];
    case 'too_small':
      return [{ path, what: `${name} is too ${isText(raw, path) ? 'short' : 'small'}`, fix: `at least ${amountOf(issue.minimum, issue.origin)}` }];
    default:
      return [{ path, what: `${name} is not right`, fix: `give ${issue.message}` }];
  }
}

function describeUnion(issue: Extract<Issue, { code: 'invalid_union' }>, at: { readonly path: (string | number)[]; readonly name: string; readonly raw: unknown }): Finding {
  const { path, name, raw } = at;
  if (path[0] === 'nodes' && path.at(-1) === 'do') {
    const kind = valueAt(raw, path);
    return { path, what: kind === undefined ? 'the node does not say what it does' : `there is no node kind "${String(kind)}"`, fix: kind !== undefined && meantBy(String(kind), NODE_KINDS) !== undefined ? oneOf(String(kind), NODE_KINDS) : `use \`do:\` with one of ${NODE_KINDS.join(', ')}` };
  }
  if (isMissing(raw, path)) return { path, what: `${name} is missing`, fix: `add ${name}` };
  if (issue.message !== NO_WORDS) return { path, what: `${name} is not right`, fix: `give ${issue.message}` };
  const reasons = issue.errors.flatMap((branch) => branch.slice(0, 1).map((one) => (one.code === 'invalid_type' && one.message.startsWith(OWN_WORDS) ? expectedOf(one) : one.message.replace(OWN_WORDS, ''))));
  return { path, what: `${name} is not right`, fix: `give ${[...new Set(reasons)].join(', or ') || 'a value that fits'}` };
}

function nameOf(path: readonly (string | number)[]): string {
  const last = path.at(-1);
  if (last === undefined) return 'the file';
  return typeof last === 'number' ? `entry ${last + 1} of "${String(path.at(-2))}"` : `"${last}"`;
}

/** Of a file that is no map there is nothing to point at. */
function wholeFile(issue: Extract<Issue, { code: 'invalid_type' }>, raw: unknown, needed: string): Finding {
  if (raw === null || raw === undefined) return { path: [], what: 'the file is empty', fix: needed === '' ? `give ${expectedOf(issue)}` : `write ${needed}` };
  return { path: [], what: 'the file has the wrong type', fix: `give ${expectedOf(issue)}${needed === '' ? '' : ` with ${needed}`}` };
}

function unknownKey(path: readonly (string | number)[], known: readonly string[]): Finding {
  const key = String(path.at(-1));
  const fix = meantBy(key, known) !== undefined ? oneOf(key, known) : known.length > 0 ? `remove it; known here: ${known.join(', ')}` : 'remove it or correct its spelling';
  return { path, what: `"${key}" is not known here`, fix };
}

function valueAt(raw: unknown, path: readonly (string | number)[]): unknown {
  let value: unknown = raw;
  for (const step of path) value = typeof value === 'object' && value !== null && Object.hasOwn(value, step) ? (value as Record<string | number, unknown>)[step] : undefined;
  return value;
}

const isMissing = (raw: unknown, path: readonly (string | number)[]): boolean => valueAt(raw, path) === undefined;
const isText = (raw: unknown, path: readonly (string | number)[]): boolean => typeof valueAt(raw, path) !== 'number';
const expectedOf = (issue: Extract<Issue, { code: 'invalid_type' }>): string => ({ record: 'a map', object: 'a map', array: 'a list', string: 'text', int: 'a whole number' })[String(issue.expected)] ?? `a ${String(issue.expected)}`;
const UNITS: Readonly<Record<string, readonly [one: string, more: string]>> = { string: ['character', 'characters'], array: ['entry', 'entries'] };
const amountOf = (limit: number | bigint, origin: string): string => `${limit}${UNITS[origin] === undefined ? '' : ` ${UNITS[origin][Number(limit) === 1 ? 0 : 1]}`}`;
