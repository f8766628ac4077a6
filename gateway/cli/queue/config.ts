import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { centreEntrySchema, type CentreEntry } from '../../core/acd/centre-version.js';
import { projectFile } from '../../project.js';
import { runOf, type Command } from '../command-group.js';
import { NO_GATEWAY } from '../flow/asked-gateway.js';
import { second } from '../local-time.js';
import { Output } from '../output.js';
import { ownName, saidOf } from '../said.js';
import { centreOf, type AskCentre, type CentreAnswer, type CentreRequest } from './centre-client.js';

export const CONFIG_HELP = `vaxel queue config show
  The contact centre as it is live, as YAML; its version on stderr.
vaxel queue config put <file> --over <version> --note <why>
vaxel queue config put <file> --check
  Makes a file live over contact-centre.yaml in every gateway, from the next
  decision on. --over: the version that you had read; if another one is live by
  now, nothing is changed. --check: says what would change, and every fault with
  line and fix.
vaxel queue config skill <agent> <skill>=<level> … --note <why>
  Changes an agent's skills, level 1 to 10; <skill>=- takes one away.
vaxel queue config withdraw --over <version> --note <why>
  Back to contact-centre.yaml of each gateway.
vaxel queue config log
  Who changed what, when and why.

  All of them take
  --author <name>  who did it, for the log (who is signed in on this machine)
  --var <folder>   where \`vaxel up\` keeps its data (var)
  --api <url>      a gateway that \`vaxel up\` does not run; VAXEL_API_TOKEN is
                   its API_TOKEN
  --json           one object a line`;

const OPTIONS = {
  note: { type: 'string' },
  author: { type: 'string', default: ownName() },
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

/** @param takesNone its name, when nothing is named after it */
const command = (run: (run: Run) => Promise<number>, takesNone?: string): Command => ({
  help: CONFIG_HELP,
  run: async (args) => {
    const { values, positionals } = read(args);
    if (takesNone !== undefined && positionals[0] !== undefined) throw new Error(`${positionals[0]}: that is too much, \`vaxel queue config ${takesNone}\` takes no name`);
    const output = new Output(values.json);
    const ask = centreOf(values);
    return ask === null ? output.problem(NO_GATEWAY) : run({ values, positionals, ask, output });
  },
});

const COMMANDS: ReadonlyMap<string, Command> = new Map([
  ['show', command(show, 'show')],
  ['put', command(put)],
  ['skill', command(skill)],
  ['withdraw', command(withdraw, 'withdraw')],
  ['log', command(log, 'log')],
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
  const [file, ...more] = positionals;
  if (file === undefined) throw new Error('name the file to put, such as contact-centre.yaml');
  if (more[0] !== undefined) throw new Error(`${more[0]}: that is too much, one file can be put at a time`);
  const body = readFileSync(file, 'utf8');
  if (values.check) return told(output, await ask({ method: 'PUT', path: '', query: { check: '1' }, body }), 'would change');
  return told(output, await ask({ method: 'PUT', path: '', ...overOf(values), body }), 'changed');
}

async function skill({ values, positionals, ask, output }: Run): Promise<number> {
  const [agent, ...wishes] = positionals;
  if (agent === undefined || wishes.length === 0) throw new Error('name the agent and what to change, such as `skill anna billing=5 english=-`');
  if (!NAME.test(agent)) throw new Error(`${agent}: an agent is named as in contact-centre.yaml, with lower case letters, digits and hyphens`);
  const change = Object.fromEntries(wishes.map(skillWish));
  return told(output, await ask({ method: 'PATCH', path: `/agents/${agent}`, query: { ...saidOf(values) }, body: JSON.stringify({ skills: change }), over: values.over }), 'changed');
}

const NAME = /^[a-z][a-z0-9-]{0,39}$/;

/** `billing=5`, or `billing=-` to take the skill away. */
function skillWish(wish: string): readonly [skill: string, level: number | null] {
  const [skill = '', level = '', ...more] = wish.split('=');
  if (!NAME.test(skill) || level === '' || more.length > 0) throw new Error(`${wish}: write it as billing=5, or billing=- to take the skill away`);
  if (level !== '-' && !/^([1-9]|10)$/.test(level)) throw new Error(`${wish}: a level is a whole number from 1 to 10; ${skill}=- takes the skill away`);
  return [skill, level === '-' ? null : Number(level)];
}

async function withdraw({ values, ask, output }: Run): Promise<number> {
  return told(output, await ask({ method: 'DELETE', path: '', ...overOf(values) }), 'changed');
}

/** What a change of everything needs: who, why, and over which version. */
function overOf(values: Values): Pick<CentreRequest, 'query' | 'over'> {
  if (values.over === undefined) throw new Error('--over: name the version that you had read, as `vaxel queue config show` says; --note: why, in a few words');
  return { query: { ...saidOf(values) }, over: values.over };
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

const ACTIONS: Readonly<Record<CentreEntry['action'], string>> = { put: 'is live', withdraw: 'is live, the file again', file: 'is the file' };

function entryText({ at, version, before, action, author, note, changes }: CentreEntry): string {
  const head = `${second(at)}  ${version} ${ACTIONS[action]}${before === null ? '' : `, was ${before}`} (${author}: ${note})`;
  return [head, ...changes.map((change) => `  ${change}`)].join('\n');
}
