import type { ServerTransaction } from '../../sip/transaction.js';
import type { Application } from './applications.js';
import type { Dialog } from './dialog.js';

/** A provisional answer that was sent reliably and waits for its PRACK (RFC 3262). */
export interface Unacknowledged { readonly rseq: number; stop(): void }

/**
 * A request of the network that an application has to answer: the "transaction" of the drachtio protocol.
 *
 *   waiting --first 1xx--> early --final--> (forgotten)
 *     `--final, CANCEL, 64 s----------------^
 */
export interface Incoming {
  /** The transaction id that the application names in its answer. */
  readonly id: string;
  readonly tx: ServerTransaction;
  /** Whom it was given to; may be gone by now. */
  readonly app: Application;
  /** Whether it came inside a dialog. */
  readonly isInDialog: boolean;
  phase: 'waiting' | 'early';
  /** The dialog it came in, or, for an INVITE, the one its first answer made. */
  dialog: Dialog | undefined;
  unacknowledged: Unacknowledged | undefined;
  /** Number of its next reliable provisional answer. */
  nextRseq: number;
  /** UPDATE of the caller before the answer; the application answers it under the INVITE's transaction id. */
  update: ServerTransaction | undefined;
  /** Status of the final answer of the application. */
  answeredWith: number | undefined;
  /** Stops the 64 s clean-up of a request nobody answers. */
  stopTimer(): void;
}
