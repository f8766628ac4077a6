import type { InviteResult } from './call-events.js';
import type { Clock } from './clock.js';
import type { SipResponse } from './message.js';

/** How often a re-INVITE is tried again after 491. */
const MAX_GLARE_RETRIES = 4;

export interface SessionChangesOptions {
  clock: Clock;
  random(): number;
  /** Whether this side made the Call-ID, which decides who waits longer. */
  ownsCallId(): boolean;
  /** Whether the call is up and stays so. */
  isPossible(): boolean;
  /** Whether a re-INVITE of the peer waits for our answer. */
  isPeerChanging(): boolean;
  /** Sends one re-INVITE; `done` gets its final answer after it was acted on. */
  transmit(sdp: string, done: (response: SipResponse) => void): void;
}

/** Our re-INVITEs of one call: one at a time, tried again when both sides asked at once (RFC 3261 section 14.1). */
export class SessionChanges {
  /** A re-INVITE of ours waits for its final answer. */
  isUnderWay = false;
  private endPause: (() => void) | undefined;

  constructor(private readonly opts: SessionChangesOptions) {}

  /** Resolves when the peer took or refused it; with 481 when the call ends first, 491 when another change is under way. */
  async send(sdp: string): Promise<InviteResult> {
    for (let tries = 0; ; tries++) {
      if (!this.opts.isPossible()) return { ok: false, status: 481 };
      if (this.isUnderWay || this.opts.isPeerChanging()) return { ok: false, status: 491 };
      const response = await this.once(sdp);
      if (response.status < 300) return this.opts.isPossible() ? { ok: true, sdp: response.body } : { ok: false, status: 481 };
      if (response.status !== 491 || tries >= MAX_GLARE_RETRIES) return { ok: false, status: response.status };
      await this.pause();
    }
  }

  /** The call is over: nothing is tried again. */
  stop(): void {
    this.endPause?.();
  }

  private once(sdp: string): Promise<SipResponse> {
    return new Promise((resolve) => {
      this.isUnderWay = true;
      this.opts.transmit(sdp, (response) => {
        this.isUnderWay = false;
        resolve(response);
      });
    });
  }

  /** The owner of the Call-ID waits 2.1 to 4 s, the other side up to 2 s, in steps of 10 ms. */
  private pause(): Promise<void> {
    const [fromMs, steps] = this.opts.ownsCallId() ? [2100, 190] : [0, 200];
    return new Promise((resolve) => {
      const cancel = this.opts.clock.setTimer(fromMs + 10 * Math.floor(this.opts.random() * (steps + 1)), resolve);
      this.endPause = () => {
        cancel();
        resolve();
      };
    });
  }
}
