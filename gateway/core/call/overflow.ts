import { overflowToCallback } from './callback-offer.js';
import type { CallEvent } from './call-events.js';
import type { CallRules } from './call-rules.js';
import { endAgentLeg } from './finish.js';
import { takeLastResort } from './last-resort.js';
import { leaveQueue } from './offer.js';
import { andThen, ignore, step, type CallStep } from './step.js';
import { startTransfer } from './transfer.js';
import { endWaitTimers, lineUp, stay } from './line.js';
import { cancelRing, type WaitingNow } from './waiting-state.js';

type Overflowed = Extract<CallEvent, { type: 'queue.overflowed' }>;

/**
 * The queue's rules or an operator send the caller elsewhere. To another queue with the same place: the wait so far counts there. An agent
 * who is being offered the caller comes before a rule, not before an operator.
 */
export function overflowed(rules: CallRules, now: WaitingNow, event: Overflowed): CallStep {
  const { state, activity } = now;
  if (activity.place.queue !== event.from) return ignore(state);
  // The offer may be one of the line before, whose end is told in a moment: then the caller would stand in no line. Who stands in it stays there.
  if (activity.offer !== null && event.rule !== 'operator') return stay(now);
  if (event.to === 'callback') return overflowToCallback(rules, now, event);
  const leave = [...endWaitTimers, ...cancelRing(activity), ...endAgentLeg(state), ...leaveQueue(now, 'overflow')];
  const alone = { ...state, agentLeg: null };
  if (typeof event.to === 'object' && 'queue' in event.to) {
    // An order that came twice: they stand there already.
    if (event.to.queue === activity.place.queue) return ignore(state);
    const place = { ...activity.place, queue: event.to.queue, band: null, offeredAt: event.at };
    // Each queue has a callback of its own to offer, with its own key.
    const { callbackOffer: _before, callbackKey: _key, answerBy: _until, ...waiting } = activity;
    const since = activity.since ?? event.at;
    const moved = { ...alone, queuedIn: place.queue, activity: { ...waiting, place, since, offer: null, saidPosition: null, isReturning: true } };
    return step(moved, ...leave, ...lineUp(rules, moved, { place, isReturning: true, mayOverflow: event.rule !== 'operator', waitedMs: event.at - since }));
  }
  if (event.to === 'lastResort') return takeLastResort(rules, alone, { end: { result: 'serverError', reason: `overflow-${event.rule}` }, before: leave });
  const { transfer } = event.to;
  return andThen(step(alone, ...leave), (then) => startTransfer(then, { target: transfer }));
}
