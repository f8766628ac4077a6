import type { Flow } from '../../flow/flow-schema.js';
import { speechMs } from '../speech-length.js';
import type { Way } from '../../flow/kinds/kind.js';
import { kindOf } from '../../flow/kinds/kinds.js';
import { waysOf } from '../../flow/lint-graph.js';
import type { FlowNode } from '../../flow/node-schema.js';
import type { Distances } from './distances.js';
import { flowsOf, type Warning } from './finding.js';
import { wordsAt } from './moves.js';
import { wayName, type Graph } from './graph.js';
import { staleHours } from './stale-hours.js';

type Told = Omit<Warning, 'isOfAbsence'>;

const MOST_STEPS = 3;
const MOST_CHOICES = 5;
const LONGEST_PROMPT_MS = 20_000;

/** What is allowed, but hard on callers or forgotten. `today` as `2026-11-28`; `closing`: queues with a rule for callers who come while closed. */
export function warningsOf(graph: Graph, root: Flow, { today, distances, closing }: { readonly today: string; readonly distances: Distances; readonly closing: ReadonlySet<string> }): readonly Warning[] {
  const flows = flowsOf(root);
  const always = [
    ...far(distances, root.id),
    ...flows.flatMap((flow) => wideMenus(flow)),
    ...longPrompts(graph, root.id),
    ...elsewhere(root, distances),
    ...staleHours(graph, root, closing),
    ...flows.filter(({ reviewBy }) => reviewBy < today).map((flow) => ({ flow: flow.id, node: null, what: `was to be looked at again by ${flow.reviewBy}`, fix: 'look whether it still does what `expect:` says, then set a new `reviewBy:`' })),
  ];
  return [...always.map((one) => ({ ...one, isOfAbsence: false })), ...flows.flatMap((flow) => untaken(flow, graph)).map((one) => ({ ...one, isOfAbsence: true }))];
}

const far = ({ answers }: Distances, root: string): readonly Told[] =>
  answers
    .filter(({ steps }) => steps > MOST_STEPS)
    .map(({ steps, node }) => ({ flow: node.split('.')[0] ?? root, node: node.split('.')[1] ?? null, what: `the answer here takes at least ${steps} steps`, fix: `ask less before it: ${MOST_STEPS} steps are what callers bear` }));

const wideMenus = (flow: Flow): readonly Told[] =>
  [...flow.nodes].flatMap(([id, node]) => {
    const choices = node.do === 'menu' ? Object.keys(node.keys).length : 0;
    return choices > MOST_CHOICES ? [{ flow: flow.id, node: id, what: `the menu has ${choices} choices`, fix: `offer at most ${MOST_CHOICES}: the most wanted first, the rest behind one of them` }] : [];
  });

function longPrompts({ spots }: Graph, root: string): readonly Told[] {
  const longest = new Map<string, { readonly flow: string; readonly node: string; readonly prompt: string; readonly ms: number }>();
  for (const { state } of spots.flatMap(({ spoken }) => [...spoken.values()])) {
    const { activity, inFlow } = state;
    for (const words of activity.phase === 'left' ? [] : wordsAt(state)) {
      const found = { flow: inFlow ?? root, node: activity.phase === 'left' ? '' : activity.node, prompt: words.promptId, ms: speechMs([words]) };
      if (found.ms > Math.max(LONGEST_PROMPT_MS, longest.get(words.promptId)?.ms ?? 0)) longest.set(words.promptId, found);
    }
  }
  return [...longest.values()].map(({ flow, node, prompt, ms }) => ({ flow, node, what: `the prompt "${prompt}" takes about ${Math.round(ms / 1_000)} s to say`, fix: `keep prompts below ${LONGEST_PROMPT_MS / 1_000} s` }));
}

function elsewhere(root: Flow, { answers, person }: Distances): readonly Told[] {
  if (answers.length > 0 || person !== null || [...root.nodes.values()].some((node) => node.do === 'return')) return [];
  return [{ flow: root.id, node: null, what: 'this flow only refers elsewhere: nobody is served in it and nobody is put through', fix: 'mark the node that answers as `solved: true`, do here what callers are told to do elsewhere, or lead to a person' }];
}

/** Nodes and ways that no caller can come by. */
function untaken(flow: Flow, graph: Graph): readonly Told[] {
  return [...flow.nodes].flatMap(([id, node]): readonly Told[] => {
    if (!graph.nodes.has(`${flow.id}.${id}`)) return [{ flow: flow.id, node: id, what: 'no caller comes here', fix: 'remove the node, or correct what leads to it' }];
    return waysOf(node)
      .filter((way) => way.to !== id && !isTaken(flow, { id, node, way }, graph))
      .map((way) => ({ flow: flow.id, node: id, what: `${way.name} never leads to "${way.to}"`, fix: 'remove the way, or correct the condition before it' }));
  });
}

function isTaken(flow: Flow, { id, node, way }: { readonly id: string; readonly node: FlowNode; readonly way: Way }, { ways }: Graph): boolean {
  return namesOf(flow, node, way).some((by) => ways.has(wayName(flow.id, { from: id, to: way.to, by })));
}

/** The moves that a way is taken by. Ways of a node to the same place are told apart by their move only. */
function namesOf(flow: Flow, node: FlowNode, { path: [head, second] }: Way): readonly string[] {
  if (head === 'noInput' || head === 'noMatch') return [head];
  if (head === 'keys') return [`key ${String(second)}`];
  if (head === 'exits' && node.do !== 'subflow') return [`exit ${String(second)}`];
  if (node.do === 'callback') return [`key ${head === 'confirmed' ? node.keys.confirm : node.keys.refuse}`];
  if (node.do === 'record' && head !== 'next') return [String(head)];
  const kind = kindOf(node);
  if (kind.role !== 'asks' && kind.role !== 'records') return [''];
  return ['entry', 'recorded', 'noInput', 'noMatch', ...[...'1234567890*#'].filter((key) => !flow.anywhere.has(key)).map((key) => `key ${key}`)];
}
