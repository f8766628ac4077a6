import type { TelephonyFact } from '../../gateway/ports/telephony.js';

/** The facts at the Telephony port, kept for the test to read. */
export class KeptFacts {
  readonly all: TelephonyFact[] = [];

  keep(fact: TelephonyFact): void {
    this.all.push(fact);
  }

  /** Our name of the call with that Call-ID; null when it never arrived. */
  callIdOf(sipCallId: string): string | null {
    const arrival = this.all.find((fact) => fact.type === 'caller.arrived' && fact.caller.sipCallId === sipCallId);
    return arrival?.type === 'caller.arrived' ? arrival.caller.callId : null;
  }

  /** One line a fact of that call, without ids and times, in the order in which they came. */
  of(sipCallId: string): readonly string[] {
    const callId = this.callIdOf(sipCallId);
    return this.all.filter((fact) => (fact.type === 'caller.arrived' ? fact.caller.callId : fact.callId) === callId).map(textOf);
  }
}

function textOf(fact: TelephonyFact): string {
  switch (fact.type) {
    case 'caller.arrived':
      return `caller.arrived ${fact.caller.ani ?? 'anonymous'} -> ${fact.caller.dnis}`;
    case 'leg.digit':
      return `leg.digit ${legName(fact.legId)} ${fact.digit}`;
    case 'leg.held':
      return `leg.held ${legName(fact.legId)} ${fact.isHeld}`;
    case 'leg.hungUp':
      return `leg.hungUp ${legName(fact.legId)} by ${fact.by}: ${fact.cause}`;
    case 'call.taken':
      return 'call.taken';
  }
}

/** Legs end in `-c` (the caller), `-a1`, `-a2` … (the agents in the order of the offers) or `-t1` (where the caller was put through to). */
function legName(legId: string): string {
  const [, kind = '?', number = ''] = /-([cat])(\d*)$/.exec(legId) ?? [];
  return `${{ c: 'caller', a: 'agent', t: 'transfer' }[kind] ?? '?'}${number}`;
}
