import type { Channel } from '../core/acd/channels.js';
import type { CompletionFact, FactOfWait, NewFact } from '../core/acd/queue-fact.js';
import type { AgentState, CallerLoss, CallOrder, LaterRequirement, OfferLoss, Personal, QueueEvent, QueueRoster, QueueSnapshot, Requirement, SeatsState, SkillLevel, Strategy, WorkState } from '../core/acd/queue-types.js';
import type { Result } from '../core/errors.js';
import type { AgentId, CallId, Millis, NodeId, OfferId, QueueId, RequestId } from '../core/ids.js';

export interface Arrival extends Requirement {
  readonly requestId: RequestId;
  readonly callId: CallId;
  /** Default `voice`. */
  readonly channel?: Channel;
  readonly queue: QueueId;
  /** In the order of their times, at most 16. */
  readonly later?: readonly LaterRequirement[];
  readonly personal?: Personal;
  /** Default `longestIdle`. */
  readonly strategy?: Strategy;
  /** The node that drives the caller's leg. */
  readonly node: NodeId;
  /** How long an offer of this call may ring before it expires, ms. */
  readonly ringTimeoutMs: number;
  /**
   * Set when the call goes back to the head of its line (agent leg lost after `accept`): it keeps its first score and `queuedAt`.
   */
  readonly isReturning: boolean;
  /** An item goes back from this agent, in the same step; `VG_NOT_QUEUED` unless it is with them. */
  readonly from?: AgentId;
  /** Of a call that waited before: its place where the store no longer knows it. */
  readonly queuedAt?: Millis;
  /** Of a call that comes: where it would have to wait and so many do already it is refused as `full`, and nothing is changed. */
  readonly mostWaiting?: number;
  /** See `Queue`. */
  readonly fact?: Extract<NewFact, { type: 'call.arrived' }>;
}

export interface SignIn {
  readonly requestId: RequestId;
  readonly agentId: AgentId;
  /** The first is the agent's primary skill. */
  readonly skills: readonly SkillLevel[];
  /** Default `longestIdle`. */
  readonly strategy?: Strategy;
  /** Place among the agents, for the strategy `linear`; 0 = first. */
  readonly order?: number;
  /** The node that holds the agent's screen socket. */
  readonly node: NodeId;
  /** Default: the one voice seat, which blocks nothing. */
  readonly seats?: Seats;
  /** Nobody signs in anew. `wish`: an order to sign out, once what is open is over, stands. `signOut`: and who is signed out stays so. */
  readonly keeps?: 'wish' | 'signOut';
}

/** Seats of one channel. */
export interface Seats {
  readonly channel: Channel;
  readonly slots: number;
  /** Channels of the agent that get nothing while one of these seats is busy. */
  readonly blocks: readonly Channel[];
  /** The agent's other channels. */
  readonly beside: readonly Channel[];
}

/** An agent in one channel; default `voice`. */
interface InChannel {
  readonly requestId: RequestId;
  readonly agentId: AgentId;
  readonly channel?: Channel;
}

/** A talk as the process knows that drives its legs. */
export interface Talk {
  readonly requestId: RequestId;
  readonly callId: CallId;
  readonly queue: QueueId;
  readonly agentId: AgentId;
  readonly node: NodeId;
  readonly queuedAt: Millis;
  readonly waitMs: number;
}

export interface WaitingCall {
  readonly queue: QueueId;
  readonly position: number;
  readonly queuedAt: Millis;
}

/**
 * The distribution engine: one atomic script a transition (`routing.md` design M). Every command is idempotent on its request id:
 * a repeat returns the first result and changes nothing. Offers and state changes come back as events, never as return values.
 * A `fact` is written to the queue's log in the same step as the change that it tells of, and not again by a repeat.
 * A store that does not answer in time is `VG_STORE` (methods without a Result reject): try again with the same request id.
 */
export interface Queue {
  /**
   * Joins the line. A call that waits already (a new request id, another process) is taken over by `node`: place and offer stay, and an
   * open offer is told again to that node. `VG_NOT_QUEUED` when it talks or has ended,
   * `VG_TAKEN` when it is another node's by now.
   */
  arrive(arrival: Arrival): Promise<Result<{ readonly state: 'queued' | 'reserved' | 'full' }>>;
  /** The caller waits no longer: left while queued or reserved. `VG_NOT_QUEUED` when it already talks or is unknown, `VG_TAKEN` when it is another node's by now. `fact` is written for a call that already talks or never came as well: its caller is gone. */
  abandon(request: { readonly requestId: RequestId; readonly callId: CallId; readonly node: NodeId; readonly why: CallerLoss; readonly fact?: FactOfWait | undefined }): Promise<Result<{ readonly waitMs: number }>>;
  /** The agent's phone answered. `VG_OFFER_LOST` when the caller left or the lease ran out: the loser tears its leg down. */
  accept(request: { readonly requestId: RequestId; readonly offerId: OfferId; readonly fact?: FactOfWait<'call.answered'> }): Promise<Result<{ readonly waitMs: number }>>;
  /**
   * The offer ended without an answer; the caller keeps score and `queuedAt` and is offered on at once. `declined` and `noService` leave the agent ready
   * (for other calls: this one not again for a minimum interval), `noAnswer` and `expired` make it `notReady(rona)`, any other loss
   * `notReady(<why>)`. Ok also when the offer was over already; `VG_OFFER_LOST` when it was accepted.
   */
  release(request: { readonly requestId: RequestId; readonly offerId: OfferId; readonly why: OfferLoss }): Promise<Result<null>>;
  /**
   * The conversation ended: the agent goes to wrap-up for `wrapUpMs` (0 = straight to ready), which they may extend up to `longestWrapUpMs`
   * (default: not at all). Work of other channels has no wrap-up.
   */
  complete(request: InChannel & { readonly callId: CallId; readonly wrapUpMs: number; readonly longestWrapUpMs?: number; readonly fact?: CompletionFact | undefined }): Promise<Result<AgentState>>;
  /** Signs in (or re-binds to this node after a reconnect: the state is kept). A fresh sign-in starts in `notReady(signedIn)`. */
  signIn(request: SignIn): Promise<Result<AgentState>>;
  /** With `phone`, an address of record: `VG_PHONE_UNREGISTERED` unless that is registered, looked up in the same step. */
  ready(request: InChannel & { readonly phone?: string }): Promise<Result<AgentState>>;
  /** With `boundTo`, nothing while the agent is bound to another node: the screen came back there. */
  notReady(request: InChannel & { readonly reason: string; readonly boundTo?: NodeId }): Promise<Result<AgentState>>;
  /** After-call work is done (the disposition is filed): goes where the agent's last intent says, else to ready. A no-op outside wrap-up, and in that of another call than `callId`. */
  endWrapUp(request: { readonly requestId: RequestId; readonly agentId: AgentId; readonly callId?: CallId }): Promise<Result<AgentState>>;
  /** `VG_AGENT_STATE` when no wrap-up runs, or it is as long as it may be. */
  extendWrapUp(request: { readonly requestId: RequestId; readonly agentId: AgentId; readonly byMs: number }): Promise<Result<AgentState>>;
  logout(request: InChannel): Promise<Result<AgentState>>;
  /**
   * Expires leases (offers → `offer.lost expired` and RONA), ends wrap-ups and re-offer intervals that are over; a bounded batch. Returns
   * how many it moved. Call it at the times that events name (`expiresAt`, `until`) and now and then for what dead processes left.
   */
  reap(limit: number): Promise<number>;
  /** Place among those who wait in the same queue, or for the same agent, 1 = next. Null when the call is not waiting. */
  waiting(callId: CallId): Promise<WaitingCall | null>;
  snapshot(): Promise<QueueSnapshot>;
  /** Of the voice seat. */
  agentState(agentId: AgentId): Promise<AgentState>;
  seatsState(agentId: AgentId, channel: Channel): Promise<SeatsState>;
  workState(callId: CallId): Promise<WorkState>;
  /** Who is signed in, and of each line at most 1,000 calls, from that one on (default 0, with what is offered). */
  roster(from?: number): Promise<QueueRoster>;
  /** Passes an order on to the process that holds the call. `VG_NOT_QUEUED` when the call does not wait, `VG_REFUSED` when it is in that queue already. */
  order(callId: CallId, order: CallOrder): Promise<Result<null>>;
  /** A message to another node, which comes there as `node.message`, in order. False when there is no such node. */
  send(node: NodeId, text: string): Promise<boolean>;
  /** The node that holds the agent's screen, as the seats of that channel know (default `voice`); null = not known. */
  whereabouts(of: { readonly agentId: AgentId; readonly channel?: Channel }): Promise<NodeId | null>;
  /**
   * Ends a call for the queue whatever it does there; its agent is free. `waitMs`: how long it had waited, null when it did so no longer.
   * `VG_NOT_QUEUED` when it is over or unknown. `node`: asks for a call of its own, `VG_TAKEN` when it is another node's by now.
   * `fact`: of a call that waited yet.
   */
  drop(request: { readonly requestId: RequestId; readonly callId: CallId; readonly node?: NodeId; readonly fact?: FactOfWait | undefined }): Promise<Result<{ readonly waitMs: number | null }>>;
  /** States that a call talks with an agent, after the store lost what it knew; ends what contradicts it. `VG_TAKEN` when it is another node's by now. */
  assertTalk(talk: Talk): Promise<Result<null>>;
  /** Matches callers and able agents who were left apart, at most so many. Returns how many; 0 in normal operation. */
  sweep(limit: number): Promise<number>;
  /**
   * Reads this node's outbox until `signal` aborts; each event is handed over at least once, in order, also after a reconnect.
   */
  events(node: NodeId, onEvent: (event: QueueEvent) => Promise<void>, signal: AbortSignal): Promise<void>;
  /** Writes a fact that comes with no change to the log, before those of later orders of this process. */
  log(fact: NewFact): Promise<Result<null>>;
  /** Forgets what is kept about a finished call (else it goes by itself after a minute). False: it is not over, and stays. */
  forget(callId: CallId): Promise<boolean>;
  close(): Promise<void>;
}
