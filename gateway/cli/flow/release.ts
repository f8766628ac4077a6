import { parseArgs } from 'node:util';
import { z } from 'zod';
import { releaseSchema, type Release } from '../../core/flow/release.js';
import { projectFile } from '../../project.js';
import { minute } from '../local-time.js';
import { numberOption } from '../number-option.js';
import { Output } from '../output.js';
import { ownName, saidOf } from '../said.js';
import { gatewayOf, NO_GATEWAY } from './asked-gateway.js';
import { oneFlow } from './content-folder.js';

export const RELEASE_HELP = `vaxel flow publish <flow> --note <why>
  Makes the flow's file, as the gateway reads it now, the version that every
  caller gets from the next call on, in every gateway.
vaxel flow share <flow> --percent <n> --note <why> [--version <version>]
  Gives a share of the callers the file as it stands now (or an earlier
  version); the same callers each time.
vaxel flow revert <flow> --version <version> --note <why>
  Goes back to a version that was published before.
vaxel flow withdraw <flow> --note <why>
  Serves the flow from its file again.
vaxel flow versions
  Which version of each flow is live, and who released what, when and why.

  All of them take
  --author <name>  who did it, for the log (who is signed in on this machine)
  --var <folder>   where \`vaxel up\` keeps its data (var)
  --api <url>      a gateway that \`vaxel up\` does not run; VAXEL_API_TOKEN is
                   its API_TOKEN
  --json           one object a line`;

const OPTIONS = {
  note: { type: 'string' },
  author: { type: 'string', default: ownName() },
  version: { type: 'string' },
  percent: { type: 'string' },
  api: { type: 'string' },
  json: { type: 'boolean', default: false },
  var: { type: 'string', default: projectFile('var') },
} as const;

const listSchema = z.object({ flows: z.array(z.object({ flow: z.string(), file: z.string(), live: z.object({ version: z.string(), share: z.object({ version: z.string(), percent: z.number() }).nullable() }).nullable(), isRefused: z.boolean().optional() })) });
const logSchema = z.object({ log: z.array(releaseSchema) });

/** `vaxel flow publish|share|revert|withdraw`. @returns 0 when it was done, 1 when it was refused, 2 for wrong usage */
export const release = (action: Release['action']) => async (args: readonly string[]): Promise<number> => {
  const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  const output = new Output(values.json);
  const flow = oneFlow(positionals);
  if (flow === '') throw new Error('name the flow, such as main-menu');
  const said = saidOf(values);
  if (action === 'revert' && values.version === undefined) throw new Error('--version: name the version to go back to, as `vaxel flow versions` prints it');
  if (action === 'share' && values.percent === undefined) throw new Error('--percent: say which share of the callers, from 0.01 to 99.99');
  const percent = values.percent === undefined ? {} : { percent: numberOption('percent', values.percent, { from: 0.01, to: 99.99 }) };
  const gateway = gatewayOf(values);
  if (gateway === null) return output.problem(NO_GATEWAY);
  const wish = { action, flow, ...said, ...(values.version === undefined ? {} : { version: values.version }), ...percent };
  const answer = await gateway.ask('/v1/flows/releases', wish);
  if (!answer.ok) {
    output.line({ event: 'refused', action, flow, why: answer.why }, `refused: ${answer.why}`);
    return 1;
  }
  const done = releaseSchema.parse(answer.body);
  output.line({ event: 'released', ...done }, sentence(done));
  return 0;
};

const byName = <T extends { readonly flow: string }>(flows: readonly T[]): readonly T[] => [...flows].sort((a, b) => a.flow.localeCompare(b.flow, 'en'));

/** `vaxel flow versions`. */
export async function versions(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  const output = new Output(values.json);
  const gateway = gatewayOf(values);
  if (gateway === null) return output.problem(NO_GATEWAY);
  const [listed, logged] = [await gateway.ask('/v1/flows'), await gateway.ask('/v1/flows/log')];
  if (!listed.ok) return output.problem(listed.why);
  if (!logged.ok) return output.problem(logged.why);
  for (const { flow, file, live, isRefused = false } of byName(listSchema.parse(listed.body).flows)) {
    const share = live?.share ? `, ${live.share.percent} % of the callers ${live.share.version}` : '';
    const isChanged = live !== null && live.version !== file ? `; the file is another one (${file})` : '';
    const serves = isRefused ? '; but the gateway cannot load it (its log says why) and serves the file: check that, then publish it anew' : isChanged;
    output.line({ event: 'flow', flow, file, live, isRefused }, `${flow.padEnd(24)} ${live === null ? `${file} from its file` : `${live.version} published${share}${serves}`}`);
  }
  const { log } = logSchema.parse(logged.body);
  if (log.length > 0) output.line({ event: 'log', entries: log.length }, '');
  for (const entry of log) output.line({ event: 'release', ...entry }, `${minute(entry.at)}  ${sentence(entry)}`);
  return 0;
}

function sentence(entry: Release): string {
  const why = `${entry.author}: ${entry.note}`;
  switch (entry.action) {
    case 'publish':
      return `${entry.flow} ${entry.version} is live (${why})`;
    case 'revert':
      return `${entry.flow} is back at ${entry.version} (${why})`;
    case 'share':
      return `${entry.flow} ${entry.version} goes to ${entry.percent} % of the callers (${why})`;
    case 'withdraw':
      return `${entry.flow} is served from its file again (${why})`;
  }
}
