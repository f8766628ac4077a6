import { describe, expect, it } from 'vitest';
import { loadConnectorFile, missingEnvironment, operationsOf } from '../../../gateway/adapters/connectors/connector-file.js';
import { formatProblem } from '../../../gateway/core/flow/problem.js';
import { readSample } from '../../ivr-flows/sample-files.js';

const BILLING = readSample('connectors/billing.yaml');
const problemsOf = (text: string): string => {
  const loaded = loadConnectorFile(text, 'connectors/billing.yaml');
  return loaded.ok ? '' : loaded.problems.map(formatProblem).join('\n');
};

describe('a connector file', () => {
  it('declares operations for the checks of flows', () => {
    const loaded = loadConnectorFile(BILLING, 'billing.yaml');
    if (!loaded.ok) throw new Error('does not load');
    expect(operationsOf(new Map([['billing', loaded.value]])).get('billing.extendInvoice')).toEqual({ exits: ['ok', 'notFound', 'alreadyExtended', 'refused', 'error'], arguments: ['invoice', 'days'], fields: ['invoice', 'dueDate'] });
  });

  it('names the environment variables that are not set', () => {
    const loaded = loadConnectorFile(BILLING.replace('operations:', 'headers: { Authorization: { env: BILLING_TOKEN } }\noperations:'), 'billing.yaml');
    if (!loaded.ok) throw new Error('does not load');
    const files = new Map([['billing', loaded.value]]);
    expect(missingEnvironment(files, {})).toEqual(['BILLING_URL (billing)', 'BILLING_TOKEN (billing)']);
    expect(missingEnvironment(files, { BILLING_URL: 'http://127.0.0.1:1', BILLING_TOKEN: '' })).toEqual(['BILLING_TOKEN (billing)']);
    expect(missingEnvironment(files, { BILLING_URL: 'http://127.0.0.1:1', BILLING_TOKEN: 't' })).toEqual([]);
    expect(missingEnvironment(new Map([...files, ['copies', loaded.value]]), { BILLING_TOKEN: 't' })).toEqual(['BILLING_URL (billing, copies)']);
  });

  it.each<[string, string, string, RegExp]>([
    ['a repeated POST without a key', '    idempotencyKeyHeader: Idempotency-Key\n', '', /connectors\/billing\.yaml:\d+:\d+: a repeated POST could act twice/],
    ['a path that speaks of no argument', '/invoices/{{invoice}}/copies', '/invoices/{{number}}/copies', /the path speaks of "number", which is no argument/],
    ['a malformed slot', '/invoices/{{invoice}}/copies', '/invoices/{{invoice/copies', /is no slot/],
    ['a body that speaks of no argument', 'days: $days', 'days: $months', /"\$months" is no argument/],
    ['no way to ok', '{ 200: ok, 404: notFound }', '{ 404: notFound }', /no status leads to "ok"/],
    ['attempts that outlast the flow', 'timeoutMs: 2000', 'timeoutMs: 20000', /all attempts together can take 40200 ms/],
    ['a base URL that is no web address', '{ env: BILLING_URL }', 'ftp://x', /"baseUrl" is not right/],
    ['a header that would split', 'operations:', 'headers: { X-A: "a\\nb" }\noperations:', /"X-A" is not right/],
    ['a status that is none', '200: ok, 404: notFound, 409', '999: ok, 404: notFound, 409', /"999" cannot be a key here/],
    ['a key that is not known', 'timeoutMs: 2000', 'timeOutMs: 2000', /"timeOutMs" is not known here/],
  ])('refuses %s', (_title, from, to, expected) => {
    expect(BILLING).toContain(from);
    expect(problemsOf(BILLING.replace(from, to))).toMatch(expected);
  });
});
