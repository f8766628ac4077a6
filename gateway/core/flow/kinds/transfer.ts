import { mayDial } from '../dialling.js';
import type { NodeOf } from '../node-schema.js';
import { fail, leave, plainText } from '../turn.js';
import { prompts, type Speaking } from './kind.js';

/** Puts the caller through to a number or SIP address outside. */
export const transfer: Speaking<NodeOf<'transfer'>> = {
  role: 'speaks',
  isEnd: true,
  ways: () => [],
  uses: (node) => [
    ...prompts(node.prompt, 'prompt'),
    { what: 'template', text: node.to, of: 'the target', path: ['to'] },
    ...Object.entries(node.headers).map(([name, text]) => ({ what: 'template', text, of: `the header ${name}`, path: ['headers', name] }) as const),
  ],
  prompts: (node) => node.prompt ?? [],
  did: () => 'transfer',
  afterWords: (turn, { id, node }) => {
    const target = plainText(turn, node.to);
    if (target === null) return fail(turn, 'transfer target lacks a value', id);
    // The author may have written it out; what came from elsewhere is held against the rules.
    if (target !== node.to && !mayDial(turn.flow.dialling, target)) return fail(turn, 'transfer target may not be dialled', id);
    // A header that lacks a value is left out: the caller is put through all the same.
    const headers = Object.fromEntries(Object.entries(node.headers).flatMap(([name, text]) => {
      const value = plainText(turn, text);
      return value === null ? [] : [[name, value] as const];
    }));
    return leave(turn, { kind: 'transfer', target, headers });
  },
};
