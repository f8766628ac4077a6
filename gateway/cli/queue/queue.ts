import { figures, FIGURES_HELP } from './figures.js';
import { order, ORDER_HELP, ORDERS, show, SHOW_HELP } from './operate.js';
import { replay, QUEUE_REPLAY_HELP } from './replay.js';

const COMMANDS: ReadonlyMap<string, { readonly run: (args: readonly string[]) => Promise<number>; readonly help: string }> = new Map([
  ['show', { run: show, help: SHOW_HELP }],
  ...ORDERS.map((name) => [name, { run: (args: readonly string[]) => order(name, args), help: ORDER_HELP }] as const),
  ['figures', { run: figures, help: FIGURES_HELP }],
  ['replay', { run: replay, help: QUEUE_REPLAY_HELP }],
]);

export const QUEUE_HELP = [...new Set([...COMMANDS.values()].map(({ help }) => help))].join('\n\n');

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
