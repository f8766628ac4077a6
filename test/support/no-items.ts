import type { ItemRoutes } from '../../gateway/adapters/http/item-api.js';
import type { AgentDeskOptions } from '../../gateway/app/agent-desk.js';
import { failed, ok } from '../../gateway/core/errors.js';

/** A gateway to which nobody has handed in anything. */
export const noItems: ItemRoutes = {
  create: () => Promise.resolve(failed('VG_REFUSED', 'no items')),
  find: () => Promise.resolve(ok(null)),
  watch: () => Promise.resolve(ok(null)),
  cancel: () => Promise.resolve(ok(null)),
  complete: () => Promise.resolve(ok(null)),
};

/** What agents have of that. */
export const noAgentItems: AgentDeskOptions['items'] = {
  isItem: () => false,
  accept: () => Promise.resolve(failed('VG_OFFER_LOST', 'no items')),
  decline: () => Promise.resolve(failed('VG_OFFER_LOST', 'no items')),
  done: () => Promise.resolve(failed('VG_OFFER_LOST', 'no items')),
  shown: () => Promise.resolve([]),
};
