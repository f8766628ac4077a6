import type { QueueEvent } from '../../../gateway/core/acd/queue-types.js';
import type { NodeId } from '../../../gateway/core/ids.js';
import type { House } from './house.js';

export class OutboxReader {
  readonly seen: QueueEvent[] = [];
  private readonly abort = new AbortController();
  private readonly done: Promise<void>;
  private wake: () => void = () => undefined;

  constructor(house: House, node: NodeId, onEvent: (event: QueueEvent) => void = () => undefined) {
    this.done = house.queue.events(node, async (event) => {
      onEvent(event);
      this.seen.push(event);
      this.wake();
    }, this.abort.signal);
  }

  async until(isEnough: () => boolean): Promise<void> {
    while (!isEnough()) await new Promise<void>((resolve) => (this.wake = resolve));
  }

  async types(count: number): Promise<string[]> {
    await this.until(() => this.seen.length >= count);
    return this.seen.map((event) => (event.type === 'agent.changed' ? event.state.phase : event.type));
  }

  async stop(): Promise<void> {
    this.abort.abort();
    await this.done;
  }
}
