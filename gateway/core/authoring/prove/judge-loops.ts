import type { Violation } from './finding.js';
import { isInVain, nodeOf, type Move } from './moves.js';
import { witnessOf, type Edge, type Graph, type Spot } from './graph.js';

/** Circles in which the caller keys nothing that fits: silence, wrong keys and answers of back ends go round for ever. */
export function judgeLoops({ spots }: Graph, root: string): readonly Violation[] {
  const circles = circlesOf(spots);
  return circles.map((circle): Violation => {
    const first = Math.min(...circle);
    const state = spots[first]?.place.state;
    const round = roundOf(spots, first, circle);
    const doing = round.map(doingOf).some(({ kind }) => kind === 'waits' || kind === 'saysNothing') ? 'does nothing' : round.map(doingOf).some(isInVain) ? 'keys what fits nothing' : 'waits';
    const because = round.flatMap((move) => (move.kind === 'answer' ? [`${move.operation} answers ${move.exit}`] : move.kind === 'noAnswer' ? [`${move.operation} does not answer`] : []));
    const what = `a caller who ${doing} is led round here for ever${because.length === 0 ? '' : `, as long as ${[...new Set(because)].join(' and ')}`}`;
    return { rule: 'loops', flow: state?.inFlow ?? root, node: (state === undefined ? null : nodeOf(state)) ?? '', what, fix: 'lead on after some tries: retries with a `next:` elsewhere, or a branch on $visits', witness: witnessOf(spots, first), round };
  });
}

const doingOf = (move: Move): Move => (move.kind === 'tries' ? move.doing : move);

const isPassive = ({ move }: Edge): boolean => move.kind !== 'unplayable' && move.kind !== 'slow' && move.kind !== 'speaks' && !((move.kind === 'key' || move.kind === 'entry') && move.isFit);

/** Strongly connected parts of the graph of passive moves (Tarjan), without recursion. */
function circlesOf(spots: readonly Spot[]): readonly ReadonlySet<number>[] {
  const next = spots.map(({ edges }) => edges.filter(isPassive).map(({ to }) => to));
  const order = new Map<number, number>();
  const low = new Map<number, number>();
  const stack: number[] = [];
  const onStack = new Set<number>();
  const circles: ReadonlySet<number>[] = [];
  const visit = (from: number): void => {
    const work = [{ at: from, next: 0 }];
    enter(from);
    for (let top = work.at(-1); top !== undefined; top = work.at(-1)) {
      const to = next[top.at]?.[top.next++];
      if (to !== undefined && !order.has(to)) {
        enter(to);
        work.push({ at: to, next: 0 });
      } else if (to !== undefined) {
        if (onStack.has(to)) low.set(top.at, Math.min(low.get(top.at) ?? 0, order.get(to) ?? 0));
      } else {
        work.pop();
        leave(top.at, work.at(-1)?.at);
      }
    }
  };
  const enter = (at: number): void => {
    order.set(at, order.size);
    low.set(at, order.size - 1);
    stack.push(at);
    onStack.add(at);
  };
  const leave = (at: number, above: number | undefined): void => {
    const own = low.get(at) ?? 0;
    if (above !== undefined) low.set(above, Math.min(low.get(above) ?? 0, own));
    if (own !== order.get(at)) return;
    const circle = new Set<number>();
    for (let one = stack.pop(); one !== undefined; one = one === at ? undefined : stack.pop()) {
      onStack.delete(one);
      circle.add(one);
    }
    if (circle.size > 1 || next[at]?.includes(at) === true) circles.push(circle);
  };
  spots.forEach((_, index) => order.has(index) || visit(index));
  return circles;
}

/** The shortest way round from a spot back to it. */
function roundOf(spots: readonly Spot[], first: number, circle: ReadonlySet<number>): readonly Move[] {
  const ways = new Map<number, readonly Move[]>();
  const open = [first];
  for (let at = open.shift(); at !== undefined; at = open.shift()) {
    for (const edge of spots[at]?.edges ?? []) {
      if (!isPassive(edge) || !circle.has(edge.to)) continue;
      const way = [...(at === first ? [] : (ways.get(at) ?? [])), edge.move];
      if (edge.to === first) return way;
      if (ways.has(edge.to)) continue;
      ways.set(edge.to, way);
      open.push(edge.to);
    }
  }
  return [];
}
