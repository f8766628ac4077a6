import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { projectFile } from '../../gateway/project.js';

export type JsonLine = Readonly<Record<string, unknown>>;

/** A `vaxel` command as a process of its own, with what it printed. */
export interface RunningCommand {
  readonly pid: number;
  readonly lines: readonly JsonLine[];
  /** Everything it printed, also what is no JSON. */
  text(): string;
  /** Resolves with the first line of that event, also one that came already. Rejects when the command ends without, or is silent about it for longer than a start may take. */
  line(event: string): Promise<JsonLine>;
  /** The exit status; a signal's name when it was killed. */
  readonly exited: Promise<number | NodeJS.Signals | null>;
  signal(signal: NodeJS.Signals): void;
}

/** Whoever waits longer for a line is told what was printed instead. */
const PATIENCE_MS = 75_000;

/** Starts `node bin/vaxel.js …`. */
export function vaxel(...args: readonly string[]): RunningCommand {
  return vaxelIn({}, ...args);
}

/** The same with these environment variables changed. */
export function vaxelIn(env: Readonly<Record<string, string>>, ...args: readonly string[]): RunningCommand {
  const child = spawn(process.execPath, [projectFile('bin', 'vaxel.js'), ...args], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
  const lines: JsonLine[] = [];
  const told = new EventEmitter().setMaxListeners(0);
  let text = '';
  let isOver = false;
  const keep = (line: string): void => {
    text += `${line}\n`;
    if (line.startsWith('{')) lines.push(JSON.parse(line) as JsonLine);
    told.emit('more');
  };
  createInterface({ input: child.stdout }).on('line', keep);
  createInterface({ input: child.stderr }).on('line', keep);
  const exited = once(child, 'close').then(([code, signal]) => {
    isOver = true;
    told.emit('more');
    return (code ?? signal) as number | NodeJS.Signals | null;
  });
  const line = async (event: string): Promise<JsonLine> => {
    const patience = AbortSignal.timeout(PATIENCE_MS);
    for (;;) {
      const found = lines.find((one) => one['event'] === event);
      if (found !== undefined) return found;
      if (isOver || patience.aborted) throw new Error(`vaxel ${args.join(' ')} ${isOver ? 'ended' : 'goes on'} without "${event}":\n${text}`);
      await once(told, 'more', { signal: patience }).catch(() => undefined);
    }
  };
  return { pid: child.pid ?? 0, lines, text: () => text, line, exited, signal: (signal) => child.kill(signal) };
}

/** All processes below this one, by /proc. */
export function descendants(pid: number): readonly number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    const parent = /^\d+$/.test(name) ? parentOf(Number(name)) : null;
    if (parent !== null) parents.set(Number(name), parent);
  }
  const below = (of: number): number[] => [...parents].filter(([, parent]) => parent === of).flatMap(([child]) => [child, ...below(child)]);
  return below(pid);
}

/** Whether the process still runs; one that waits to be collected by its parent does not. */
export function isRunning(pid: number): boolean {
  return parentOf(pid) !== null;
}

function parentOf(pid: number): number | null {
  try {
    const [, state, parent] = /^\d+ \(.*\) (\S) (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, 'latin1')) ?? [];
    return state === 'Z' || parent === undefined ? null : Number(parent);
  } catch {
    // It ended between the listing and the look.
    return null;
  }
}
