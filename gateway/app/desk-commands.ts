import type { CallEvent } from '../core/call/call-events.js';
import type { CallState } from '../core/call/call-state.js';
import type { AgentId, CallId, OfferId } from '../core/ids.js';
import type { ServerEvent } from '../core/screen/messages.js';
import type { Clock } from '../ports/clock.js';
import type { CommandResult } from '../ports/screens.js';
import type { DeskCalls } from './agent-desk.js';
import type { CallActor } from './call-actor.js';

export interface DeskCommandsOptions {
  /** The calls of this process. */
  readonly actors: ReadonlyMap<CallId, CallActor>;
  /** What the agent's screen shows of a call just now. */
  readonly openFor: (agentId: AgentId) => readonly ServerEvent[];
  readonly clock: Clock;
}

/** Agents' commands about calls: each goes to the call that it means, as an event. */
export class DeskCommands implements DeskCalls {
  constructor(private readonly options: DeskCommandsOptions) {}

  accept(agentId: AgentId, offerId: OfferId): Promise<CommandResult> {
    return this.command((call) => hasOffer(call, offerId), (at) => ({ type: 'agent.accepted', at, agentId, offerId }));
  }

  decline(agentId: AgentId, offerId: OfferId): Promise<CommandResult> {
    return this.command((call) => hasOffer(call, offerId), (at) => ({ type: 'agent.declined', at, agentId, offerId }));
  }

  hangUp(agentId: AgentId, callId: CallId): Promise<CommandResult> {
    return this.command((call) => call.callId === callId && talksTo(call, agentId), (at) => ({ type: 'agent.hungUp', at, agentId }));
  }

  wrapUp(agentId: AgentId, callId: CallId, filed: { readonly disposition: string | null; readonly note: string }): Promise<CommandResult> {
    const isTheirs = (call: CallState) => call.callId === callId && call.activity.phase === 'wrapUp' && call.activity.agentId === agentId;
    return this.command(isTheirs, (at) => ({ type: 'agent.filed', at, agentId, ...filed }));
  }

  openOffer(agentId: AgentId): readonly ServerEvent[] {
    return this.options.openFor(agentId);
  }

  private async command(isMeant: (call: CallState) => boolean, event: (at: number) => CallEvent): Promise<CommandResult> {
    const { actors, clock } = this.options;
    const actor = [...actors.values()].find((candidate) => isMeant(candidate.state));
    // Another process may have taken the call: then the command goes on to that one.
    if (actor === undefined || !(await actor.isOwn())) return { ok: false, error: { code: 'VG_OFFER_LOST', detail: 'The call is no longer there.' } };
    actor.dispatch(event(clock.now()));
    return { ok: true };
  }
}

const hasOffer = (call: CallState, offerId: OfferId): boolean =>
  (call.activity.phase === 'waiting' && call.activity.offer?.offerId === offerId) || ((call.activity.phase === 'conversation' || call.activity.phase === 'calling') && call.activity.offerId === offerId);

const talksTo = (call: CallState, agentId: AgentId): boolean => (call.activity.phase === 'conversation' || call.activity.phase === 'calling') && call.activity.agentId === agentId;
