import type { AgentId, CallId, Millis, NodeId, OfferId, QueueId } from '../ids.js';

/** A required skill; the agent's level must be at least `minLevel` (1-10). */
export interface SkillNeed {
  readonly skill: string;
  readonly minLevel: number;
}

/** An agent's skill with its level (1-10). */
export interface SkillLevel {
  readonly skill: string;
  readonly level: number;
}

export type AgentState =
  | { readonly phase: 'loggedOut' }
  | { readonly phase: 'notReady'; readonly reason: string; readonly since: Millis }
  | { readonly phase: 'ready'; readonly since: Millis }
  | { readonly phase: 'reserved'; readonly offerId: OfferId; readonly callId: CallId; readonly since: Millis }
  | { readonly phase: 'talking'; readonly callId: CallId; readonly since: Millis }
  | { readonly phase: 'wrapUp'; readonly callId: CallId; readonly until: Millis; readonly since: Millis };

/** Why an offer ended without a conversation. */
export type OfferLoss = 'declined' | 'busy' | 'noAnswer' | 'legFailed' | 'expired' | 'callerLeft' | 'agentLeft';

/** Facts that the queue's scripts write into the outboxes of the nodes concerned, in the same step as the change. */
export type QueueEvent =
  | {
      readonly type: 'offer.made';
      readonly offerId: OfferId;
      readonly callId: CallId;
      readonly agentId: AgentId;
      readonly queue: QueueId;
      readonly at: Millis;
      readonly expiresAt: Millis;
      readonly queuedAt: Millis;
      /** Who drives the caller's leg and who holds the agent's screen. */
      readonly callNode: NodeId;
      readonly agentNode: NodeId;
    }
  | { readonly type: 'offer.lost'; readonly offerId: OfferId; readonly callId: CallId; readonly agentId: AgentId; readonly why: OfferLoss; readonly at: Millis }
  | { readonly type: 'agent.changed'; readonly agentId: AgentId; readonly state: AgentState; readonly at: Millis };
