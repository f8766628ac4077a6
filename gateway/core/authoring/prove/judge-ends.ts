import type { Flow } from '../../flow/flow-schema.js';
import type { FlowExit } from '../../flow/flow-types.js';
import type { Violation } from './finding.js';
import { nodeOf } from './moves.js';
import { along, witnessOf, type Edge, type Graph, type Spot } from './graph.js';

/** Ways that end badly, that end without a word, and places that no way leads out of. */
export function judgeEnds({ spots, starts }: Graph, root: Flow): { readonly failed: readonly Violation[]; readonly trapped: readonly Violation[]; readonly wordless: readonly Violation[] } {
  return { failed: failed(spots, root), trapped: trapped(spots, root.id), wordless: wordless(spots, starts, root.id) };
}

/** The flow gave the call up, or broke for good. */
export const isBadEnd = (exit: FlowExit): boolean => exit.kind === 'broken' || (exit.kind === 'hangup' && exit.outcome === 'failed');

const BAD_ENDS = {
  meant: { what: 'the call ends as failed', fix: 'end it as solved or told, or lead to a person' },
  broken: { what: 'the way for broken steps breaks too, or is silent, so that the last resort of the number has to help', fix: 'lead `error:` to a queue, or to words and a good-bye, through nothing that needs a value' },
  circle: { what: 'the flow goes in circles here until the call fails', fix: 'put a node into the circle that asks or ends' },
} as const;

function failed(spots: readonly Spot[], root: Flow): readonly Violation[] {
  return spots.flatMap(({ place, through }, index): readonly Violation[] => {
    const { activity } = place.state;
    if (activity.phase !== 'left' || !isBadEnd(activity.exit)) return [];
    const [flow, node] = splitName(through.at(-1), root.id);
    const isMeant = activity.exit.kind === 'hangup';
    const { what, fix } = BAD_ENDS[isMeant ? 'meant' : place.state.errorWay === null ? 'circle' : 'broken'];
    return [{ rule: 'ends', flow, node, what, fix, witness: witnessOf(spots, index) }];
  });
}

/** Backwards from all ends: what is not met never ends. */
function trapped(spots: readonly Spot[], root: string): readonly Violation[] {
  const before = backwards(spots, ({ move }) => move.kind !== 'unplayable');
  const ending = new Set(spots.flatMap(({ place }, index) => (place.state.activity.phase === 'left' ? [index] : [])));
  for (const spot of ending) for (const one of before[spot] ?? []) ending.add(one);
  const seen = new Set<string>();
  const stuck = spots.flatMap(({ place }, index) => (ending.has(index) ? [] : [{ place, index }]));
  // What is said on the way into the trap is no fault of its own.
  const waiting = stuck.filter(({ place }) => place.state.activity.phase !== 'saying');
  return (waiting.length > 0 ? waiting : stuck).flatMap(({ place, index }): readonly Violation[] => {
    const [flow, node] = [place.state.inFlow ?? root, nodeOf(place.state) ?? ''];
    if (seen.has(`${flow}.${node}`)) return [];
    seen.add(`${flow}.${node}`);
    return [{ rule: 'ends', flow, node, what: 'from here no way ends the call, whatever the caller keys', fix: 'add a way that ends: to a person, or a good-bye', witness: witnessOf(spots, index) }];
  });
}

/** The line goes dead right after a key, a time-out or an answer. */
function wordless(spots: readonly Spot[], starts: Graph['starts'], root: string): readonly Violation[] {
  const seen = new Set<string>();
  const judge = (to: number, witness: () => Violation['witness']): readonly Violation[] => {
    const spot = spots[to];
    const activity = spot?.place.state.activity;
    if (spot === undefined || activity?.phase !== 'left' || activity.exit.kind !== 'hangup' || activity.exit.outcome === 'failed' || isReturn(spot)) return [];
    const [flow, node] = splitName(spot.through.at(-1), root);
    if (seen.has(`${flow}.${node}`)) return [];
    seen.add(`${flow}.${node}`);
    return [{ rule: 'silence', flow, node, what: 'the call ends here without a word', fix: 'say good-bye: give the node a `prompt:`', witness: witness() }];
  };
  return [
    ...[...starts.keys()].flatMap((start) => judge(start, () => witnessOf(spots, start))),
    ...spots.flatMap(({ edges }, from) => edges.filter(({ move }) => move.kind !== 'listens' && move.kind !== 'unplayable').flatMap((edge) => judge(edge.to, () => along(spots, from, edge)))),
  ];
}

/** Whether a flow that is proved for itself ended where it would come back to another flow. */
export const isReturn = ({ place }: Spot): boolean => Object.keys(place.state.visits).length > 0 && place.state.activity.phase === 'left';

/** For each spot those that lead to it. */
export function backwards(spots: readonly Spot[], isMeant: (edge: Edge) => boolean = () => true): readonly (readonly number[])[] {
  const before: number[][] = spots.map(() => []);
  spots.forEach(({ edges }, from) => edges.forEach((edge) => isMeant(edge) && before[edge.to]?.push(from)));
  return before;
}

/** `flow.node` taken apart. */
export function splitName(name: string | undefined, root: string): readonly [flow: string, node: string] {
  const dot = name?.indexOf('.') ?? -1;
  return name === undefined || dot < 0 ? [root, name ?? ''] : [name.slice(0, dot), name.slice(dot + 1)];
}
