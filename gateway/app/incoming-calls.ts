import type { CallState } from '../core/call/call-state.js';
import { openCall } from '../core/call/reduce-call.js';
import type { NodeId } from '../core/ids.js';
import type { Log } from '../ports/log.js';
import type { IncomingCaller, Telephony } from '../ports/telephony.js';
import type { CallActor } from './call-actor.js';
import type { Centre, Flows } from './centre.js';

export interface IncomingCallsOptions {
  readonly telephony: Pick<Telephony, 'reject'>;
  readonly centre: Centre;
  readonly flows: Flows;
  readonly node: NodeId;
  readonly log: Log;
  /** Whether calls can be kept just now. */
  readonly mayTakeCalls: () => boolean;
  /** Makes the actor of a new call; null when its flow is not known here. */
  readonly open: (state: CallState) => CallActor | null;
}

/** Callers who arrive: refused, or a call on the flow of the number that they dialled. */
export class IncomingCalls {
  constructor(private readonly options: IncomingCallsOptions) {}

  arrived(caller: IncomingCaller): void {
    const { centre, flows, node } = this.options;
    const number = centre.number(caller.dnis);
    if (number === null) return this.refuse(caller, 404, 'Not Found');
    if (!this.options.mayTakeCalls()) return this.refuse(caller, 503, 'Service Unavailable', { 'Retry-After': '5' });
    const found = flows.choose(number.flowId, { ani: caller.ani, callId: caller.callId });
    if (found === null) return this.refuse(caller, 503, 'Service Unavailable');
    const { at, callId, legId, sipCallId, ani, dnis, arrival } = caller;
    const first = openCall({ type: 'caller.arrived', at, callId, legId, node, sipCallId, ani, dnis, flowId: number.flowId, flowVersion: found.version, ...(arrival === null ? {} : { arrival }) });
    const actor = this.options.open(first.state);
    if (actor === null) return this.refuse(caller, 503, 'Service Unavailable');
    actor.log.info({ dnis, flow: number.flowId }, 'call arrived');
    void actor.begin(first);
  }

  private refuse(caller: IncomingCaller, status: number, reason: string, headers: Readonly<Record<string, string>> = {}): void {
    const { telephony, log } = this.options;
    log.info({ sipCallId: caller.sipCallId, dnis: caller.dnis, status }, 'call refused');
    void telephony.reject(caller.legId, status, reason, headers);
  }
}
