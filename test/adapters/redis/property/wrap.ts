import { readFileSync } from 'node:fs';
import { loadLibrary, QUEUE_SCRIPTS, readLuaFile } from '../../../../gateway/adapters/redis/scripts.js';
import type { CrowdOptions } from './crowd.js';
import type { Service } from './universe.js';
import type { Library, QueueScript, ReadLua } from '../../../../gateway/adapters/redis/scripts.js';

const check = readFileSync(new URL('check.lua', import.meta.url), 'utf8');
const UNCHECKED: readonly QueueScript[] = ['waiting', 'agent-state', 'channel-state', 'call-state', 'snapshot', 'roster', 'order', 'send', 'whereabouts', 'assert', 'define'];
const WITHOUT_REQUEST: readonly QueueScript[] = ['reap', 'sweep', 'forget'];

/** The queue's verbs, each with the invariants checked in the same step. */
export function checkedLibrary(can: Service, read: ReadLua = readLuaFile): Library<QueueScript> {
  const table = [...can].map(([pool, signatures]) => `['${pool}'] = { ${[...signatures.keys()].map((id) => `['${id}'] = true`).join(', ')} }`).join(', ');
  const checked = (name: string) => {
    // Every verb starts with this piece, and a library makes its pieces once.
    if (name === 'start') return `${read(name)}\nlocal checked\nlocal function makeChecked()\nlocal CAN = { ${table} }\n${check}\nend`;
    const verb = QUEUE_SCRIPTS.find((one) => one === name);
    if (verb === undefined || UNCHECKED.includes(verb)) return read(name);
    const [uses = '', ...body] = read(name).split('\n');
    return [uses, `checked = checked or makeChecked() return checked('${verb}', ${WITHOUT_REQUEST.includes(verb) ? 'false' : 'true'}, ARGV, function()`, ...body, 'end)'].join('\n');
  };
  return loadLibrary(QUEUE_SCRIPTS, checked);
}

export interface Mutation {
  readonly name: string;
  /** Lua file, text to find (it must be there), text to put in its place. */
  readonly edits: readonly (readonly [file: string, from: string, to: string])[];
  /** What a crowd does that comes upon the fault soon; left out: any does. */
  readonly often?: CrowdOptions['often'];
}

/** Reads the Lua files with the mutation's edits. */
export function mutated(mutation: Mutation): ReadLua {
  return (name) => {
    let text = readLuaFile(name);
    for (const [file, from, to] of mutation.edits) {
      if (file !== name) continue;
      if (!text.includes(from)) throw new Error(`mutation "${mutation.name}": ${file}.lua does not contain ${from}`);
      text = text.replaceAll(from, to);
    }
    return text;
  };
}
