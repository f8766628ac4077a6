import { readFileSync } from 'node:fs';
import { meantBy } from '../core/meant.js';
import { projectFile } from '../project.js';
import { asksForHelp } from './command-group.js';

type Command = (args: readonly string[]) => Promise<number>;

/** Each is loaded when it is asked for: a phone needs no prover, and starts the sooner for it. */
const COMMANDS: ReadonlyMap<string, () => Promise<{ readonly run: Command; readonly help: string }>> = new Map([
  ['up', () => import('./up.js').then(({ up, UP_HELP }) => ({ run: up, help: UP_HELP }))],
  ['call', () => import('./call.js').then(({ call, CALL_HELP }) => ({ run: call, help: CALL_HELP }))],
  ['agent', () => import('./agent.js').then(({ agent, AGENT_HELP }) => ({ run: agent, help: AGENT_HELP }))],
  ['flow', () => import('./flow/flow.js').then(({ flow, FLOW_HELP }) => ({ run: flow, help: FLOW_HELP }))],
  ['queue', () => import('./queue/queue.js').then(({ queue, QUEUE_HELP }) => ({ run: queue, help: QUEUE_HELP }))],
  ['phone', () => import('./phone.js').then(({ phone, PHONE_HELP }) => ({ run: phone, help: PHONE_HELP }))],
]);

/** `vaxel <command> …`. @returns the process's exit status: that of the command, or 2 for wrong usage */
export async function vaxel([name = 'help', ...rest]: readonly string[]): Promise<number> {
  if (name === 'help' || asksForHelp([name])) return rest[0] === undefined ? told(`vaxel: telephony and IVR voice gateway\n\n${(await allHelp()).join('\n\n')}`) : vaxel([...rest, '--help']);
  if (name === '--version') return told(versionOf(readFileSync(projectFile('package.json'), 'utf8')));
  const found = await COMMANDS.get(name)?.();
  if (found === undefined) {
    const meant = meantBy(name, COMMANDS.keys());
    console.error(`vaxel: there is no command "${name}"${meant === undefined ? '' : `: did you mean "${meant}"?`}\nThere are ${[...COMMANDS.keys()].join(', ')}; \`vaxel --help\` says what each does.`);
    return 2;
  }
  // `vaxel flow check --help` is about that command alone.
  const isOfPart = (name === 'flow' || name === 'queue') && rest[0]?.startsWith('-') === false;
  if (asksForHelp(rest) && !isOfPart) return told(found.help);
  try {
    return await found.run(rest);
  } catch (error) {
    // parseArgs and the like: a wrong option or a file that is not there is one sentence, not a stack.
    console.error(`vaxel ${name}: ${sentenceOf(error)}`);
    return 2;
  }
}

function told(text: string): number {
  console.log(text);
  return 0;
}

const versionOf = (manifest: string): string => `vaxel ${(JSON.parse(manifest) as { readonly version: string }).version}`;

const FILE_FAULTS: Readonly<Record<string, string>> = { ENOENT: 'there is no file or folder', ENOTDIR: 'that is no folder:', EISDIR: 'a folder is named where a file is needed', EACCES: 'no permission to read or write', EPERM: 'no permission to read or write' };

function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code, path } = error as NodeJS.ErrnoException;
  const fault = FILE_FAULTS[code ?? ''];
  return fault === undefined ? error.message.replace(/ To specify a positional argument starting with.*$/s, '') : `${fault} ${path ?? ''}`.trim();
}

async function allHelp(): Promise<readonly string[]> {
  return (await Promise.all([...COMMANDS.values()].map((load) => load()))).map(({ help }) => help);
}
