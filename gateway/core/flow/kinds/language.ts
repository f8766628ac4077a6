import type { NodeOf } from '../node-schema.js';
import { notePath } from '../turn.js';
import { way, type Passing } from './kind.js';

/** Changes the language from here on. */
export const language: Passing<NodeOf<'language'>> = {
  role: 'passes',
  ways: (node) => [way(node.next, 'it', 'next')],
  uses: () => [],
  pass: (turn, { id, node }) => {
    turn.state.language = node.to;
    notePath(turn, { node: id, did: `language ${node.to}` });
    return node.next;
  },
};
