import { parseArgs } from 'node:util';
import { projectFile } from '../../project.js';
import { Output } from '../output.js';
import { gatewayOf, NO_GATEWAY, type AskedGateway } from './asked-gateway.js';
import { pastTime, TIME_HINT } from './past-time.js';

export const RECORDINGS_HELP = `vaxel flow recordings [options]
  Prints the recorded calls of a running gateway, one a line: keys and their
  times, answers of back ends, the way and the end; no audio, secrets masked.
  --since <time>  a time ago such as 24h, 90m or 7d, or a date such as
                  2026-11-28 or 2026-11-28T14:00:00+01:00 (24h)
  --until <time>  the same
  --flow <flow>   calls of this flow
  --limit <n>     at most so many (10000)
  --var <folder>  where \`vaxel up\` keeps its data (var)
  --api <url>     a gateway that \`vaxel up\` does not run; VAXEL_API_TOKEN is its
                  API_TOKEN`;

const OPTIONS = {
  since: { type: 'string', default: '24h' },
  until: { type: 'string' },
  flow: { type: 'string' },
  limit: { type: 'string', default: '10000' },
  api: { type: 'string' },
  var: { type: 'string', default: projectFile('var') },
} as const;

/** @returns 0 when all were printed, 1 when the gateway broke off, 2 for wrong usage */
export async function recordings(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  const output = new Output(false);
  const gateway = gatewayOf(values);
  if (gateway === null) return output.problem(NO_GATEWAY);
  const wanted = wantedOf(values);
  if (typeof wanted === 'string') return output.problem(wanted);
  const found = await recordedLines(gateway, wanted);
  if (!found.ok) return output.problem(found.why);
  try {
    for await (const line of found.lines) console.log(line);
    return 0;
  } catch (error) {
    console.error(`vaxel: the gateway broke off: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  }
}

export interface WantedRecordings {
  readonly since: number;
  readonly until: number | null;
  readonly flow: string | null;
  readonly limit: number;
}

/** What is wanted, or what is wrong with the options. */
export function wantedOf(values: { readonly since: string; readonly until?: string | undefined; readonly flow?: string | undefined; readonly limit: string }): WantedRecordings | string {
  const since = pastTime(values.since, Date.now());
  if (since === null) return `--since: ${TIME_HINT}`;
  const until = values.until === undefined ? null : pastTime(values.until, Date.now());
  if (values.until !== undefined && until === null) return `--until: ${TIME_HINT}`;
  const limit = Number(values.limit);
  if (!(Number.isInteger(limit) && limit >= 1 && limit <= 100_000)) return '--limit: a whole number from 1 to 100000';
  return { since, until, flow: values.flow ?? null, limit };
}

export function recordedLines(gateway: AskedGateway, { since, until, flow, limit }: WantedRecordings): ReturnType<AskedGateway['lines']> {
  const query = new URLSearchParams({ since: new Date(since).toISOString(), limit: String(limit), ...(until === null ? {} : { until: new Date(until).toISOString() }), ...(flow === null ? {} : { flow }) });
  return gateway.lines(`/v1/flows/recordings?${query.toString()}`);
}
