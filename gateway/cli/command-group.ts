import { meantBy } from '../core/meant.js';
import { Output } from './output.js';
import { groupOverview } from './overview.js';

export interface Command {
  readonly run: (args: readonly string[]) => Promise<number>;
  readonly help: string;
}

export const asksForHelp = (args: readonly string[]): boolean => args.includes('--help') || args.includes('-h');

/** `vaxel <group> <command>`. @returns the command's exit status, or 2 when there is no such command */
export async function runOf(group: string, commands: ReadonlyMap<string, Command>, args: readonly string[]): Promise<number> {
  const [name = '', ...rest] = args;
  const command = commands.get(name);
  if (command !== undefined && !asksForHelp(rest)) return runNamed(`vaxel ${group} ${name}`, command.run, rest);
  if (command !== undefined || asksForHelp(args)) {
    console.log(command?.help ?? groupOverview(group));
    return 0;
  }
  return noSuchCommand(`vaxel ${group}`, commands.keys(), args);
}

/** Runs a command. An option, a number or a file that is wrong is a sentence that names the command, not a stack. @returns its exit status, or 2 */
export async function runNamed(name: string, run: Command['run'], args: readonly string[]): Promise<number> {
  try {
    return await run(args);
  } catch (error) {
    return outputOf(name, args).problem(sentenceOf(error, name));
  }
}

/** Says which commands there are. @returns the exit status for wrong usage */
export function noSuchCommand(group: string, names: Iterable<string>, args: readonly string[]): number {
  const all = [...names];
  const name = args.find((arg) => !arg.startsWith('-')) ?? '';
  const meant = meantBy(name, all);
  const what = name === '' ? 'say what to do' : `there is no command "${name}"${meant === undefined ? '' : `: did you mean "${meant}"?`}`;
  return outputOf(group, args).problem(`${what}\nThere are ${all.join(', ')}; \`${group} --help\` says what each does.`);
}

/** Options are not read yet, or cannot be. */
const outputOf = (name: string, args: readonly string[]): Output => new Output(args.includes('--json'), name);

const FILE_FAULTS: Readonly<Record<string, string>> = { ENOENT: 'there is no file or folder', ENOTDIR: 'that is no folder:', EISDIR: 'a folder is named where a file is needed', EACCES: 'no permission to read or write', EPERM: 'no permission to read or write' };

function sentenceOf(error: unknown, name: string): string {
  if (!(error instanceof Error)) return String(error);
  const { code = '', path } = error as NodeJS.ErrnoException;
  if (code.startsWith('ERR_PARSE_ARGS')) return `${error.message.replace(/\. To specify a positional argument starting with.*$/s, '').replaceAll('\n', ' ')}; \`${name} --help\` tells the options`;
  const fault = FILE_FAULTS[code];
  return fault === undefined ? error.message : `${fault} ${path ?? ''}`.trim();
}
