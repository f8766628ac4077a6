import type { Figures } from '../core/acd/figures.js';
import type { Result } from '../core/errors.js';
import type { AgentId, Millis } from '../core/ids.js';
import type { ClientMessage, ServerEvent, ServerMessage } from '../core/screen/messages.js';

/** A command that an agent's screen sent, already schema-checked (without those that the adapter handles). */
export type AgentCommand = Exclude<ClientMessage, { type: 'signIn' | 'ack' | 'ping' | 'watchFigures' }>;

export type CommandResult = { readonly ok: true } | { readonly ok: false; readonly error: { readonly code: string; readonly detail: string } };

/** What a screen is told when it signed in; the adapter adds `re` and `session`. */
export type Welcome = Omit<Extract<ServerMessage, { type: 'welcome' }>, 'type' | 're' | 'session'>;

export interface PushOutcome {
  /** When the event left for the first open socket; null while none is open. */
  readonly sentAt: Millis | null;
  readonly acknowledgedAt: Millis | null;
}

/** The sockets of the agents' screens on this node. Events get a sequence number, are kept, and are replayed after a reconnect. */
export interface Screens {
  /**
   * Sends an event to the agent's screen. Resolves with the time the client acknowledged it, or null when no acknowledgement
   * came within `ackWithinMs` (the event stays queued for replay); 0 does not wait. Never rejects.
   */
  push(agentId: AgentId, event: ServerEvent, ackWithinMs: number): Promise<PushOutcome>;
}

/** This node's own. */
export interface LocalScreens extends Screens {
  /** Closes the agent's sockets here: the screen was opened at another node. */
  closeReplaced(agentId: AgentId): void;
}

/** What the screen adapter asks the application. */
export interface ScreenHost {
  /**
   * Checks the token (in constant time). `VG_SIGN_IN` = refused for good; `VG_STORE` = try again later. `isBack`: the screen was here before
   * and comes back by itself, so whoever is signed out by now stays so.
   */
  signIn(token: string, how: { readonly isBack: boolean }): Promise<Result<{ readonly agentId: AgentId; readonly welcome: Welcome }>>;
  /** The events that show the whole present state to a freshly connected screen (agent state, the open offer, talk or wrap-up). */
  presentState(agentId: AgentId): Promise<readonly ServerEvent[]>;
  command(agentId: AgentId, command: AgentCommand): Promise<CommandResult>;
  /** Shows the figures of the day so far at once, and again when they change. Returns what ends it. */
  watchFigures(show: (figures: Figures) => void): () => void;
  /** The last socket of this agent closed. */
  disconnected(agentId: AgentId): void;
}
