import type { Flow } from '../../flow/flow-schema.js';
import type { FlowNode } from '../../flow/node-schema.js';

/** Which nodes the interpreter went through, in order, each as `flow.node`. */
export class Trace {
  private seen: string[] = [];

  /** The same flow with its parts; whoever looks up a node of it is noted. The interpreter looks up every node that it arrives at. */
  watch(flow: Flow): Flow {
    const subflows = new Map([...flow.subflows].map(([id, part]) => [id, { ...part, nodes: new WatchedNodes(part, this) }]));
    return { ...flow, nodes: new WatchedNodes(flow, this), subflows };
  }

  note(flow: string, node: string): void {
    const name = `${flow}.${node}`;
    if (this.seen[this.seen.length - 1] !== name) this.seen.push(name);
  }

  /** What was noted since the last call. */
  take(): readonly string[] {
    const { seen } = this;
    this.seen = [];
    return seen;
  }
}

class WatchedNodes extends Map<string, FlowNode> {
  constructor(
    private readonly flow: Flow,
    private readonly trace: Trace,
  ) {
    super(flow.nodes);
  }

  override get(id: string): FlowNode | undefined {
    this.trace.note(this.flow.id, id);
    return super.get(id);
  }
}
