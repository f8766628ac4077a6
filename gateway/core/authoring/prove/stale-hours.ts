import type { FlowNode } from '../../flow/node-schema.js';
import type { Flow } from '../../flow/flow-schema.js';
import { flowsOf, type Warning } from './finding.js';
import type { Edge, Graph, Spot } from './graph.js';
import { splitName } from './judge-ends.js';

/**
 * Queues into which callers come by something that was asked since it was open: it may have closed meanwhile. A queue that has a rule for
 * callers who come while it is closed looks at the clock itself. A callback is no such case: nobody is rung outside its hours.
 * @param closing queues with such a rule
 */
export function staleHours({ spots }: Graph, root: Flow, closing: ReadonlySet<string>): readonly Omit<Warning, 'isOfAbsence'>[] {
  const flows = new Map(flowsOf(root).map((flow) => [flow.id, flow]));
  const nodeOf = (name: string): FlowNode | undefined => {
    const [flow, node] = splitName(name, root.id);
    return flows.get(flow)?.nodes.get(node);
  };
  const looksAgain = ({ through }: Edge): boolean => through.slice(1).some((name) => nodeOf(name)?.do === 'hours');
  const found = new Set<string>();
  const open = spots.filter(isAskedWhileOpen);
  const seen = new Set(open);
  for (const spot of open) {
    for (const edge of spot.edges) {
      if (edge.change !== null || edge.move.kind === 'unplayable' || looksAgain(edge)) continue;
      for (const name of edge.through.slice(1)) if (nodeOf(name)?.do === 'queue') found.add(name);
      const next = spots[edge.to];
      if (next === undefined || seen.has(next)) continue;
      seen.add(next);
      open.push(next);
    }
  }
  return [...found].flatMap((name) => {
    const [flow, node] = splitName(name, root.id);
    const queue = nodeOf(name);
    if (queue?.do !== 'queue' || closing.has(queue.queue)) return [];
    return [{ flow, node, what: `callers are asked something after the look at opening hours, and may come to the queue "${queue.queue}" once it has closed`, fix: `lead here by way of an hours node, or give the queue a rule \`overflow: { closed: … }\`` }];
  });
}

/** The caller is asked, or leaves a message, since hours were looked at that will end. */
const isAskedWhileOpen = ({ place: { state }, start }: Spot): boolean => (state.activity.phase === 'asking' || state.activity.phase === 'recording') && state.hours?.state === 'open' && start.changes.length > 0;
