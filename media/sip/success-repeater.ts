import { NamedTimers } from './clock.js';
import { parseCSeq, type SipRequest, type SipResponse } from './message.js';
import type { ServerTransaction, TransactionContext } from './transaction.js';

export interface RepeaterOptions {
  context: Pick<TransactionContext, 'clock' | 'timers'>;
  transaction: ServerTransaction;
  response: SipResponse;
  onAck(ack: SipRequest): void;
  /** No ACK within 64 T1: the call must be ended (RFC 3261 section 13.3.1.4). */
  onGiveUp(): void;
}

/** Sends a 2xx to an INVITE and repeats it until its ACK, over TCP too (RFC 3261 section 13.3.1.4). */
export class SuccessRepeater {
  private readonly timers: NamedTimers;
  private readonly cseq: number | undefined;
  private isDone = false;

  constructor(private readonly opts: RepeaterOptions) {
    const { t1Ms } = opts.context.timers;
    this.timers = new NamedTimers(opts.context.clock);
    this.cseq = parseCSeq(opts.transaction.request.headers)?.number;
    this.timers.set('giveUp', 64 * t1Ms, () => {
      this.stop();
      opts.onGiveUp();
    });
    this.repeat(t1Ms);
    opts.transaction.respond(opts.response);
  }

  /** Takes an ACK; false when it belongs to another INVITE or was taken before. */
  acknowledge(ack: SipRequest): boolean {
    if (this.isDone || parseCSeq(ack.headers)?.number !== this.cseq) return false;
    this.stop();
    this.opts.onAck(ack);
    return true;
  }

  get isWaiting(): boolean {
    return !this.isDone;
  }

  stop(): void {
    this.isDone = true;
    this.timers.clearAll();
  }

  private repeat(ms: number): void {
    this.timers.set('repeat', ms, () => {
      this.repeat(Math.min(ms * 2, this.opts.context.timers.t2Ms));
      this.opts.transaction.respond(this.opts.response);
    });
  }
}
