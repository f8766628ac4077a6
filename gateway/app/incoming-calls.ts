import type { CallState } from '../core/call/call-state.js';
import { openCall } from '../core/call/reduce-call.js';
import type { NewFact } from '../core/acd/queue-fact.js';
import type { NodeId } from '../core/ids.js';
import type { Log } from '../ports/log.js';
import type { IncomingCaller, Telephony } from '../ports/telephony.js';
import type { CallActor } from './call-actor.js';
import type { Blocked, Centre, Flows } from './centre.js';

export interface IncomingCallsOptions {
  readonly telephony: Pick<Telephony, 'reject'>;
  readonly centre: Centre;
  readonly flows: Flows;
  readonly node: NodeId;
  readonly log: Log;
  readonly record: (fact: NewFact) => void;
  /** Whether calls can be kept just now. */
  readonly mayTakeCalls: () => boolean;
  /** Makes the actor of a new call; null when its flow is not known here. */
  readonly open: (state: CallState) => CallActor | null;
}

/**
 * Callers who arrive: refused, or a call on the flow of the number that they dialled. A blocked number gets 603 (RFC 3261 section 21.6.2: the
 * callee does not wish to, and no other place is to be tried), one that is withheld 433 (RFC 5079 section 5), both before any media.
 */
export class IncomingCalls {
  constructor(private readonly options: IncomingCallsOptions) {}

  arrived(caller: IncomingCaller): void {
    const { centre, flows, node } = this.options;
    const number = centre.number(caller.dnis);
    if (number === null) return this.refuse(caller, 404, 'Not Found');
    const blocked = centre.blocked(caller.ani);
    if (blocked !== null) this.noteBlocked(caller, blocked);
    if (blocked?.flowId === null) return blocked.why === 'withheld' ? this.refuse(caller, 433, 'Anonymity Disallowed') : this.refuse(caller, 603, 'Decline');
    const flowId = blocked?.flowId ?? number.flowId;
    if (!this.options.mayTakeCalls()) return this.refuse(caller, 503, 'Service Unavailable', { 'Retry-After': '5' });
    const found = flows.choose(flowId, { ani: caller.ani, callId: caller.callId });
    if (found === null) return this.refuse(caller, 503, 'Service Unavailable');
    const { at, callId, legId, sipCallId, ani, dnis, arrival } = caller;
    const first = openCall({ type: 'caller.arrived', at, callId, legId, node, sipCallId, ani, dnis, flowId, flowVersion: found.version, ...(arrival === null ? {} : { arrival }) });
    const actor = this.options.open(first.state);
    if (actor === null) return this.refuse(caller, 503, 'Service Unavailable');
    actor.log.info({ dnis, flow: flowId }, 'call arrived');
    void actor.begin(first);
  }

  /** For the figures: such a caller is neither served nor abandoned. Their number is not in it. */
  private noteBlocked({ callId, at, dnis }: IncomingCaller, { why, flowId }: Blocked): void {
    this.options.record({ type: 'caller.blocked', id: `${callId}:blocked`, at, callId, number: dnis, why, was: flowId === null ? 'refused' : 'told' });
  }

  private refuse(caller: IncomingCaller, status: number, reason: string, headers: Readonly<Record<string, string>> = {}): void {
    const { telephony, log } = this.options;
    log.info({ sipCallId: caller.sipCallId, dnis: caller.dnis, status }, 'call refused');
    void telephony.reject(caller.legId, status, reason, headers);
  }
}
