import type { Flow, FlowNode } from './flow-schema.js';
import type { Finding } from './problem.js';

/** One way from a node to another, with its place in the file and its name for people. */
interface Way {
  readonly to: string;
  readonly path: readonly (string | number)[];
  readonly name: string;
}

const LEAVES: readonly string[] = ['queue', 'transfer', 'hangup'];
const ASKS_NOBODY: readonly string[] = ['set', 'branch', 'language', 'say'];

/** Every way out of a node. */
export function waysOf(node: FlowNode): readonly Way[] {
  const retries = node.do === 'menu' || node.do === 'collect' || node.do === 'confirm' ? [way(node.noInput.next, 'after noInput it', 'noInput', 'next'), way(node.noMatch.next, 'after noMatch it', 'noMatch', 'next')] : [];
  switch (node.do) {
    case 'menu':
      return [...Object.entries(node.keys).map(([key, to]) => way(to, `digit ${key}`, 'keys', key)), ...retries];
    case 'confirm':
      return [way(node.yes, 'yes', 'yes'), way(node.no, 'no', 'no'), ...retries];
    case 'collect':
      return [way(node.next, 'it', 'next'), ...retries];
    case 'connector':
      return Object.entries(node.exits).map(([exit, to]) => way(to, `exit ${exit}`, 'exits', exit));
    case 'branch':
      return [...node.when.map((when, index) => way(when.next, `condition ${index + 1}`, 'when', index, 'next')), way(node.else, 'else', 'else')];
    case 'say':
    case 'set':
    case 'language':
      return [way(node.next, 'it', 'next')];
    default:
      return [];
  }
}

const way = (to: string, name: string, ...path: (string | number)[]): Way => ({ to, path, name });

/** Unknown targets; nodes that nothing leads to; nodes that lead nowhere; loops that wait for nothing; an error way that asks. */
export function lintGraph(flow: Flow): readonly Finding[] {
  const unknown = unknownTargets(flow);
  if (unknown.length > 0) return unknown;
  return [...unreachable(flow), ...withoutExit(flow), ...restless(flow), ...errorWay(flow)];
}

function unknownTargets(flow: Flow): readonly Finding[] {
  const fix = `use one of ${[...flow.nodes.keys()].slice(0, 40).join(', ')}`;
  const missing = (path: readonly (string | number)[], name: string, to: string): Finding[] => (flow.nodes.has(to) ? [] : [{ path, what: `${name} leads to "${to}", which does not exist`, fix }]);
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
  const seen = reach(flow, [flow.start, flow.error, ...flow.anywhere.values()]);
  return [...flow.nodes.keys()].filter((id) => !seen.has(id)).map((id) => ({ path: ['nodes', id], what: 'nothing leads to this node', fix: 'lead to it or remove it' }));
}

function withoutExit(flow: Flow): readonly Finding[] {
  // Backwards from the nodes that end the flow: what is not met has no way out of its own (a key that leads out anywhere does not count, as it may never be pressed).
  const before = new Map<string, string[]>();
  for (const [id, node] of flow.nodes) for (const { to } of waysOf(node)) before.set(to, [...(before.get(to) ?? []), id]);
  const ends = new Set<string>();
  const open = [...flow.nodes].filter(([, node]) => LEAVES.includes(node.do)).map(([id]) => id);
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (ends.has(id)) continue;
    ends.add(id);
    open.push(...(before.get(id) ?? []));
  }
  return [...flow.nodes.keys()].filter((id) => !ends.has(id)).map((id) => ({ path: ['nodes', id], what: 'from here no way ends the call (queue, transfer or hangup)', fix: 'add a way that ends' }));
}

function restless(flow: Flow): readonly Finding[] {
  const isInstant = (node: FlowNode): boolean => ASKS_NOBODY.includes(node.do);
  return [...flow.nodes]
    .filter(([, node]) => isInstant(node))
    .filter(([id, node]) => reach(flow, waysOf(node).map(({ to }) => to), isInstant).has(id) && isOnCycle(flow, id, isInstant))
    .map(([id]) => ({ path: ['nodes', id], what: 'the flow can go in circles here without asking anything', fix: 'put a node into the circle that asks or ends' }));
}

/** Whether a node comes back to itself through nodes that wait for nobody. */
function isOnCycle(flow: Flow, id: string, isInstant: (node: FlowNode) => boolean): boolean {
  const node = flow.nodes.get(id);
  if (node === undefined) return false;
  const seen = reach(flow, waysOf(node).map(({ to }) => to).filter((to) => isInstantId(flow, to, isInstant)), isInstant);
  return seen.has(id);
}

const isInstantId = (flow: Flow, id: string, isInstant: (node: FlowNode) => boolean): boolean => {
  const node = flow.nodes.get(id);
  return node !== undefined && isInstant(node);
};

function errorWay(flow: Flow): readonly Finding[] {
  const isInstant = (node: FlowNode): boolean => ASKS_NOBODY.includes(node.do);
  const met = [...reach(flow, [flow.error], isInstant)].flatMap((id) => {
    const node = flow.nodes.get(id);
    return node === undefined || isInstant(node) || LEAVES.includes(node.do) ? [] : [id];
  });
  return met.map((id) => ({ path: ['error'], what: `the way from "${flow.error}" meets "${id}", which can break again`, fix: 'let it lead to a queue, transfer or hangup through nothing but say, set, branch and language' }));
}
