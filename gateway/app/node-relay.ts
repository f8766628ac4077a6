import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Json, NodeId } from '../core/ids.js';
import { brand } from '../core/ids.js';
import type { Clock } from '../ports/clock.js';
import type { Log } from '../ports/log.js';
import type { Queue } from '../ports/queue.js';

const messageSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ask'), id: z.string(), from: z.string(), body: z.json() }),
  z.object({ kind: z.literal('answer'), id: z.string(), body: z.json() }),
]);

export interface NodeRelayOptions {
  readonly queue: Pick<Queue, 'send'>;
  readonly node: NodeId;
  readonly clock: Clock;
  readonly log: Log;
  /** What another node asks of this one. A rejection is answered with null. */
  readonly answer: (body: Json) => Promise<Json>;
}

/** Questions from gateway to gateway: an agent's screen may be at one, the caller at another. Through their outboxes, so that order holds. */
export class NodeRelay {
  private readonly open = new Map<string, (body: Json) => void>();

  constructor(private readonly options: NodeRelayOptions) {}

  /** The other node's answer; null when none came in time, or it could not. Never rejects. */
  async ask(node: NodeId, body: Json, withinMs: number): Promise<Json> {
    const { queue, clock, log } = this.options;
    const id = randomUUID();
    return new Promise<Json>((resolve) => {
      const end = (answer: Json): void => {
        cancel();
        this.open.delete(id);
        resolve(answer);
      };
      const cancel = clock.after(withinMs, () => end(null));
      this.open.set(id, end);
      queue.send(node, JSON.stringify({ kind: 'ask', id, from: this.options.node, body })).then(
        (isSent) => !isSent && end(null),
        (error: unknown) => {
          log.warn({ node, err: String(error) }, 'another gateway could not be asked');
          end(null);
        },
      );
    });
  }

  /** Takes what came in this node's outbox. Does not wait for the answer: the events behind it must not wait either. */
  heard(text: string): void {
    const message = messageSchema.safeParse(JSON.parse(text));
    if (!message.success) return this.options.log.warn({ problem: message.error.message }, 'a gateway sent what is not understood');
    if (message.data.kind === 'answer') return this.open.get(message.data.id)?.(message.data.body);
    const { id, from, body } = message.data;
    const { queue, log, answer } = this.options;
    answer(body)
      .catch((error: unknown) => {
        log.error({ err: String(error) }, 'a question of another gateway failed');
        return null;
      })
      .then((answered) => queue.send(brand<NodeId>(from), JSON.stringify({ kind: 'answer', id, body: answered })))
      .catch((error: unknown) => log.warn({ err: String(error) }, 'another gateway could not be answered'));
  }
}
