import type { NewFact } from '../core/acd/queue-fact.js';
import type { QueueRoster } from '../core/acd/queue-types.js';
import { brand, type Millis, type NodeId, type RequestId } from '../core/ids.js';
import type { CallStore } from '../ports/call-store.js';
import type { Clock } from '../ports/clock.js';
import type { Log } from '../ports/log.js';
import type { Queue } from '../ports/queue.js';
import { SCREEN_LOST } from './agent-seats.js';

/** As long as a gateway that lives waits for a screen to come back. */
const GRACE_MS = 5_000;

export interface LostScreensOptions {
  readonly queue: Pick<Queue, 'roster' | 'notReady'>;
  readonly store: Pick<CallStore, 'nodes'>;
  /** Takes the fact that an agent is not ready: the gateway that would tell it is dead. */
  readonly record: (fact: NewFact) => void;
  readonly clock: Clock;
  readonly log: Log;
}

type SeatedAgent = QueueRoster['agents'][number];

/** A gateway that died cannot take out the agents whose screens it had. The others do, unless a screen has come back at one of them. */
export class LostScreens {
  /** Null until the first look. */
  private nodes: ReadonlySet<NodeId> | null = null;
  private readonly gone = new Map<NodeId, Millis>();

  constructor(private readonly options: LostScreensOptions) {}

  /** To be called now and then. Rejects when the store does not answer. */
  async look(): Promise<void> {
    const { queue, store, clock } = this.options;
    const now = clock.now();
    const living = new Set(await store.nodes());
    // Those that went before this one came have left their agents behind.
    const before = this.nodes ?? new Set((await queue.roster()).agents.map(({ node }) => node));
    this.nodes = living;
    for (const node of before) if (!living.has(node)) this.gone.set(node, now);
    for (const node of living) this.gone.delete(node);
    const over = [...this.gone].filter(([, since]) => now - since >= GRACE_MS).map(([node]) => node);
    if (over.length > 0) await this.takeOut(over);
  }

  private async takeOut(nodes: readonly NodeId[]): Promise<void> {
    const { agents } = await this.options.queue.roster();
    for (const agent of agents) if (nodes.includes(agent.node) && agent.state.phase !== 'notReady') await this.lower(agent);
    for (const node of nodes) this.gone.delete(node);
  }

  private async lower({ agentId, channel, node, state }: SeatedAgent): Promise<void> {
    const { queue, record, log } = this.options;
    // Whichever gateways ask, it is one request; another one when the gateway lived after all, and is lost again.
    const foundSince = 'since' in state ? state.since : 0;
    const requestId = brand<RequestId>(`${agentId}/${channel}:${node}:${foundSince}:${SCREEN_LOST}`);
    const lowered = await queue.notReady({ requestId, agentId, channel, reason: SCREEN_LOST, boundTo: node });
    if (!lowered.ok || lowered.value.phase !== 'notReady') return;
    log.info({ agentId, channel, node }, 'screen lost with its gateway');
    const { since } = lowered.value;
    if (channel === 'voice') record({ type: 'agent.changed', id: `${agentId}:${since}:notReady`, at: since, agentId, phase: 'notReady', reason: SCREEN_LOST });
  }
}
