import { askedInIdOf } from '../core/call/callback.js';
import { brand } from '../core/ids.js';
import type { LoggedCall } from './logged-day.js';

/** Calls of a day in which one caller is to be served once: a callback that they booked in line, a call of their own with the place of another. */
export interface OneDemand {
  /** By call: the one before, in which they were not served. */
  readonly before: ReadonlyMap<string, string>;
  /** Calls in which they booked to be called back, in line. */
  readonly booked: ReadonlySet<string>;
  /** Callbacks that they came before, by themselves. */
  readonly givenWay: ReadonlySet<string>;
}

export function oneDemandOf(calls: readonly LoggedCall[]): OneDemand {
  const known = new Map(calls.map((call) => [call.callId, call]));
  const [before, booked, givenWay] = [new Map<string, string>(), new Set<string>(), new Set<string>()];
  /** The call goes on for the one in which that callback was booked. */
  const goesOnFor = (callId: string, callback: string): void => {
    const askedIn = askedInIdOf(brand(callback));
    if (askedIn === null || known.get(askedIn)?.left?.as !== 'overflowed') return;
    before.set(callId, askedIn);
    booked.add(askedIn);
  };
  for (const { callId, at, isCallback, placeOf } of calls) {
    const other = placeOf === undefined ? undefined : known.get(placeOf);
    if (isCallback) goesOnFor(callId, callId);
    else if (other !== undefined && other.at < at) {
      // Whose connection broke in the talk was served, and comes with something else.
      if (other.left?.as === (other.isCallback ? 'overflowed' : 'cutOff')) before.set(callId, other.callId);
    } else if (placeOf !== undefined) {
      givenWay.add(placeOf);
      goesOnFor(callId, placeOf);
    }
  }
  return { before, booked, givenWay };
}
