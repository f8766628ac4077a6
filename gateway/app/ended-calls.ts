import type { EndReason } from '../core/call/end-reason.js';

const KEPT = 1_000;

/** How the last calls ended, by SIP Call-ID, for testers and operators who ask right afterwards. */
export class EndedCalls {
  private readonly ends = new Map<string, EndReason>();

  note(sipCallId: string, end: EndReason): void {
    this.ends.set(sipCallId, end);
    const [oldest] = this.ends.keys();
    if (this.ends.size > KEPT && oldest !== undefined) this.ends.delete(oldest);
  }

  find(sipCallId: string): EndReason | null {
    return this.ends.get(sipCallId) ?? null;
  }
}
