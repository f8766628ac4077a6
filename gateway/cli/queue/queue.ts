import { runOf, type Command } from '../command-group.js';
import { config, CONFIG_HELP } from './config.js';
import { figures, FIGURES_HELP } from './figures.js';
import { order, ORDER_HELP, ORDERS, show, SHOW_HELP } from './operate.js';
import { replay, QUEUE_REPLAY_HELP } from './replay.js';

const COMMANDS: ReadonlyMap<string, Command> = new Map([
  ['show', { run: show, help: SHOW_HELP }],
  ...ORDERS.map((name) => [name, { run: (args: readonly string[]) => order(name, args), help: ORDER_HELP }] as const),
  ['config', { run: config, help: CONFIG_HELP }],
  ['figures', { run: figures, help: FIGURES_HELP }],
  ['replay', { run: replay, help: QUEUE_REPLAY_HELP }],
]);

/** `vaxel queue <command>`: what operators and planners need. */
export const queue = (args: readonly string[]): Promise<number> => runOf('queue', COMMANDS, args);
