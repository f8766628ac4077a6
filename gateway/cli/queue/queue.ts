import { figures, FIGURES_HELP } from './figures.js';
import { replay, QUEUE_REPLAY_HELP } from './replay.js';

const COMMANDS: ReadonlyMap<string, { readonly run: (args: readonly string[]) => Promise<number>; readonly help: string }> = new Map([
  ['figures', { run: figures, help: FIGURES_HELP }],
  ['replay', { run: replay, help: QUEUE_REPLAY_HELP }],
]);

export const QUEUE_HELP = [...COMMANDS.values()].map(({ help }) => help).join('\n\n');

/** `vaxel queue <command>`: what operators and planners need. */
export async function queue(args: readonly string[]): Promise<number> {
  const [name = '', ...rest] = args;
  const command = COMMANDS.get(name);
  if (command !== undefined && rest.includes('--help')) {
    console.log(command.help);
    return 0;
  }
  if (command !== undefined) return command.run(rest);
  console.error(`vaxel queue: ${name === '' ? 'say what to do' : `there is no command "${name}"`}\n\n${QUEUE_HELP}`);
  return 2;
}
