import type { Flow } from '../flow/flow-schema.js';
import { visitsOf, type FlowState } from '../flow/flow-state.js';
import { waysOf } from '../flow/lint-graph.js';
import type { FlowNode } from '../flow/node-schema.js';

/** A way that callers can take: out of a node, out of every node by an `anywhere` key, or out of a step that broke. */
export interface FlowWay {
  readonly id: string;
  /** Null: from everywhere. */
  readonly node: string | null;
  readonly name: string;
  readonly to: string;
}

export interface ProbedFlow {
  readonly flow: Flow;
  readonly ways: readonly FlowWay[];
  /** How often each way was taken, by its id. */
  taken(state: FlowState): ReadonlyMap<string, number>;
}

const ERROR = 'error';

/**
 * The flow with a probe on every way: a node that does nothing but count its visits stands between a node and where it leads. So two
 * ways to the same node are told apart, by the live interpreter and without its help. Apart from the visits the flow behaves the same.
 */
export function probeFlow(flow: Flow): ProbedFlow {
  const nodes = new Map<string, FlowNode>();
  const ways: FlowWay[] = [];
  for (const [id, node] of flow.nodes) {
    // The node that tells of incidents first is not the author's.
    if (id === flow.first && id !== flow.start) {
      nodes.set(id, node);
      continue;
    }
    let probed: unknown = node;
    for (const { to, path } of waysOf(node)) {
      const probe = `${id}→${path.join('.')}`; // no node's id can have an arrow
      ways.push({ id: probe, node: id, name: nameOf(path), to });
      nodes.set(probe, { do: 'set', values: {}, next: to });
      probed = withValue(probed, path, probe);
    }
    nodes.set(id, probed as FlowNode);
  }
  const outer = waysFromEverywhere(flow);
  const probed: Flow = { ...flow, nodes };
  return { flow: probed, ways: [...ways, ...outer], taken: (state) => new Map([...countProbes(ways, state), ...countOuter(flow, state, { ways, outer })]) };
}

/** Keys that lead to the same node cannot be told apart from outside, so they are one way; see `countOuter`. */
function waysFromEverywhere(flow: Flow): readonly FlowWay[] {
  const keysTo = new Map<string, string[]>();
  for (const [key, to] of flow.anywhere) keysTo.set(to, [...(keysTo.get(to) ?? []), key]);
  const keys = [...keysTo].map(([to, pressed]) => ({ id: `→${to}`, node: null, name: `key ${pressed.join(' or ')}`, to }));
  return [...keys, { id: ERROR, node: null, name: 'a step that breaks', to: flow.error }];
}

const countProbes = (ways: readonly FlowWay[], state: FlowState): readonly (readonly [string, number])[] => ways.map(({ id }) => [id, visitsOf(state, id)]);

/** What arrived at a node over no probe came from the start, from a broken step (once in a run), or by a key that leads there from everywhere. */
function countOuter(flow: Flow, state: FlowState, { ways, outer }: { readonly ways: readonly FlowWay[]; readonly outer: readonly FlowWay[] }): readonly (readonly [string, number])[] {
  const broke = state.errorWay === null ? 0 : 1;
  return outer.map(({ id, to }) => {
    if (id === ERROR) return [id, broke];
    const byWays = ways.filter((way) => way.to === to).reduce((sum, way) => sum + visitsOf(state, way.id), 0);
    const otherwise = (flow.start === to ? 1 : 0) + (flow.error === to ? broke : 0);
    return [id, visitsOf(state, to) - byWays - otherwise];
  });
}

/** A way's name for people, by its place in the file: `keys.1` is key 1, `exits.ok` is exit ok. */
function nameOf(path: readonly (string | number)[]): string {
  const [head = '', second = ''] = path;
  switch (head) {
    case 'keys':
      return `key ${second}`;
    case 'exits':
      return `exit ${second}`;
    case 'noInput':
      return 'no key pressed';
    case 'noMatch':
      return 'a wrong key or entry';
    case 'when':
      return `condition ${Number(second) + 1}`;
    default:
      return path.join('.');
  }
}

/** A copy with another value at a path. */
function withValue(from: unknown, path: readonly (string | number)[], value: string): unknown {
  const [head, ...rest] = path;
  if (head === undefined) return value;
  if (Array.isArray(from)) return from.map((one: unknown, index) => (index === head ? withValue(one, rest, value) : one));
  const fields = from as Readonly<Record<string, unknown>>;
  return { ...fields, [head]: withValue(fields[head], rest, value) };
}
