import type { Flow, Variable } from '../../flow/flow-schema.js';
import type { FlowState } from '../../flow/flow-state.js';
import type { Live } from './live.js';

/** Where a move led, and through which nodes. */
export interface Led {
  /** Each as `flow.node`. */
  readonly through: readonly string[];
  readonly state: FlowState;
}

interface Around {
  readonly root: Flow;
  readonly flows: ReadonlyMap<string, Flow>;
  readonly live: Live;
}

/** The variables of flows in which answers of back ends are kept, each looked at once. */
export class KeptAnswers {
  private readonly known = new Map<string, KeptAnswer>();

  constructor(private readonly around: Around) {}

  /** That of the node which asks here; null: none is kept, or nobody asks. */
  at({ inFlow, activity }: FlowState): KeptAnswer | null {
    const flow = this.around.flows.get(inFlow ?? this.around.root.id);
    const node = activity.phase === 'connecting' ? flow?.nodes.get(activity.node) : undefined;
    const into = node?.do === 'connector' || node?.do === 'identify' ? node.into : undefined;
    if (flow === undefined || into === undefined) return null;
    const name = `${flow.id}.${into}`;
    const known = this.known.get(name) ?? new KeptAnswer(flow.vars.get(into), holdersOf(name, this.around.flows), this.around);
    this.known.set(name, known);
    return known;
  }
}

/** An answer that a flow keeps, and what is read of it. */
export class KeptAnswer {
  private readonly ways = new Map<ReadonlySet<string>, readonly string[]>();

  constructor(readonly variable: Variable | undefined, private readonly holders: ReadonlySet<string>, private readonly around: Around) {}

  /** What was read of the answer on these ways, or can be read later: ways within it, an empty one for the whole. */
  readBy(led: readonly Led[]): readonly (readonly string[])[] {
    const { live, root } = this.around;
    const read = new Set<string>();
    const add = (flow: string, paths: ReadonlySet<string>): void => this.within(flow, paths).forEach((way) => read.add(way));
    for (const { through, state: { inFlow, activity, frames } } of led) {
      for (const name of through) add(name.slice(0, name.indexOf('.')), live.readAt(name));
      if (activity.phase !== 'left') add(inFlow ?? root.id, live.at(inFlow ?? root.id, activity.node));
      for (const { flow, node } of frames) add(flow, live.afterPart(flow, node));
    }
    return [...read].map((way) => (way === '' ? [] : way.split('.')));
  }

  /** Which of a flow's paths lead into the answer. */
  private within(flow: string, paths: ReadonlySet<string>): readonly string[] {
    const known = this.ways.get(paths);
    if (known !== undefined) return known;
    const ways = [...paths].flatMap((path) => {
      const [head = '', ...rest] = path.split('.');
      return this.holders.has(`${flow}.${head}`) ? [rest.join('.')] : [];
    });
    this.ways.set(paths, ways);
    return ways;
  }
}

/** The variables that can hold what stands in this one, each as `flow.variable`: itself, and those into which flows outside take it over. */
function holdersOf(variable: string, flows: ReadonlyMap<string, Flow>): ReadonlySet<string> {
  const holders = new Set([variable]);
  for (let before = 0; holders.size > before; ) {
    before = holders.size;
    for (const outer of flows.values()) {
      for (const node of outer.nodes.values()) {
        if (node.do === 'subflow') for (const [ours, theirs] of Object.entries(node.into)) if (holders.has(`${node.flow}.${theirs}`)) holders.add(`${outer.id}.${ours}`);
      }
    }
  }
  return holders;
}
