import { randomUUID } from 'node:crypto';
import { openItemStore } from './adapters/redis/item-store.js';
import { createAgentDesk, type AgentDesk, type DeskCalls } from './app/agent-desk.js';
import { AgentItems } from './app/agent-items.js';
import { AgentSeats } from './app/agent-seats.js';
import { screenQueue } from './app/centre.js';
import { ItemDesk } from './app/item-desk.js';
import type { QueueFigures } from './app/queue-figures.js';
import type { Catalogue } from './catalogue.js';
import type { Config } from './config.js';
import { itemFault } from './core/acd/item-fault.js';
import { brand, type NodeId, type RequestId } from './core/ids.js';
import type { Clock } from './ports/clock.js';
import type { Log } from './ports/log.js';
import type { Queue } from './ports/queue.js';
import type { LocalScreens } from './ports/screens.js';

export interface AgentsOptions {
  readonly config: Pick<Config, 'redisUrl' | 'tenant'>;
  readonly catalogue: Catalogue;
  readonly queue: Queue;
  readonly screens: LocalScreens;
  readonly calls: DeskCalls;
  readonly figures: QueueFigures;
  readonly node: NodeId;
  readonly clock: Clock;
  readonly log: Log;
}

export interface Agents {
  readonly desk: AgentDesk;
  readonly seats: AgentSeats;
  readonly items: ItemDesk;
  close(): Promise<void>;
}

/** Wires what agents have: their seats in all channels, the items of other systems, and the desk. */
export function wireAgents(options: AgentsOptions): Agents {
  const { config, catalogue, queue, figures, node, clock, log } = options;
  const newRequestId = () => brand<RequestId>(randomUUID());
  const centre = () => catalogue.content.centre;
  const channels = () => centre().channels;
  const agents = () => catalogue.deskAgents();
  const record = figures.record.bind(figures);
  const store = openItemStore({ url: config.redisUrl, tenant: config.tenant, log });
  const items = new ItemDesk({ queue, store, centre: catalogue.centre, channels, faultOf: (item) => itemFault(centre(), item), facts: figures, node, newRequestId, clock, log });
  const seats = new AgentSeats({ queue, agents, centre, node, newRequestId });
  const agentItems = new AgentItems({ queue, seats, items, channels, screenQueue: (id) => screenQueue(catalogue.centre, id), newRequestId, clock });
  const desk = createAgentDesk({ ...options, seats, items: agentItems, agents, centre, record, newRequestId });
  return {
    desk,
    seats,
    items,
    close: async () => {
      desk.close();
      items.close();
      await store.close();
    },
  };
}
