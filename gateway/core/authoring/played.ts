import type { VirtualCall } from './virtual-call.js';

/** A call as it was played to its end. */
export interface Played {
  readonly call: VirtualCall;
  readonly hasHungUp: boolean;
}

/** What a test expected, at its place in the file, and what was instead. */
export interface Failure {
  readonly path: readonly (string | number)[];
  readonly expected: string;
  readonly actual: string;
}
