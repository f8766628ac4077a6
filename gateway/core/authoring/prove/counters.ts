import type { Flow } from '../../flow/flow-schema.js';
import type { FlowState } from '../../flow/flow-state.js';
import { rightSides } from '../../flow/kinds/branch.js';
import { kindOf } from '../../flow/kinds/kinds.js';
import { waysOf } from '../../flow/lint-graph.js';
import { visitKey } from '../../flow/variables.js';
import { OF_CALL } from './live.js';
import { nodeOf } from './moves.js';

/** Visits of a node that some branch asks for. */
export interface Counter {
  /** As the state keeps it: `node`, or `part/node`. */
  readonly key: string;
  readonly flow: string;
  /** As `Live` names it. */
  readonly path: string;
  /** From here on more visits make no difference. */
  readonly most: number;
  /** Nodes where the count is remembered; null = everywhere. */
  readonly region: ReadonlySet<string> | null;
}

type Visits = FlowState['visits'];
interface Counted {
  readonly counter: Counter;
  readonly count: number;
}

/**
 * Counts of visits. A flow with many of them has a place for each combination, most of which are alike: what somebody mistyped in one
 * service does not matter in another. So a count is remembered around the circle of nodes that it counts, forgotten outside, and
 * whoever comes back may bring any count with which somebody left. That adds ways that no caller can go and leaves none out: a proof
 * holds, while a fault must be looked for again with every count remembered (`isExact`).
 */
export class Counters {
  /** Whether no count is ever forgotten. */
  readonly isExact: boolean;
  private readonly byKey: ReadonlyMap<string, Counter>;
  /** Those that are remembered at a node, by flow and node. */
  private readonly byNode = new Map<string, Map<string, Set<Counter>>>();

  constructor(
    private readonly root: Flow,
    flows: readonly Flow[],
    isExact: boolean,
  ) {
    const all = flows.flatMap((flow) => countersOf(flow, root, isExact));
    this.byKey = new Map(all.map((counter) => [counter.key, counter]));
    this.isExact = all.every(({ region }) => region === null);
    for (const counter of all) for (const node of counter.region ?? []) this.remember(counter, node);
  }

  private remember(counter: Counter, node: string): void {
    const ofFlow = this.byNode.get(counter.flow) ?? new Map<string, Set<Counter>>();
    this.byNode.set(counter.flow, ofFlow.set(node, (ofFlow.get(node) ?? new Set()).add(counter)));
  }

  /** The counts that are remembered here, as far as they make a difference; `live`: what is read later. */
  kept(state: FlowState, live: ReadonlySet<string>): Visits {
    const kept: Record<string, number> = {};
    for (const { counter, count } of this.counted(state)) if (live.has(counter.path) && this.isNear(counter, state)) kept[counter.key] = count;
    return kept;
  }

  /** The counts that are forgotten here. */
  forgotten(state: FlowState): readonly Counted[] {
    return state.activity.phase === 'left' ? [] : this.counted(state).filter(({ counter }) => !this.isNear(counter, state));
  }

  /** The counts that begin to be remembered by a move. */
  entered(before: FlowState, after: FlowState): readonly Counter[] {
    if (after.activity.phase === 'left' || this.byNode.size === 0) return [];
    const entered: Counter[] = [];
    const come = (flow: string, node: string): void => {
      for (const counter of this.byNode.get(flow)?.get(node) ?? []) if (!this.isNear(counter, before)) entered.push(counter);
    };
    come(after.inFlow ?? this.root.id, after.activity.node);
    for (const { flow, node } of after.frames) come(flow, node);
    return entered;
  }

  private counted({ visits }: FlowState): readonly Counted[] {
    const counted: Counted[] = [];
    for (const key in visits) {
      const counter = this.byKey.get(key);
      if (counter !== undefined) counted.push({ counter, count: Math.min(visits[key] ?? 0, counter.most) });
    }
    return counted;
  }

  /** Whether the flow that the counter belongs to stands at one of its nodes, itself or while a part of it runs. */
  private isNear({ flow, region }: Counter, state: FlowState): boolean {
    if (region === null) return true;
    const running = state.inFlow ?? this.root.id;
    const node = running === flow ? nodeOf(state) : (state.frames.findLast((frame) => frame.flow === flow)?.node ?? null);
    return node !== null && region.has(node);
  }
}

function countersOf(flow: Flow, root: Flow, isExact: boolean): readonly Counter[] {
  const found = new Map<string, { most: number; readonly readers: string[] }>();
  for (const [id, node] of flow.nodes) {
    for (const condition of node.do === 'branch' ? node.when : []) {
      if (!condition.value.startsWith('$visits.')) continue;
      const counted = condition.value.slice('$visits.'.length);
      const counter = found.get(counted) ?? { most: 1, readers: [] };
      found.set(counted, counter);
      counter.readers.push(id);
      // From here on no comparison changes any more: at the number itself for "at least" and "less than", one above it for the others.
      for (const { name, right } of rightSides(condition)) if (typeof right === 'number') counter.most = Math.max(counter.most, name === 'atLeast' || name === 'lessThan' ? Math.ceil(right) : Math.floor(right) + 1);
    }
  }
  return [...found].map(([node, { most, readers }]) => ({ key: visitKey({ inFlow: flow.id, flowId: root.id }, node), flow: flow.id, path: OF_CALL.visits(flow.id, node), most, region: isExact ? null : regionOf(flow, node, readers) }));
}

/** The circles through the counted node and each node that asks for the count, with every place from which a single move gets into the middle of them. */
function regionOf(flow: Flow, counted: string, readers: readonly string[]): ReadonlySet<string> | null {
  const region = new Set<string>();
  for (const reader of readers) {
    const [there, back] = [shortest(flow, counted, reader), shortest(flow, reader, counted)];
    if (there === null || back === null) return null;
    for (const node of [...there, ...back]) region.add(node);
  }
  const fromAnywhere = [flow.first, flow.error, ...flow.anywhere.values()];
  for (let hasGrown = true; hasGrown; ) {
    hasGrown = false;
    if (fromAnywhere.some((node) => isPassed(flow, node) && region.has(node))) return null;
    for (const [id, node] of flow.nodes) {
      if (region.has(id) || !waysOf(node).some(({ to }) => region.has(to) && isPassed(flow, to))) continue;
      region.add(id);
      hasGrown = true;
    }
  }
  return region;
}

const isPassed = (flow: Flow, id: string): boolean => {
  const node = flow.nodes.get(id);
  return node !== undefined && kindOf(node).role === 'passes';
};

/** The nodes of a shortest way, both ends with it; null when there is none. */
function shortest(flow: Flow, from: string, to: string): readonly string[] | null {
  const before = new Map<string, string>();
  const open = [from];
  for (let at = open.shift(); at !== undefined; at = open.shift()) {
    const node = flow.nodes.get(at);
    for (const way of node === undefined ? [] : waysOf(node)) {
      if (before.has(way.to)) continue;
      before.set(way.to, at);
      if (way.to === to) return trail(before, from, to);
      open.push(way.to);
    }
  }
  return null;
}

function trail(before: ReadonlyMap<string, string>, from: string, to: string): readonly string[] {
  const nodes = [to];
  for (let at = before.get(to); at !== undefined && at !== from; at = before.get(at)) nodes.unshift(at);
  return [from, ...nodes];
}
