import type { Millis } from '../ids.js';
import { CalibrationSum, isTrustworthy, type Calibration } from './calibration.js';
import { spokenWait, type SpokenWait } from './estimated-wait.js';
import type { QueueFact } from './queue-fact.js';
import { queueOf } from './skills.js';
import type { Place } from './waiting-lines.js';
import { WaitEstimator } from './wait-estimator.js';

/** Who met an idle agent did not wait, and nobody would have told them a wait. */
const NO_WAIT_MS = 1_000;
/** So many waits back the estimates of a queue are judged: a gateway that runs for months is to notice a bad day. */
const LATELY = 200;

/** Estimates of waits, each held against what came true: the time from arrival to the first offer. Each queue answers for its own. */
export class CalibratedWaits {
  private readonly estimator = new WaitEstimator();
  /** By queue. */
  private readonly sums = new Map<string, CalibrationSum>();
  private readonly pending = new Map<string, { readonly queue: string; readonly estimateMs: number; readonly arrivedAt: Millis }>();

  observe(fact: QueueFact): void {
    this.estimator.observe(fact);
    // Who waits for a certain agent first may wait for long while others are idle, or not at all.
    if (fact.type === 'call.arrived' && !fact.isReturning && fact.isPersonal !== true) {
      const estimate = this.estimator.estimateOf(fact.callId, fact.at);
      // Told again where the queue has other rules by now: from then on counts what is estimated then.
      if (estimate !== null) this.pending.set(fact.callId, { queue: fact.queue, estimateMs: estimate.waitMs, arrivedAt: fact.at });
    }
    // A wait that was given up is not known.
    if (fact.type === 'call.abandoned' || fact.type === 'call.overflowed') this.pending.delete(fact.callId);
    if (fact.type === 'offer.made') this.cameTrue(fact.callId, fact.at);
  }

  /** By queue, of those where an estimate came true or not. */
  get calibrations(): ReadonlyMap<string, Calibration> {
    return new Map([...this.sums].map(([queue, { result }]) => [queue, result]));
  }

  /** The wait that a caller may be told is left; null while the estimates of the queue are not to be trusted, or nothing is known of this caller. */
  spokenWaitOf(callId: string, now: Millis): SpokenWait | null {
    const place = this.estimator.placeOf(callId);
    const waitMs = place === null ? null : this.waitOfComing(place, now);
    return waitMs === null ? null : spokenWait(waitMs);
  }

  /** How long a caller who comes now is likely to wait, ms; null while the estimates of the queue are not to be trusted. */
  waitOfComing(place: Place, now: Millis): number | null {
    const sum = this.sums.get(queueOf(place.signature));
    if (sum === undefined || !isTrustworthy(sum.result)) return null;
    const estimate = this.estimator.estimate(place, now);
    return estimate === null || !Number.isFinite(estimate.waitMs) ? null : estimate.waitMs;
  }

  private cameTrue(callId: string, at: Millis): void {
    const told = this.pending.get(callId);
    this.pending.delete(callId);
    if (told === undefined || at - told.arrivedAt < NO_WAIT_MS) return;
    const sum = this.sums.get(told.queue) ?? new CalibrationSum(LATELY);
    this.sums.set(told.queue, sum);
    sum.add({ estimateMs: told.estimateMs, actualMs: at - told.arrivedAt });
  }
}
