import type { KeptPlace } from '../core/call/kept-place.js';
import type { CallId, Millis } from '../core/ids.js';

/**
 * Places in line by the caller's number, however it is written: one of a callback and one of a call that was cut off, as several people may
 * call from one number. A store that does not answer gives none, and keeps none:
 * nothing here rejects.
 */
export interface CallerPlaces {
  keep(number: string, place: KeptPlace, forMs: number): Promise<void>;
  /**
   * Gives the place of that number, once, unless it is that of `except`; of two that of the callback, which is then not to be made
   * any more.
   */
  take(number: string, except?: CallId): Promise<KeptPlace | null>;
  /** The same of a callback alone. */
  takeCallback(number: string): Promise<KeptPlace | null>;
  /** Forgets the place of a callback that was made, unless another one has it by now. */
  drop(number: string, callback: CallId): Promise<void>;
  /** Whether the place of this callback was given to the customer's own call. */
  isTaken(callback: CallId): Promise<boolean>;
  /** A caller of that number is there; told again, it is the same call. */
  began(number: string, call: { readonly callId: CallId; readonly at: Millis }): Promise<void>;
  over(number: string, callId: CallId): Promise<void>;
  /** How many other calls of that number are going on, at any gateway. */
  others(number: string, call: { readonly callId: CallId; readonly at: Millis }): Promise<number>;
  close(): Promise<void>;
}
