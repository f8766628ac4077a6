import { parseArgs } from 'node:util';
import { z } from 'zod';
import { projectFile } from '../../project.js';
import { minute } from '../local-time.js';
import { Output } from '../output.js';
import { gatewayOf, NO_GATEWAY } from './asked-gateway.js';

export const INCIDENTS_HELP = `vaxel flow incidents [options]
  How many callers were told of each incident in the last 90 days, and how many
  of them then hung up without asking more.
  --var <folder>  where \`vaxel up\` keeps its data (var)
  --api <url>     a gateway that \`vaxel up\` does not run; VAXEL_API_TOKEN is its
                  API_TOKEN
  --json          one object a line`;

const answerSchema = z.object({ incidents: z.array(z.object({ incident: z.string(), until: z.number().nullable(), told: z.number(), informed: z.number() })) });

/** @returns 0, or 2 for wrong usage or without an answer of the gateway */
export async function incidents(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { api: { type: 'string' }, var: { type: 'string', default: projectFile('var') }, json: { type: 'boolean', default: false } } });
  const output = new Output(values.json);
  const gateway = gatewayOf(values);
  if (gateway === null) return output.problem(NO_GATEWAY);
  const asked = await gateway.ask('/v1/flows/incidents');
  if (!asked.ok) return output.problem(asked.why);
  const { incidents: found } = answerSchema.parse(asked.body);
  if (found.length === 0) output.line({ event: 'none' }, 'No incident is in the folder, and none was told in the last 90 days.');
  for (const one of found) output.line({ event: 'incident', ...one }, textOf(one, Date.now()));
  return 0;
}

function textOf({ incident, until, told, informed }: z.infer<typeof answerSchema>['incidents'][number], now: number): string {
  const state = until === null ? 'removed' : until <= now ? 'over' : `until ${minute(until)}`;
  const share = told === 0 ? '' : `, ${informed} (${Math.round((100 * informed) / told)} %) hung up content`;
  return `${incident}  ${state}: ${told} ${told === 1 ? 'caller was' : 'callers were'} told${share}`;
}
