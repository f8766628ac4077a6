import type { Flow } from '../../../gateway/core/flow/flow-schema.js';
import type { FlowLibrary } from '../../../gateway/core/flow/library.js';
import { loadFlow } from '../../../gateway/core/flow/load.js';
import { formatProblem } from '../../../gateway/core/flow/problem.js';

/** Words of a small flow. */
export interface Words {
  /** Texts of prompts; the others say their own id. */
  readonly texts?: Readonly<Record<string, string>>;
  readonly languages?: readonly string[];
}

/** A whole flow around the nodes of a test. `person` queues, `solved` hangs up; every prompt says its own id. */
export function flowText(nodes: string, extra = '', { texts = {}, languages = ['en'] }: Words = {}): string {
  const said = [...new Set([...(nodes.match(/\bp-[a-z0-9-]+\b/g) ?? []), ...Object.keys(texts)])];
  const text = (id: string): string => languages.map((language) => `${language}: ${texts[id] === undefined ? `${id} words` : JSON.stringify(texts[id])}`).join(', ');
  return `
purpose: test
owner: tests
reviewBy: 2030-01-01
expect: passes
languages: [${languages.join(', ')}]
start: start
error: person
${extra.includes('anywhere:') ? '' : 'anywhere: { 0: person }'}
${extra.includes('filler:') ? '' : 'filler: wait-a-moment'}
${extra}
prompts:
  wait-a-moment: { ${languages.map((language) => `${language}: One moment`).join(', ')} }
${said.map((id) => `  ${id}: { ${text(id)}${id.startsWith('p-legal') ? ', bargeIn: false' : ''} }`).join('\n')}
nodes:
${nodes.replace(/^/gm, '  ')}
  person: { do: queue, queue: people }
${/: solved\b/.test(nodes) ? '  solved: { do: hangup, outcome: solved }' : ''}
`;
}

export const RETRY = 'noInput: { retries: 1, next: person }, noMatch: { retries: 1, next: person }';

/** Loads it, or fails with every problem. */
export function smallFlow(nodes: string, extra = '', library: FlowLibrary = {}, texts: Words['texts'] = {}, languages: Words['languages'] = ['en'], id = 'small'): Flow {
  const loaded = loadFlow(flowText(nodes, extra, { texts, languages }), `test/${id}.yaml`, library);
  if (!loaded.ok) throw new Error(loaded.problems.map(formatProblem).join('\n'));
  return loaded.value;
}

/** What is wrong with it. */
export function problemsOf(nodes: string, extra = '', library: FlowLibrary = {}, texts: Words['texts'] = {}): readonly string[] {
  const loaded = loadFlow(flowText(nodes, extra, { texts }), 'test/small.yaml', library);
  return loaded.ok ? [] : loaded.problems.map((problem) => problem.what);
}
