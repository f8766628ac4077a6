import type { z } from 'zod';

type Issue = z.core.$ZodIssue;

/** The schema library's own words, where a schema has none of ours. */
const NOT_OURS = /^(Too |Invalid |Unrecognized )/;
const KINDS: Readonly<Record<string, string>> = { string: 'text', int: 'a whole number', number: 'a number', boolean: 'true or false', object: 'an object', record: 'an object', array: 'a list' };
const UNITS: Readonly<Record<string, readonly [one: string, more: string]>> = { string: ['character', 'characters'], array: ['entry', 'entries'] };

/** What may stand where a schema found something else: `at most 500 characters`. */
export function fieldWords(issue: Issue): string {
  if (!NOT_OURS.test(issue.message)) return issue.message;
  switch (issue.code) {
    case 'too_big':
      return `${issue.inclusive === false ? 'less than' : 'at most'} ${amount(issue.maximum, issue.origin)}`;
    case 'too_small':
      return `${issue.inclusive === false ? 'more than' : 'at least'} ${amount(issue.minimum, issue.origin)}`;
    case 'invalid_type':
      return `${issue.message.endsWith('received undefined') ? 'it is missing: ' : ''}${KINDS[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return `one of ${issue.values.map(String).join(', ')}`;
    case 'unrecognized_keys':
      return `not known here: ${issue.keys.join(', ')}`;
    case 'invalid_key':
      return `a key that cannot stand here: ${issue.issues.map(fieldWords).join(', ')}`;
    default:
      return issue.message;
  }
}

function amount(limit: number | bigint, origin: string): string {
  const unit = UNITS[origin];
  return unit === undefined ? String(limit) : `${limit} ${unit[Number(limit) === 1 ? 0 : 1]}`;
}
