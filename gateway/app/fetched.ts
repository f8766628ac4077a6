import type { Clock } from '../ports/clock.js';

/** Something that is asked for elsewhere before it is needed. Its value is null where it could not be had. */
export class Fetched<T> {
  private known: { readonly value: T | null } | null = null;

  /** @param coming does not reject */
  constructor(private readonly coming: Promise<T | null>) {
    void coming.then((value) => (this.known = { value }));
  }

  /** Null while it is on its way. */
  get here(): { readonly value: T | null } | null {
    return this.known;
  }

  /** Waits for it, and after `limitMs` for no more: null. */
  within(limitMs: number, clock: Clock): Promise<T | null> {
    return new Promise((resolve) => {
      const cancel = clock.after(limitMs, () => resolve(null));
      void this.coming.then((value) => {
        cancel();
        resolve(value);
      });
    });
  }
}
