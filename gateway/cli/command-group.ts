import { meantBy } from '../core/meant.js';

export interface Command {
  readonly run: (args: readonly string[]) => Promise<number>;
  readonly help: string;
}

export const asksForHelp = (args: readonly string[]): boolean => args.includes('--help') || args.includes('-h');

/** The help of all, each text once: commands may share one. */
export const helpOf = (commands: ReadonlyMap<string, Command>): string => [...new Set([...commands.values()].map(({ help }) => help))].join('\n\n');

/** `vaxel <group> <command>`. @returns the command's exit status, or 2 when there is no such command */
export async function runOf(group: string, commands: ReadonlyMap<string, Command>, args: readonly string[]): Promise<number> {
  const [name = '', ...rest] = args;
  const command = commands.get(name);
  if (command !== undefined && !asksForHelp(rest)) return command.run(rest);
  if (command !== undefined || asksForHelp(args)) {
    console.log(command?.help ?? helpOf(commands));
    return 0;
  }
  const meant = meantBy(name, commands.keys());
  const what = name === '' ? 'say what to do' : `there is no command "${name}"${meant === undefined ? '' : `: did you mean "${meant}"?`}`;
  console.error(`vaxel ${group}: ${what}\nThere are ${[...commands.keys()].join(', ')}; \`vaxel ${group} --help\` says what each does.`);
  return 2;
}
