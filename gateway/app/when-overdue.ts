import type { Clock } from '../ports/clock.js';

/**
 * Calls `overdue` once, unless cancelled, when what ends after `ms` has not ended `graceMs` later. The grace begins only then: a process that
 * stood still meanwhile hears of the end first.
 * @returns what cancels it (idempotent)
 */
export function whenOverdue(clock: Pick<Clock, 'after'>, { ms, graceMs }: { readonly ms: number; readonly graceMs: number }, overdue: () => void): () => void {
  let cancel = clock.after(ms, () => {
    cancel = clock.after(graceMs, overdue);
  });
  return () => cancel();
}
