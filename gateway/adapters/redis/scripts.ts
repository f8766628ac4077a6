import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { projectFile } from '../../project.js';

/** The queue's verbs. */
export const QUEUE_SCRIPTS = [
  'arrive', 'abandon', 'accept', 'release', 'complete', 'ready', 'not-ready', 'end-wrap-up', 'extend-wrap-up', 'sign-in', 'logout',
  'reap', 'sweep', 'waiting', 'agent-state', 'channel-state', 'call-state', 'snapshot', 'roster', 'drop', 'assert', 'order', 'send', 'whereabouts', 'forget', 'define', 'log',
] as const;
export type QueueScript = (typeof QUEUE_SCRIPTS)[number];

/** The call store's verbs. */
export const STORE_SCRIPTS = ['store-save', 'store-remove', 'store-heartbeat', 'store-adopt'] as const;
export type StoreScript = (typeof STORE_SCRIPTS)[number];

/** Verbs as Redis runs them: functions of one library (Redis 7.0), whose shared pieces are made once, when it is loaded. */
export interface Library<N extends string> {
  readonly source: string;
  /** The function of each verb. It carries a digest of the source, so that two releases work side by side. */
  readonly functions: Readonly<Record<N, string>>;
}

/** Reads one Lua file, by name without `.lua`. Tests pass one that changes the text. */
export type ReadLua = (name: string) => string;

/** Joins verbs into a library. The first line of a verb, `-- uses: start keys …`, names the shared pieces in the order they need. */
export function loadLibrary<N extends string>(verbs: readonly N[], read: ReadLua = readLuaFile): Library<N> {
  const texts = verbs.map(read);
  const pieces = inOrder(texts.map((text, at) => {
    const uses = /^-- uses: ([a-z -]+)\n/.exec(text)?.[1];
    if (uses === undefined) throw new Error(`${verbs[at] ?? ''}.lua: the first line must be "-- uses: …"`);
    return uses.split(' ');
  }));
  const shared = pieces.map(read).join('\n');
  const bodies = verbs.map((verb, at) => `verbs['${verb}'] = function(ARGV)\n${texts[at] ?? ''}\nend`).join('\n');
  const joined = inlined(`${shared}\nlocal verbs = {}\n${bodies}`);
  const name = `vaxel_${createHash('sha1').update(joined).digest('hex').slice(0, 16)}`;
  const functions = Object.fromEntries(verbs.map((verb) => [verb, `${name}_${verb.replaceAll('-', '_')}`])) as Record<N, string>;
  const registered = verbs.map((verb) => `redis.register_function('${functions[verb]}', function(keys, args) start(keys[1], args[1]) return verbs['${verb}'](args) end)`);
  return { source: [`#!lua name=${name}`, joined, ...registered].join('\n'), functions };
}

/** All pieces, each once, in an order that agrees with every list. */
function inOrder(lists: readonly (readonly string[])[]): string[] {
  const order: string[] = [];
  for (let left = lists; ; ) {
    left = left.map((list) => list.filter((piece) => !order.includes(piece))).filter((list) => list.length > 0);
    const next = left.map(([first]) => first).find((first) => first !== undefined && left.every((list) => list.indexOf(first) <= 0));
    if (next === undefined && left.length > 0) throw new Error(`shared pieces in contradicting orders: ${left.map(String).join(' / ')}`);
    if (next === undefined) return order;
    order.push(next);
  }
}

/**
 * Puts constants (`local NAME = 'text'` or a number, at the start of a line) in place of their names and drops comments: a constant is
 * cheaper than a variable that functions share, and a Lua function may share 60 of those.
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

export function readLuaFile(name: string): string {
  return readFileSync(projectFile('gateway', 'adapters', 'redis', 'lua', `${name}.lua`), 'utf8');
}
