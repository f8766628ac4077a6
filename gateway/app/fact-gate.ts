import type { TelephonyFact } from '../ports/telephony.js';

export interface FactGateOptions {
  /** Done before a caller's arrival is passed on. Must not throw, and end soon. */
  readonly before: () => Promise<void>;
  readonly pass: (fact: TelephonyFact) => void;
}

/** Holds a caller back until something is known, and with it what happens to that call meanwhile: in order, and no other call waits. */
export class FactGate {
  private readonly held = new Map<string, TelephonyFact[]>();

  constructor(private readonly options: FactGateOptions) {}

  /** Callers who are held. */
  get size(): number {
    return this.held.size;
  }

  take(fact: TelephonyFact): void {
    const callId = fact.type === 'caller.arrived' ? fact.caller.callId : fact.callId;
    const waiting = this.held.get(callId);
    if (waiting !== undefined) waiting.push(fact);
    else if (fact.type === 'caller.arrived') void this.hold(callId, fact);
    else this.options.pass(fact);
  }

  private async hold(callId: string, first: TelephonyFact): Promise<void> {
    const waiting = [first];
    this.held.set(callId, waiting);
    await this.options.before();
    this.held.delete(callId);
    for (const fact of waiting) this.options.pass(fact);
  }
}
