import { readFileSync } from 'node:fs';
import { asScript, loadScripts, QUEUE_SCRIPTS, readLuaFile } from '../../../../gateway/adapters/redis/scripts.js';
import type { QueueScript, ReadLua, Script } from '../../../../gateway/adapters/redis/scripts.js';

const check = readFileSync(new URL('check.lua', import.meta.url), 'utf8');
const UNCHECKED: readonly QueueScript[] = ['waiting', 'agent-state', 'define'];
const WITHOUT_REQUEST: readonly QueueScript[] = ['reap', 'sweep', 'forget'];

/** The queue's scripts, each with the invariants checked in the same step. `can`: pool id → the signature ids that it may serve. */
export function checkedScripts(can: ReadonlyMap<string, readonly string[]>, read: ReadLua = readLuaFile): Readonly<Record<QueueScript, Script>> {
  const table = [...can].map(([pool, signatures]) => `['${pool}'] = { ${signatures.map((id) => `['${id}'] = true`).join(', ')} }`).join(', ');
  const scripts = Object.entries(loadScripts(QUEUE_SCRIPTS, read)) as [QueueScript, Script][];
  return Object.fromEntries(
    scripts.map(([name, script]) => {
      if (UNCHECKED.includes(name)) return [name, script];
      const facts = `local CAN, VERB, HAS_REQUEST = { ${table} }, '${name}', ${WITHOUT_REQUEST.includes(name) ? 'false' : 'true'}`;
      return [name, asScript(`local function verb()\n${script.source}\nend\n${facts}\n${check}`)];
    }),
  ) as Record<QueueScript, Script>;
}

export interface Mutation {
  readonly name: string;
  /** Lua file, text to find (it must be there), text to put in its place. */
  readonly edits: readonly (readonly [file: string, from: string, to: string])[];
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
