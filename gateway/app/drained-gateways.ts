import { z } from 'zod';
import type { GatewayState } from '../core/acd/queue-types.js';
import { failed, ok, type Result } from '../core/errors.js';
import type { Json, NodeId } from '../core/ids.js';
import type { CallStore } from '../ports/call-store.js';
import type { Log } from '../ports/log.js';
import type { Telephony } from '../ports/telephony.js';
import type { NodeRelay } from './node-relay.js';

const WITHIN_MS = 2_000;

const askedSchema = z.object({ ask: z.literal('drain'), isDrained: z.boolean() });
const answeredSchema = z.object({ isDrained: z.boolean() });

export interface DrainedGatewaysOptions {
  readonly store: Pick<CallStore, 'nodes' | 'owned' | 'drained' | 'noteDrained'>;
  readonly node: NodeId;
  readonly relay: () => Pick<NodeRelay, 'ask'>;
  readonly telephony: Pick<Telephony, 'drain' | 'resume'>;
  readonly log: Log;
}

/**
 * Gateways that take no more callers, by an operator's order or because they stop. Each of them knows it of itself, and notes it in the store
 * for all to see. A process that starts takes callers, whatever was ordered of the one before.
 */
export class DrainedGateways {
  private isDrained = false;
  private isStopping = false;

  constructor(private readonly options: DrainedGatewaysOptions) {}

  /** The gateways that live, with the calls that each of them has, also those that rest. Rejects when the store does not answer. */
  async list(): Promise<readonly GatewayState[]> {
    const { store } = this.options;
    const [nodes, drained] = await Promise.all([store.nodes(), store.drained()]);
    return Promise.all(nodes.map(async (node) => ({ node, calls: (await store.owned(node)).length, isDrained: drained.includes(node) })));
  }

  /** Has a gateway take no more callers, or take them again. Rejects when the store does not answer. */
  async order(to: NodeId, isDrained: boolean): Promise<Result<null>> {
    const { store, node, relay } = this.options;
    const living = await store.nodes();
    if (!living.includes(to)) return failed('VG_REFUSED', `there is no gateway "${to}"; there are ${living.join(', ')}`);
    const answer = answeredSchema.safeParse(to === node ? await this.follow(isDrained) : await relay().ask(to, { ask: 'drain', isDrained }, WITHIN_MS));
    if (!answer.success) return failed('VG_STORE', `the gateway ${to} does not answer: try again`);
    return answer.data.isDrained === isDrained ? ok(null) : failed('VG_REFUSED', `the gateway ${to} stops, and takes callers again when it is started anew`);
  }

  /** What another gateway asks of this one; undefined = it is about something else. */
  answer(body: Json): Promise<Json> | undefined {
    const asked = askedSchema.safeParse(body);
    return asked.success ? this.follow(asked.data.isDrained) : undefined;
  }

  /** This gateway takes no more callers, whatever is ordered. */
  stop(): void {
    this.isStopping = true;
    this.isDrained = true;
    this.options.telephony.drain();
    this.note().catch((error: unknown) => this.options.log.info({ err: String(error) }, 'not noted that this gateway stops'));
  }

  /** With each renewal of the lease: the store may have lost it, or taken this process for dead. */
  note(): Promise<void> {
    return this.options.store.noteDrained(this.options.node, this.isDrained);
  }

  private async follow(wish: boolean): Promise<z.infer<typeof answeredSchema>> {
    const { telephony, log } = this.options;
    const isDrained = wish || this.isStopping;
    if (isDrained !== this.isDrained) {
      this.isDrained = isDrained;
      if (isDrained) telephony.drain();
      else telephony.resume();
      log.warn({}, isDrained ? 'no more callers are taken, by an operator’s order' : 'callers are taken again, by an operator’s order');
    }
    await this.note();
    return { isDrained };
  }
}
