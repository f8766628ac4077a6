import type { Flow } from '../../../gateway/core/flow/flow-schema.js';
import type { FlowLibrary } from '../../../gateway/core/flow/library.js';
import { loadFlow } from '../../../gateway/core/flow/load.js';
import { formatProblem } from '../../../gateway/core/flow/problem.js';

/** A whole flow around the nodes of a test. `person` queues, `solved` hangs up; every prompt says its own id. */
export function flowText(nodes: string, extra = '', prompts: readonly string[] = []): string {
  const said = [...new Set(nodes.match(/\bp-[a-z0-9-]+\b/g) ?? []), ...prompts];
  return `
purpose: test
owner: tests
reviewBy: 2030-01-01
expect: passes
languages: [en]
start: start
error: person
${extra.includes('anywhere:') ? '' : 'anywhere: { 0: person }'}
${extra.includes('filler:') ? '' : 'filler: wait-a-moment'}
${extra}
prompts:
  wait-a-moment: { en: One moment }
${said.map((id) => `  ${id}: { en: ${id} words${id.startsWith('p-legal') ? ', bargeIn: false' : ''} }`).join('\n')}
nodes:
${nodes.replace(/^/gm, '  ')}
  person: { do: queue, queue: people }
${/: solved\b/.test(nodes) ? '  solved: { do: hangup, outcome: solved }' : ''}
`;
}

export const RETRY = 'noInput: { retries: 1, next: person }, noMatch: { retries: 1, next: person }';

/** Loads it, or fails with every problem. */
export function smallFlow(nodes: string, extra = '', library: FlowLibrary = {}): Flow {
  const loaded = loadFlow(flowText(nodes, extra), 'test/small.yaml', library);
  if (!loaded.ok) throw new Error(loaded.problems.map(formatProblem).join('\n'));
  return loaded.value;
}
