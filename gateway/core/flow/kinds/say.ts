import type { NodeOf } from '../node-schema.js';
import { prompts, way, type Speaking } from './kind.js';

/** Speaks and goes on. */
export const say: Speaking<NodeOf<'say'>> = {
  role: 'speaks',
  isEnd: false,
  ways: (node) => [way(node.next, 'it', 'next')],
  uses: (node) => prompts(node.prompt, 'prompt'),
  prompts: (node) => node.prompt,
  afterWords: (_turn, { node }) => node.next,
};
