import { CALLBACK_DEFAULTS } from '../../../gateway/core/acd/callback-config.js';
import { callbackOf } from '../../../gateway/core/call/callback.js';
import type { CallbackWish } from '../../../gateway/core/call/callback-state.js';
import type { CallRules } from '../../../gateway/core/call/call-rules.js';
import { seekAgent } from '../../../gateway/core/call/resting.js';
import { brand, type LegId, type OfferId } from '../../../gateway/core/ids.js';
import { CallStory, QUEUE, address, at, facts, rulesFor, type CALLER } from './call-story.js';

export const RETRY_MS = 60_000;
export const rulesWith = (changes: Partial<CallRules> = {}) =>
  rulesFor({ callback: () => ({ ...CALLBACK_DEFAULTS, attempts: 2, retryAfterMs: RETRY_MS, ringMs: 20_000 }), ...changes });
export const place = { queue: QUEUE, needs: [], band: null, queuedAt: 1_700_000_000_000 };
export const wish: CallbackWish = { number: '+46701234567', place, via: 'flow', askedAt: 1_700_000_005_000 };
export const PHONE = 'call-1-cb-a1' as typeof CALLER;

/** A call of ours, as it stands in line. */
export function booked(rules = rulesWith()): CallStory {
  const story = new CallStory(rules);
  const begun = seekAgent(rules, callbackOf(at.flow(rules).state, wish), { place, at: story.now });
  story.state = begun.state;
  story.last = begun.effects;
  return story;
}
export const customerOf = ({ state }: CallStory) => state.callerLeg.legId;
export const called = (rules?: CallRules) => booked(rules).tell({ ...facts.offered, expiresAt: 1_800_000_000_000 }, facts.shown, facts.accept, { type: 'leg.answered', legId: PHONE, address }, facts.accepted);
/** The next agent lifts, and the customer is rung: for that time. */
export function rung(story: CallStory, time: number): CallStory {
  const offerId = brand<OfferId>(`offer-${time}`);
  story.tell({ ...facts.offered, offerId, expiresAt: 1_800_000_000_000 }, { ...facts.shown, offerId }, { ...facts.accept, offerId });
  return story.tell({ type: 'leg.answered', legId: phoneOf(story), address }, { ...facts.accepted, offerId });
}
export function phoneOf({ state }: CallStory): LegId {
  if (state.agentLeg === null) throw new Error('no phone is rung');
  return state.agentLeg.legId;
}
export const busy = (story: CallStory) => story.tell({ type: 'leg.failed', legId: customerOf(story), code: 'VG_BUSY' });
