import { readFileSync } from 'node:fs';
import { projectFile } from '../project.js';
import { asksForHelp, noSuchCommand, runNamed, type Command } from './command-group.js';
import { groupOverview, overview } from './overview.js';

/** Each is loaded when it is asked for: a phone needs no prover, and starts the sooner for it. */
const COMMANDS: ReadonlyMap<string, () => Promise<Command>> = new Map([
  ['up', () => import('./up.js').then(({ up, UP_HELP }) => ({ run: up, help: UP_HELP }))],
  ['call', () => import('./call.js').then(({ call, CALL_HELP }) => ({ run: call, help: CALL_HELP }))],
  ['agent', () => import('./agent.js').then(({ agent, AGENT_HELP }) => ({ run: agent, help: AGENT_HELP }))],
  ['flow', () => import('./flow/flow.js').then(({ flow }) => ({ run: flow, help: groupOverview('flow') }))],
  ['queue', () => import('./queue/queue.js').then(({ queue }) => ({ run: queue, help: groupOverview('queue') }))],
  ['phone', () => import('./phone.js').then(({ phone, PHONE_HELP }) => ({ run: phone, help: PHONE_HELP }))],
]);

/** `vaxel <command> …`. @returns the process's exit status: that of the command, or 2 for wrong usage */
export async function vaxel([name = 'help', ...rest]: readonly string[]): Promise<number> {
  if (name === 'help' || asksForHelp([name])) return rest[0] === undefined ? told(overview()) : vaxel([...rest, '--help']);
  if (name === '--version') return told(versionOf(readFileSync(projectFile('package.json'), 'utf8')));
  const found = await COMMANDS.get(name)?.();
  if (found === undefined) return noSuchCommand('vaxel', COMMANDS.keys(), [name, ...rest]);
  // `vaxel flow check --help` is about that command alone.
  const isOfPart = (name === 'flow' || name === 'queue') && rest[0]?.startsWith('-') === false;
  if (asksForHelp(rest) && !isOfPart) return told(found.help);
  return runNamed(`vaxel ${name}`, found.run, rest);
}

function told(text: string): number {
  console.log(text);
  return 0;
}

const versionOf = (manifest: string): string => `vaxel ${(JSON.parse(manifest) as { readonly version: string }).version}`;
