import type { NodeOf } from '../node-schema.js';
import type { Language } from '../flow-types.js';
import { notePath, type Turn } from '../turn.js';
import { resolve } from '../variables.js';
import { way, type Passing } from './kind.js';

/** Changes the language from here on: to a fixed one, to a stored preference, or by the calling number. */
export const language: Passing<NodeOf<'language'>> = {
  role: 'passes',
  ways: (node) => [way(node.next, 'it', 'next')],
  uses: (node) => (node.from === undefined ? [] : [{ what: 'value', written: node.from, path: ['from'] }]),
  check: (flow, { node }) => [
    ...([node.to, node.from, node.byNumber].filter((one) => one !== undefined).length === 1 ? [] : [{ path: [], what: 'the node must say one of to, from and byNumber', fix: 'keep one of them' }]),
    ...[...(node.to === undefined ? [] : [{ language: node.to, path: ['to'] }]), ...Object.entries(node.byNumber ?? {}).map(([prefix, one]) => ({ language: one, path: ['byNumber', prefix] }))]
      .filter((one) => !flow.languages.includes(one.language))
      .map((one) => ({ path: one.path, what: `the flow does not speak "${one.language}"`, fix: `add it to languages, or use one of ${flow.languages.join(', ')}` })),
  ],
  pass: (turn, { id, node }) => {
    const wanted = node.to ?? (node.from === undefined ? byNumber(turn, node.byNumber ?? {}) : resolve(turn.state, node.from));
    const spoken = turn.flow.languages.find((one) => one === wanted);
    if (spoken !== undefined) turn.state.language = spoken;
    notePath(turn, { node: id, did: `language ${turn.state.language}` });
    return node.next;
  },
};

function byNumber(turn: Turn, prefixes: Readonly<Record<string, Language>>): Language | undefined {
  const { ani } = turn.state;
  const [longest] = Object.keys(prefixes)
    .filter((prefix) => ani?.startsWith(prefix))
    .sort((a, b) => b.length - a.length);
  return longest === undefined ? undefined : prefixes[longest];
}
