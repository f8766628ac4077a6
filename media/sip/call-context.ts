import type { Call } from './call.js';
import type { Clock } from './clock.js';
import type { Credentials } from './digest.js';
import type { SipStack } from './stack.js';
import type { ServerTransaction, TimerSettings } from './transaction.js';
import type { Protocol } from './transport.js';

export type HeaderList = (readonly [string, string])[];

/** What a call needs from the user agent it belongs to. */
export interface CallContext {
  readonly stack: SipStack;
  readonly clock: Clock;
  readonly timers: TimerSettings;
  readonly credentials: Credentials | undefined;
  /** 0 up to 1. */
  random(): number;
  /** User-Agent. */
  commonHeaders(): HeaderList;
  /** Contact, Allow, Supported and User-Agent of an INVITE or its 2xx. */
  inviteHeaders(protocol: Protocol): HeaderList;
  /** Allow, Accept and Supported of an answer to OPTIONS. */
  optionsHeaders(): HeaderList;
  /** Answers a request that a call does not handle. */
  fallback(transaction: ServerTransaction): void;
  /** Makes the call reachable for requests in its dialog. */
  remember(call: Call): void;
  /** Something that closing the user agent should wait for: the answer to a BYE. */
  await(last: Promise<unknown>): void;
  /** The call is over. */
  forget(call: Call): void;
}
