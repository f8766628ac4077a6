import { vi } from 'vitest';

export interface Printed {
  readonly status: number;
  readonly text: string;
  /** One object a line, as `--json` prints them. */
  readonly json: readonly Readonly<Record<string, unknown>>[];
}

/** Runs a command in this process and keeps what it prints. */
export async function printed(command: (args: readonly string[]) => Promise<number>, ...args: readonly string[]): Promise<Printed> {
  const lines: string[] = [];
  const keep = (...words: readonly unknown[]): void => void lines.push(words.join(' '));
  const spies = [vi.spyOn(console, 'log').mockImplementation(keep), vi.spyOn(console, 'error').mockImplementation(keep)];
  try {
    const status = await command(args);
    const json = lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as Record<string, unknown>);
    return { status, text: lines.join('\n'), json };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}
