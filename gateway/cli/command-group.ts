export interface Command {
  readonly run: (args: readonly string[]) => Promise<number>;
  readonly help: string;
}

/** The help of all, each text once: commands may share one. */
export const helpOf = (commands: ReadonlyMap<string, Command>): string => [...new Set([...commands.values()].map(({ help }) => help))].join('\n\n');

/** `vaxel <group> <command>`. @returns the command's exit status, or 2 when there is no such command */
export async function runOf(group: string, commands: ReadonlyMap<string, Command>, args: readonly string[]): Promise<number> {
  const [name = '', ...rest] = args;
  const command = commands.get(name);
  if (command === undefined) {
    console.error(`vaxel ${group}: ${name === '' ? 'say what to do' : `there is no command "${name}"`}\n\n${helpOf(commands)}`);
    return 2;
  }
  if (!rest.includes('--help')) return command.run(rest);
  console.log(command.help);
  return 0;
}
