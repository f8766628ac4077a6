import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The queue's verbs. */
export const QUEUE_SCRIPTS = [
  'arrive', 'abandon', 'accept', 'release', 'complete', 'ready', 'not-ready', 'end-wrap-up', 'sign-in', 'logout',
  'reap', 'sweep', 'waiting', 'agent-state', 'forget', 'define',
] as const;
export type QueueScript = (typeof QUEUE_SCRIPTS)[number];

/** The call store's verbs. */
export const STORE_SCRIPTS = ['store-save', 'store-remove', 'store-heartbeat', 'store-adopt'] as const;
export type StoreScript = (typeof STORE_SCRIPTS)[number];

/** A script as Redis runs it: its verb after the shared pieces that its first line names. */
export interface Script {
  readonly source: string;
  readonly sha: string;
}

/** Reads one Lua file, by name without `.lua`. Tests pass one that changes the text. */
export type ReadLua = (name: string) => string;

/** Loads scripts. The first line of a verb, `-- uses: keys fence …`, names the shared pieces in the order in which they are joined. */
export function loadScripts<N extends string>(names: readonly N[], read: ReadLua = readLuaFile): Readonly<Record<N, Script>> {
  const entries = names.map((name) => {
    const verb = read(name);
    const uses = /^-- uses: ([a-z -]+)\n/.exec(verb)?.[1];
    if (uses === undefined) throw new Error(`${name}.lua: the first line must be "-- uses: …"`);
    return [name, asScript(inlined([...uses.split(' ').map(read), verb].join('\n')))] as const;
  });
  return Object.fromEntries(entries) as Record<N, Script>;
}

/**
 * Puts constants (`local NAME = 'text'` or a number, at the start of a line) in place of their names and drops comments. Redis runs the
 * whole text at each call, and every local that functions share makes each of them dearer to create.
 */
function inlined(source: string): string {
  const constants = new Map<string, string>();
  const rest = source.replace(/^local ([A-Z][A-Z_]+) = ('[^']*'|\d+)(?: *--.*)?$/gm, (_, name: string, value: string) => {
    constants.set(name, value);
    return '';
  });
  return rest
    .replace(/^ *--.*$/gm, '')
    .replace(/\b[A-Z][A-Z_]+\b/g, (word) => constants.get(word) ?? word)
    .replace(/\n{2,}/g, '\n');
}

/** A script with the name that Redis gives it. */
export function asScript(source: string): Script {
  return { source, sha: createHash('sha1').update(source).digest('hex') };
}

export function readLuaFile(name: string): string {
  return readFileSync(join(luaFolder(), `${name}.lua`), 'utf8');
}

/** Beside this file, or, for the compiled program, in the source folder of the same package: the compiler does not copy Lua. */
function luaFolder(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  const beside = join(here, 'lua');
  if (existsSync(beside)) return beside;
  const source = join(here.replace(/([\\/])dist[\\/](?=gateway[\\/])/, '$1'), 'lua');
  if (existsSync(source)) return source;
  throw new Error(`Lua scripts not found: neither ${beside} nor ${source}`);
}
