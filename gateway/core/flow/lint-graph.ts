import { oneOf } from '../meant.js';
import type { Flow } from './flow-schema.js';
import type { Way } from './kinds/kind.js';
import { kindOf } from './kinds/kinds.js';
import type { FlowNode } from './node-schema.js';
import type { Finding, Path } from './problem.js';

/** Every way out of a node. */
export const waysOf = (node: FlowNode): readonly Way[] => kindOf(node).ways(node);

const isEnd = (node: FlowNode): boolean => {
  const kind = kindOf(node);
  return kind.role === 'speaks' ? kind.isEnd : kind.role === 'passes' && kind.isEnd?.(node) === true;
};
/** Whether a node waits for nobody: it goes on by itself. */
const isInstant = (node: FlowNode): boolean => {
  const kind = kindOf(node);
  return kind.role === 'passes' ? kind.isDeep !== true : kind.role === 'speaks' && !kind.isEnd;
};

/** Unknown targets; nodes that nothing leads to; nodes that lead nowhere; loops that wait for nothing; an error way that asks. */
export function lintGraph(flow: Flow): readonly Finding[] {
  const unknown = unknownTargets(flow);
  if (unknown.length > 0) return unknown;
  return [...unreachable(flow), ...withoutExit(flow), ...restless(flow), ...errorWay(flow)];
}

function unknownTargets(flow: Flow): readonly Finding[] {
  const missing = (path: Path, name: string, to: string): Finding[] => (flow.nodes.has(to) ? [] : [{ path, what: `${name} leads to "${to}", which does not exist`, fix: oneOf(to, flow.nodes.keys()) }]);
  return [
    ...missing(['start'], 'start', flow.start),
    ...missing(['error'], 'error', flow.error),
    ...[...flow.anywhere].flatMap(([key, to]) => missing(['anywhere', key], `digit ${key}`, to)),
    ...[...flow.nodes].flatMap(([id, node]) => waysOf(node).flatMap(({ to, path, name }) => missing(['nodes', id, ...path], name, to))),
  ];
}

function reach(flow: Flow, from: readonly string[], through: (node: FlowNode) => boolean = () => true): ReadonlySet<string> {
  const seen = new Set<string>();
  const open = [...from];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const node = flow.nodes.get(id);
    if (node === undefined || seen.has(id)) continue;
    seen.add(id);
    if (through(node)) open.push(...waysOf(node).map(({ to }) => to));
  }
  return seen;
}

function unreachable(flow: Flow): readonly Finding[] {
  const seen = reach(flow, [flow.first, flow.start, flow.error, ...flow.anywhere.values()]);
  return [...flow.nodes.keys()].filter((id) => !seen.has(id)).map((id) => ({ path: ['nodes', id], what: 'nothing leads to this node', fix: 'lead to it or remove it' }));
}

function withoutExit(flow: Flow): readonly Finding[] {
  // Backwards from the nodes that end the flow: what is not met has no way out of its own (a key that leads out anywhere does not count, as it may never be pressed).
  const before = new Map<string, string[]>();
  for (const [id, node] of flow.nodes) for (const { to } of waysOf(node)) before.set(to, [...(before.get(to) ?? []), id]);
  const ends = new Set<string>();
  const open = [...flow.nodes].filter(([, node]) => isEnd(node)).map(([id]) => id);
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (ends.has(id)) continue;
    ends.add(id);
    open.push(...(before.get(id) ?? []));
  }
  return [...flow.nodes.keys()].filter((id) => !ends.has(id)).map((id) => ({ path: ['nodes', id], what: 'from here no way ends the call (queue, transfer, hangup or return)', fix: 'add a way that ends' }));
}

function restless(flow: Flow): readonly Finding[] {
  return [...flow.nodes]
    .filter(([, node]) => isInstant(node))
    .filter(([id, node]) => reach(flow, waysOf(node).map(({ to }) => to), isInstant).has(id) && isOnCycle(flow, id))
    .map(([id]) => ({ path: ['nodes', id], what: 'the flow can go in circles here without asking anything', fix: 'put a node into the circle that asks or ends' }));
}

/** Whether a node comes back to itself through nodes that wait for nobody. */
function isOnCycle(flow: Flow, id: string): boolean {
  const node = flow.nodes.get(id);
  if (node === undefined) return false;
  const seen = reach(flow, waysOf(node).map(({ to }) => to).filter((to) => isInstantId(flow, to)), isInstant);
  return seen.has(id);
}

const isInstantId = (flow: Flow, id: string): boolean => {
  const node = flow.nodes.get(id);
  return node !== undefined && isInstant(node);
};

function errorWay(flow: Flow): readonly Finding[] {
  const met = [...reach(flow, [flow.error], isInstant)].flatMap((id) => {
    const node = flow.nodes.get(id);
    return node === undefined || isInstant(node) || isEnd(node) ? [] : [id];
  });
  return met.map((id) => ({ path: ['error'], what: `the way from "${flow.error}" meets "${id}", which can break again`, fix: 'let it lead to a queue, transfer or hangup through nothing but say, set, branch and language' }));
}
