import type { Millis } from '../core/ids.js';

/** Time for the application; tests use one that they advance. */
export interface Clock {
  now(): Millis;
  /** Calls `fire` once after `ms`; returns the cancel function (idempotent). */
  after(ms: number, fire: () => void): () => void;
}
