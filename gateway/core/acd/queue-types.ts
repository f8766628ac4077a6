import type { Channel, ItemChannel } from './channels.js';
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

/** What a waiting caller needs from a moment on, and the priority band. */
export interface Requirement {
  /** All of them, at their levels. */
  readonly needs: readonly SkillNeed[];
  /** Up to three more skills, the first counts most: among idle agents who can, those who have them are taken first. */
  readonly preferred?: readonly SkillNeed[];
  /** Priority band 0 (highest) to 511. */
  readonly band: number;
}

/** A change of what a call needs as its wait grows: a relaxation, or the next band (ageing). The call keeps its place in the band. */
export interface LaterRequirement extends Requirement {
  /** After `queuedAt`, ms. */
  readonly afterMs: number;
}

/** Whom a caller would best like to talk to. `agentId` null: whoever spoke to the customer last. */
export interface AgentWish {
  readonly agentId: AgentId | null;
  /** How long the call waits for this agent alone, ms. */
  readonly forMs: number;
}

/** An agent to be waited for first: the one of last time, a named one, the owner of the matter. */
export interface Personal {
  readonly agentId: AgentId;
  /** How long the call waits for this agent alone, from `queuedAt`. Not while they are signed out, have a pause or want one next; not after they were offered it. */
  readonly forMs: number;
}

/**
 * Who is taken when several agents are idle, or several calls wait. One per contact centre. `longestIdle`, `leastOccupied` (share of the
 * time signed in that was spent on calls) and `linear` (by the agent's place in the file) set the order of idle agents; `mostSkilled` and
 * `primaryFirst` go before longest idle: agents with the highest levels in what the call needs; calls that need the agent's first skill.
 */
export const STRATEGIES = ['longestIdle', 'leastOccupied', 'linear', 'mostSkilled', 'primaryFirst'] as const;
export type Strategy = (typeof STRATEGIES)[number];

/** Why this agent: what the script saw when it decided. */
export interface Assignment {
  /** What happened: a call came to idle agents, an agent came to waiting calls, or the call waited for this agent. */
  readonly trigger: 'callCame' | 'agentCame' | 'personal';
  /** How many others were in the running: idle agents who can, or waiting calls that the agent can serve. 0 for a call that waited for this agent. */
  readonly alternatives: number;
  /** There were still more, which were not counted. */
  readonly hasMore: boolean;
  /** Changes of the requirement that the wait had brought. */
  readonly relaxations: number;
}

/** What waits and who is there, at one moment. */
export interface QueueSnapshot {
  readonly lines: readonly Line[];
  readonly pools: readonly Pool[];
}

/** Calls of one queue with the same needs, or who wait for the same agent first. */
export interface Line {
  /** Of the signature; `@agent` for a personal line. */
  readonly id: string;
  /** Canonical text of the signature (see skills.ts); '' for a personal line. */
  readonly text: string;
  readonly queue: string;
  readonly waiting: number;
}

/** Agents with the same skills who are signed in. */
export interface Pool {
  readonly id: string;
  readonly text: string;
  readonly notReady: number;
  /** Ready, or with a call, or after one. */
  readonly working: number;
  readonly idle: number;
}

/** Everybody signed in, and every call that waits or is offered. */
export interface QueueRoster {
  /** Once for each channel in which the agent is signed in. */
  readonly agents: readonly { readonly agentId: AgentId; readonly channel: Channel; readonly node: NodeId; readonly state: AgentState }[];
  readonly calls: readonly {
    readonly callId: CallId;
    readonly channel: Channel;
    readonly queue: QueueId;
    readonly node: NodeId;
    readonly queuedAt: Millis;
    readonly band: number;
    /** What it needs just now. */
    readonly needs: readonly SkillNeed[];
    /** The one agent it waits for just now, if it does. */
    readonly waitsFor: AgentId | null;
    /** Null while it waits. */
    readonly offeredTo: AgentId | null;
  }[];
}

/** A callback that is in no line: the customer was not reached, or is not to be rung at this time of day. */
export interface RestingCallback {
  readonly callId: CallId;
  /** The customer's, masked. */
  readonly number: string;
  readonly queue: QueueId;
  readonly node: NodeId;
  /** The place that it keeps. */
  readonly queuedAt: Millis;
  /** Null: once the hours of the queue's callbacks begin. */
  readonly nextTryAt: Millis | null;
  /** Those that did not reach the customer. */
  readonly tries: number;
}

/** A gateway, for operators. */
export interface GatewayState {
  readonly node: NodeId;
  /** That it has, in a flow, in line or in a talk: not callbacks that rest. */
  readonly calls: number;
  /** It takes no more callers. */
  readonly isDrained: boolean;
}

/** All that operators see. */
export interface OperatorRoster extends QueueRoster {
  /** The gateways that live. */
  readonly nodes: readonly GatewayState[];
  readonly callbacks: readonly RestingCallback[];
}

/** What an operator orders about a waiting call: `drop` = the number's last resort. `supersede`: a callback whose customer came by themselves. */
export type CallOrder = { readonly do: 'drop' | 'supersede' } | { readonly do: 'move'; readonly queue: QueueId };

/**
 * Of the voice seat; of an agent without voice what the seats for items say together (state-of-seats.ts). `blocked`: ready, but other work
 * leaves no room.
 */
export type AgentState =
  | { readonly phase: 'loggedOut' }
  | { readonly phase: 'notReady'; readonly reason: string; readonly since: Millis }
  | { readonly phase: 'ready'; readonly since: Millis }
  | { readonly phase: 'blocked'; readonly since: Millis }
  | { readonly phase: 'reserved'; readonly offerId: OfferId; readonly callId: CallId; readonly since: Millis }
  | { readonly phase: 'talking'; readonly callId: CallId; readonly since: Millis }
  /** `latest`: until when the agent can make it last; a release before does not say. */
  | { readonly phase: 'wrapUp'; readonly callId: CallId; readonly until: Millis; readonly since: Millis; readonly latest?: Millis };

/** An agent's seats of one channel for items: what comes next (`full`: all slots are taken), and what is open meanwhile. */
export interface SeatsState {
  readonly phase: 'loggedOut' | 'notReady' | 'ready' | 'blocked' | 'reserved' | 'full';
  readonly since: Millis;
  /** Why not ready; '' otherwise. */
  readonly reason: string;
  /** Reason of the pause that the agent wants as soon as what they have allows it; null = none. */
  readonly wish: string | null;
  readonly offer: { readonly offerId: OfferId; readonly callId: CallId; readonly expiresAt: Millis } | null;
  readonly open: readonly CallId[];
}

/** What the queue knows of a piece of work. One that is over is forgotten after a minute: then it is `unknown`. */
export interface WorkState {
  readonly phase: 'queued' | 'offered' | 'open' | 'ended' | 'unknown';
  /** Whom it is offered to, or who has or had it. */
  readonly agentId: AgentId | null;
  /** From arrival to acceptance or end; null before. */
  readonly waitMs: number | null;
}

/** Why an offer ended without a conversation. `noService`: our own SIP or media server could not ring the phone, which is no fault of the agent's. */
export type OfferLoss = 'declined' | 'busy' | 'noAnswer' | 'legFailed' | 'noService' | 'expired' | 'agentLeft' | CallerLoss;

/** What became of the caller meanwhile: hung up, connection broken, sent elsewhere, or the customer of a callback who was not reached. */
export type CallerLoss = 'callerLeft' | 'cutOff' | 'elsewhere' | 'notReached';

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
      readonly assignment: Assignment;
    }
  | { readonly type: 'offer.lost'; readonly offerId: OfferId; readonly callId: CallId; readonly agentId: AgentId; readonly why: OfferLoss; readonly at: Millis }
  /** Of work of another channel: to the node that took it in and to that of the agent's screen. */
  | {
      readonly type: 'item.offered';
      readonly offerId: OfferId;
      readonly callId: CallId;
      readonly agentId: AgentId;
      readonly channel: ItemChannel;
      readonly queue: QueueId;
      readonly at: Millis;
      readonly agentNode: NodeId;
    }
  | { readonly type: 'item.offerLost'; readonly offerId: OfferId; readonly callId: CallId; readonly agentId: AgentId; readonly channel: ItemChannel; readonly why: OfferLoss; readonly at: Millis }
  /** Something changed at an agent's seats of that channel: look at them anew. */
  | { readonly type: 'seats.changed'; readonly agentId: AgentId; readonly channel: ItemChannel; readonly at: Millis }
  /** The agent's screen is at another node now. */
  | { readonly type: 'agent.moved'; readonly agentId: AgentId; readonly at: Millis }
  | { readonly type: 'call.ordered'; readonly callId: CallId; readonly order: CallOrder; readonly at: Millis }
  /** From another node, see `send`. */
  | { readonly type: 'node.message'; readonly text: string; readonly at: Millis }
  | { readonly type: 'agent.changed'; readonly agentId: AgentId; readonly state: AgentState; readonly at: Millis };
