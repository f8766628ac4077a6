import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { centreEntrySchema, type CentreEntry } from '../../core/acd/centre-version.js';
import { projectFile } from '../../project.js';
import { runOf, type Command } from '../command-group.js';
import { NO_GATEWAY } from '../flow/asked-gateway.js';
import { second } from '../local-time.js';
import { Output } from '../output.js';
import { centreOf, type AskCentre, type CentreAnswer } from './centre-client.js';

export const CONFIG_HELP = `vaxel queue config show
  The contact centre as it is live, as YAML; its version on stderr.
vaxel queue config put <file> --over <version> --note <why> [--author <name>]   |   put <file> --check
  Makes a file live over contact-centre.yaml in every gateway, from the next decision on. --over: the version that you had read; if
  another one is live by now, nothing is changed. --check: says what would change, and every fault with line and fix.
vaxel queue config skill <agent> <skill>=<level> … --note <why> [--author <name>]
  Changes an agent's skills, level 1 to 10; <skill>=- takes one away.
vaxel queue config withdraw --over <version> --note <why> [--author <name>]
  Back to contact-centre.yaml of each gateway.
vaxel queue config log
  Who changed what, when and why.
  All: [--api <url>] [--json]. The address comes from \`vaxel up\`, or --api; the token from \`vaxel up\`, or VAXEL_API_TOKEN.`;

const OPTIONS = {
  note: { type: 'string' },
  author: { type: 'string', default: '' },
  over: { type: 'string' },
  check: { type: 'boolean', default: false },
  api: { type: 'string' },
  json: { type: 'boolean', default: false },
  var: { type: 'string', default: projectFile('var') },
} as const;

const changedSchema = z.object({ version: z.string(), changes: z.array(z.string()), silent: z.array(z.string()).default([]) });
const logSchema = z.object({ live: z.object({ version: z.string(), from: z.enum(['file', 'api']) }), log: z.array(centreEntrySchema) });

type Values = ReturnType<typeof read>['values'];
interface Run {
  readonly values: Values;
  readonly positionals: readonly string[];
  readonly ask: AskCentre;
  readonly output: Output;
}

const read = (args: readonly string[]) => parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });

const command = (run: (run: Run) => Promise<number>): Command => ({
  help: CONFIG_HELP,
  run: async (args) => {
    const { values, positionals } = read(args);
    const output = new Output(values.json);
    const ask = centreOf(values);
    return ask === null ? output.problem(NO_GATEWAY) : run({ values, positionals, ask, output });
  },
});

const COMMANDS: ReadonlyMap<string, Command> = new Map([
  ['show', command(show)],
  ['put', command(put)],
  ['skill', command(skill)],
  ['withdraw', command(withdraw)],
  ['log', command(log)],
]);

/** `vaxel queue config <command>`. @returns 0 when it was done, 1 when it was refused, 2 for wrong usage or without a gateway */
export const config = (args: readonly string[]): Promise<number> => runOf('queue config', COMMANDS, args);

async function show({ values, ask, output }: Run): Promise<number> {
  const answer = await ask({ method: 'GET', path: '' });
  if (!answer.ok) return output.problem(answer.why);
  if (values.json) output.line({ event: 'centre', version: answer.version, yaml: answer.text }, '');
  else {
    process.stdout.write(answer.text);
    console.error(`version ${answer.version}`);
  }
  return 0;
}

async function put({ values, positionals, ask, output }: Run): Promise<number> {
  const [file] = positionals;
  if (file === undefined) return output.problem('queue config put: name the file');
  const body = readFileSync(file, 'utf8');
  if (values.check) return told(output, await ask({ method: 'PUT', path: '', query: { check: '1' }, body }), 'would change');
  const said = saidOf(values);
  if (said === null || values.over === undefined) return output.problem('--over: the version that you had read, as `vaxel queue config show` says; --note: why, in a few words');
  return told(output, await ask({ method: 'PUT', path: '', query: said, body, over: values.over }), 'changed');
}

async function skill({ values, positionals, ask, output }: Run): Promise<number> {
  const [agent, ...wishes] = positionals;
  const skills = wishes.map((wish) => /^([a-z][a-z0-9-]*)=(\d{1,2}|-)$/.exec(wish));
  const said = saidOf(values);
  if (agent === undefined || skills.length === 0 || skills.includes(null)) return output.problem('queue config skill <agent> <skill>=<level>: such as `skill anna billing=5 english=-`');
  if (said === null) return output.problem('--note: say why in a few words, for whoever reads the log');
  const change = Object.fromEntries(skills.map((match) => [match?.[1] ?? '', match?.[2] === '-' ? null : Number(match?.[2])]));
  return told(output, await ask({ method: 'PATCH', path: `/agents/${encodeURIComponent(agent)}`, query: said, body: JSON.stringify({ skills: change }), over: values.over }), 'changed');
}

async function withdraw({ values, ask, output }: Run): Promise<number> {
  const said = saidOf(values);
  if (said === null || values.over === undefined) return output.problem('--over: the version that you had read, as `vaxel queue config show` says; --note: why, in a few words');
  return told(output, await ask({ method: 'DELETE', path: '', query: said, over: values.over }), 'changed');
}

async function log({ ask, output }: Run): Promise<number> {
  const answer = await ask({ method: 'GET', path: '/log' });
  if (!answer.ok) return output.problem(answer.why);
  const { live, log: entries } = logSchema.parse(JSON.parse(answer.text));
  output.line({ event: 'live', ...live }, `${live.version} is live, ${live.from === 'file' ? 'from the file' : 'put over the file'}`);
  for (const entry of entries) output.line({ event: 'entry', ...entry }, entryText(entry));
  return 0;
}

function told(output: Output, answer: CentreAnswer, what: string): number {
  if (!answer.ok) {
    output.line({ event: 'refused', why: answer.why, faults: answer.faults }, [`refused: ${answer.why}`, ...answer.faults.slice(1).map((fault) => `  ${fault}`)].join('\n'));
    return 1;
  }
  const { version, changes, silent } = changedSchema.parse(JSON.parse(answer.text));
  const late = silent.length === 0 ? [] : [`  ${silent.join(', ')} did not confirm it yet, and will look for it within seconds`];
  output.line({ event: 'changed', version, changes, silent }, [`${version} ${changes.length === 0 ? 'nothing changes' : what}`, ...changes.map((change) => `  ${change}`), ...late].join('\n'));
  return 0;
}

function saidOf(values: Values): { readonly author: string; readonly note: string } | null {
  return values.note === undefined ? null : { author: values.author === '' ? userInfo().username : values.author, note: values.note };
}

const ACTIONS: Readonly<Record<CentreEntry['action'], string>> = { put: 'is live', withdraw: 'is live, the file again', file: 'is the file' };

function entryText({ at, version, before, action, author, note, changes }: CentreEntry): string {
  const head = `${second(at)}  ${version} ${ACTIONS[action]}${before === null ? '' : `, was ${before}`} (${author}: ${note})`;
  return [head, ...changes.map((change) => `  ${change}`)].join('\n');
}
