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

  note(name: string): void {
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
  /** Each name is one text: they are looked up far more often than made. */
  private readonly names = new Map<string, string>();

  constructor(
    private readonly flow: Flow,
    private readonly trace: Trace,
  ) {
    super(flow.nodes);
  }

  private nameOf(id: string): string {
    const known = this.names.get(id);
    if (known !== undefined) return known;
    const name = `${this.flow.id}.${id}`;
    this.names.set(id, name);
    return name;
  }

  override get(id: string): FlowNode | undefined {
    this.trace.note(this.nameOf(id));
    return super.get(id);
  }
}
