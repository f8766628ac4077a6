import type { Flow, FlowFile } from './flow-schema.js';
import { kindOf } from './kinds/kinds.js';
import type { FlowLibrary } from './library.js';
import { lintGraph } from './lint-graph.js';
import { lintPrompts } from './lint-prompts.js';
import { lintValues } from './lint-values.js';
import type { Finding } from './problem.js';

/** Checks that a schema cannot make: references, languages, reachability, and that nobody is left in silence. */
export function lintFlow(flow: Flow, file: FlowFile, library: FlowLibrary): readonly Finding[] {
  const ofKinds = [...flow.nodes].flatMap(([id, node]) =>
    (kindOf(node).check?.(flow, { id, node }, library) ?? []).map(({ path, ...finding }) => ({ ...finding, path: ['nodes', id, ...path] })),
  );
  return [...lintGraph(flow), ...lintPrompts(flow, file, library), ...lintValues(flow), ...ofKinds];
}
