import type { ChannelRules, ItemChannel } from '../core/acd/channels.js';
import { itemOf, type KeptItem } from '../core/acd/item.js';
import type { SeatsState } from '../core/acd/queue-types.js';
import { failed, type Result } from '../core/errors.js';
import type { AgentId, CallId, OfferId, QueueId, RequestId } from '../core/ids.js';
import type { ItemsEvent, ScreenItem } from '../core/screen/items.js';
import type { ScreenQueue } from '../core/screen/queue.js';
import type { Clock } from '../ports/clock.js';
import type { Queue } from '../ports/queue.js';
import type { CommandResult } from '../ports/screens.js';
import type { AgentSeats } from './agent-seats.js';
import type { ItemDesk } from './item-desk.js';

export interface AgentItemsOptions {
  readonly queue: Pick<Queue, 'accept' | 'release'>;
  readonly seats: Pick<AgentSeats, 'items'>;
  readonly items: Pick<ItemDesk, 'find' | 'complete'>;
  readonly channels: () => ChannelRules;
  readonly screenQueue: (id: QueueId) => ScreenQueue;
  readonly newRequestId: () => RequestId;
  readonly clock: Clock;
}

const GONE: CommandResult = failed('VG_OFFER_LOST', 'The item is no longer there.');

/** What agents see of items and do with them. */
export class AgentItems {
  constructor(private readonly options: AgentItemsOptions) {}

  /** Whether an offer is of an item. An offer's id carries its call (see offers.lua). */
  isItem(offerId: OfferId): boolean {
    return itemOf(callOf(offerId)) !== null;
  }

  /** A repeat answers ok. */
  async accept(agentId: AgentId, offerId: OfferId): Promise<CommandResult> {
    const held = await this.holding(agentId, offerId);
    if (held === null) return GONE;
    if (held.isOpen) return { ok: true };
    const { item, channel } = held;
    const fact = { type: 'call.answered', channel, id: `${offerId}:answered`, at: this.options.clock.now(), offerId, callId: callOf(offerId), agentId, queue: item.queue } as const;
    const accepted = await this.options.queue.accept({ requestId: this.options.newRequestId(), offerId, fact });
    return accepted.ok ? { ok: true } : accepted;
  }

  async decline(agentId: AgentId, offerId: OfferId): Promise<CommandResult> {
    const held = await this.holding(agentId, offerId);
    if (held === null || held.isOpen) return GONE;
    return this.options.queue.release({ requestId: this.options.newRequestId(), offerId, why: 'declined' });
  }

  async done(agentId: AgentId, itemId: string, note: string): Promise<CommandResult> {
    const completed = await this.options.items.complete(itemId, { by: agentId, note });
    return completed.ok && completed.value === null ? GONE : completed;
  }

  /** All that the agent has, an event a channel. */
  async shown(agentId: AgentId): Promise<readonly ItemsEvent[]> {
    const all = await this.options.seats.items(agentId);
    return Promise.all(all.map((one) => this.eventOf(one)));
  }

  private async holding(agentId: AgentId, offerId: OfferId): Promise<{ readonly item: KeptItem; readonly channel: ItemChannel; readonly isOpen: boolean } | null> {
    const callId = callOf(offerId);
    for (const { channel, state } of await this.options.seats.items(agentId)) {
      const isOpen = state.open.includes(callId);
      if (!isOpen && state.offer?.offerId !== offerId) continue;
      const item = await this.itemOf(callId);
      return item === null ? null : { item, channel, isOpen };
    }
    return null;
  }

  private async eventOf({ channel, state }: { readonly channel: ItemChannel; readonly state: SeatsState }): Promise<ItemsEvent> {
    const [offered, ...open] = await Promise.all([state.offer === null ? null : this.screenItem(state.offer.callId, channel), ...state.open.map((callId) => this.screenItem(callId, channel))]);
    const offer = state.offer === null || !offered ? null : { offerId: state.offer.offerId, expiresAt: state.offer.expiresAt, item: offered };
    return { type: 'items', channel, phase: state.phase, slots: this.options.channels()[channel].slots, offer, open: open.filter((item) => item !== null) };
  }

  /** One whose words cannot be read is shown by its id: it counts, and can be said to be done. */
  private async screenItem(callId: CallId, channel: ItemChannel): Promise<ScreenItem | null> {
    const itemId = itemOf(callId);
    if (itemId === null) return null;
    const item = await this.itemOf(callId);
    if (item === null) return { itemId, channel, queue: { id: '', name: '' }, title: itemId, link: null, customer: null, createdAt: 0 };
    const { title, link, customer, createdAt, queue } = item;
    return { itemId, channel, queue: this.options.screenQueue(queue), title, link, customer, createdAt };
  }

  private async itemOf(callId: CallId): Promise<KeptItem | null> {
    const found: Result<{ readonly item: KeptItem } | null> = await this.options.items.find(itemOf(callId) ?? '');
    return found.ok && found.value !== null ? found.value.item : null;
  }
}

const callOf = (offerId: OfferId): CallId => offerId.slice(offerId.indexOf('.') + 1) as CallId;
