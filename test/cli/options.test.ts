import { describe, expect, it } from 'vitest';
import { vaxel } from '../../gateway/cli/vaxel.js';
import { printed } from './flow/printed.js';

const helpOf = async (command: readonly string[]): Promise<string> => (await printed(vaxel, ...command, '--help')).text;
/** The commands of a group, as they are named to whoever mistypes one. */
const commandsIn = async (...group: readonly string[]): Promise<readonly (readonly string[])[]> =>
  (/There are (.*);/.exec((await printed(vaxel, ...group, 'none')).text)?.[1] ?? '').split(', ').map((name) => [...group, name]);
const optionsIn = (help: string): readonly string[] => [...new Set([...help.matchAll(/--([a-z][a-z-]*)/g)].map(([, name]) => name ?? ''))];

/** Nothing is done: an option that no command has follows the one that is asked for. */
async function takes(command: readonly string[], option: string): Promise<boolean> {
  const { text } = await printed(vaxel, ...command, `--${option}=x`, '--no-such-option');
  expect(text, `${command.join(' ')} read its options`).toMatch(/Unknown option|does not take an argument/);
  return !text.includes(`Unknown option '--${option}'`);
}

describe('the help of a command', () => {
  it('has every option that the command takes, and none that it does not', async () => {
    const groups = [...(await commandsIn()), ...(await commandsIn('flow')), ...(await commandsIn('queue')), ...(await commandsIn('queue', 'config'))];
    const commands = groups.filter((command) => !['flow', 'queue', 'queue config'].includes(command.join(' ')));
    expect(commands.length).toBeGreaterThan(25);
    const helps: string[] = [];
    for (const command of commands) helps.push(await helpOf(command));
    const all = [...new Set(helps.flatMap(optionsIn))].filter((option) => option !== 'help');
    const wrong: string[] = [];
    for (const [at, command] of commands.entries()) {
      const told = optionsIn(helps[at] ?? '');
      for (const option of all) {
        const isTaken = await takes(command, option);
        if (isTaken !== told.includes(option)) wrong.push(`vaxel ${command.join(' ')} --${option} is ${isTaken ? 'taken and not told' : 'told and not taken'}`);
      }
    }
    expect(wrong).toEqual([]);
  });
});
