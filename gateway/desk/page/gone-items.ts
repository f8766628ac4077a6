import type { ItemsEvent } from '../../core/screen/items.js';
import { draftOf } from './draft.js';
import type { Command } from './link.js';

export interface GoneItem {
  readonly title: string;
  /** What the agent had typed about it; null when that is nothing. */
  readonly written: string | null;
}

/** An offer that was to end by itself within this time ran out. */
const RUN_OUT_MS = 1_000;

/** Finds work that left the desk without the agent's doing: its creator ended it, an operator gave it to others, another window of the agent did it. */
export class GoneItems {
  /** Items and offers that the agent ended here. */
  private readonly own = new Set<string>();

  /** Before the command is sent: what came of it may be shown before its answer. */
  sending(command: Command): void {
    if (command.type === 'done') this.own.add(command.itemId);
    if (command.type === 'decline') this.own.add(command.offerId);
  }

  refused(command: Command): void {
    if (command.type === 'done') this.own.delete(command.itemId);
    if (command.type === 'decline') this.own.delete(command.offerId);
  }

  /** What is gone since; of channels that are known before and after, so that nothing is gone that a new connection does not show yet. */
  between(before: readonly ItemsEvent[], after: readonly ItemsEvent[], now: number): readonly GoneItem[] {
    return after.flatMap(({ channel, offer, open }) => {
      const known = before.find((one) => one.channel === channel);
      const there = new Set([...open, ...(offer === null ? [] : [offer.item])].map(({ itemId }) => itemId));
      const offered = known?.offer ?? null;
      const withdrawn = offered === null || this.own.has(offered.offerId) || offered.expiresAt - now < RUN_OUT_MS ? [] : [offered.item];
      const ended = (known?.open ?? []).filter(({ itemId }) => !this.own.has(itemId));
      return [...withdrawn, ...ended].filter(({ itemId }) => !there.has(itemId)).map(({ itemId, title }) => ({ title, written: written(itemId) }));
    });
  }
}

/** The draft goes with its item. */
function written(itemId: string): string | null {
  const draft = draftOf<string>(itemId);
  const text = draft.read()?.trim() ?? '';
  draft.forget();
  return text === '' ? null : text;
}
