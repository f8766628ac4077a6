import { z } from 'zod';

export const environmentName = z.string().regex(/^[A-Z][A-Z0-9_]*$/, 'the name of an environment variable, in capitals').describe('Environment variable that holds the value');
export const headerName = z.string().regex(/^[A-Za-z0-9-]{1,64}$/, 'the name of a header');
const printable = (longest: number) => z.string().max(longest).regex(/^[\x20-\x7e]*$/, 'printable ASCII');
/** A header's value, or the environment variable that holds it. Secrets are never written into a file. */
export const headerValue = z.union([printable(1_000), z.strictObject({ env: environmentName, prefix: printable(40).default('').describe('Written before the value, such as "Bearer "') })]);
/** The address of a service, or the environment variable that holds it. */
export const serviceUrl = z.union([z.url({ protocol: /^https?$/ }), z.strictObject({ env: environmentName })]);
export const serviceHeaders = z.record(headerName, headerValue).default({});
/** When a service is left alone (core/circuit-breaker.ts). */
export const breakerSchema = z.strictObject({
  failures: z.int().min(1).max(100).describe('So many failures in a row open the breaker'),
  openMs: z.int().min(100).max(600_000).describe('How long the service is then left alone, ms'),
});

export type HeaderValue = z.infer<typeof headerValue>;
export type ServiceUrl = z.infer<typeof serviceUrl>;
type Environment = Readonly<Record<string, string | undefined>>;

/** The value as it is sent; what the environment lacks is left out. */
export function headerText(value: HeaderValue, environment: Environment): string {
  return typeof value === 'string' ? value : value.prefix + (environment[value.env] ?? '');
}

/** The address, or '' when the environment lacks it. */
export function urlText(url: ServiceUrl, environment: Environment): string {
  return typeof url === 'string' ? url : (environment[url.env] ?? '');
}

/** The names that these values want and the environment lacks. */
export function missingNames(values: readonly (HeaderValue | ServiceUrl)[], environment: Environment): readonly string[] {
  return values.flatMap((value) => (typeof value !== 'string' && !environment[value.env] ? [value.env] : []));
}
