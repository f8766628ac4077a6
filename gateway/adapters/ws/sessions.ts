import type { AgentId } from '../../core/ids.js';
import { CLOSE_CODES } from '../../core/screen/close-codes.js';
import type { ServerEvent } from '../../core/screen/messages.js';
import type { Clock } from '../../ports/clock.js';
import type { Log } from '../../ports/log.js';
import type { PushOutcome } from '../../ports/screens.js';
import { AgentSession, type Outlet } from './agent-session.js';
import type { ScreenLimits } from './limits.js';
import { frameOf } from './screen-socket.js';

/** How a socket is closed whose screen was opened anew. */
export const REPLACED = [CLOSE_CODES.replaced, 'opened in another window'] as const;

interface Entry {
  readonly session: AgentSession;
  cancelForget: () => void;
}

/** The sessions of all agents that have a screen here, or had one a short while ago. */
export class Sessions {
  private readonly entries = new Map<AgentId, Entry>();

  constructor(private readonly deps: { readonly clock: Clock; readonly log: Log; readonly limits: ScreenLimits }) {}

  /** The agent's session, made when there is none. */
  open(agentId: AgentId): AgentSession {
    const known = this.entries.get(agentId);
    if (known !== undefined) return known.session;
    const session = new AgentSession(this.deps.clock, this.deps.limits);
    this.entries.set(agentId, { session, cancelForget: () => undefined });
    return session;
  }

  attach(agentId: AgentId, outlet: Outlet): Outlet | null {
    const session = this.open(agentId);
    this.entries.get(agentId)?.cancelForget();
    return session.attach(outlet);
  }

  /** Takes a socket out; true when it was the agent's last one. The events are kept for `forgetAfterMs`. */
  detach(agentId: AgentId, outlet: Outlet): boolean {
    const entry = this.entries.get(agentId);
    if (entry === undefined) return false;
    entry.session.detach(outlet);
    if (entry.session.openSockets > 0) return false;
    entry.cancelForget();
    entry.cancelForget = this.deps.clock.after(this.deps.limits.forgetAfterMs, () => this.forget(agentId));
    return true;
  }

  /** The agent's screen was opened elsewhere: those here stop. */
  closeReplaced(agentId: AgentId): void {
    for (const outlet of this.entries.get(agentId)?.session.allOutlets() ?? []) outlet.close(...REPLACED);
  }

  forget(agentId: AgentId): void {
    const entry = this.entries.get(agentId);
    entry?.cancelForget();
    entry?.session.close();
    this.entries.delete(agentId);
  }

  closeAll(): void {
    for (const agentId of [...this.entries.keys()]) this.forget(agentId);
  }

  /** Numbers, keeps and sends an event. Null when it does not fit its schema (logged). */
  publish(session: AgentSession, event: ServerEvent): { readonly seq: number; readonly isSent: boolean } | null {
    const at = this.deps.clock.now();
    const frame = frameOf({ type: 'event', seq: session.lastSeq + 1, at, event }, this.deps.log);
    return frame === null ? null : session.publish(frame);
  }

  async push(agentId: AgentId, event: ServerEvent, ackWithinMs: number): Promise<PushOutcome> {
    const entry = this.entries.get(agentId);
    // Nobody signed in here lately: the next sign-in reads the whole present state, so nothing needs keeping.
    if (entry === undefined) return { sentAt: null, acknowledgedAt: null };
    const published = this.publish(entry.session, event);
    if (published === null) return { sentAt: null, acknowledgedAt: null };
    const sentAt = published.isSent ? this.deps.clock.now() : null;
    return { sentAt, acknowledgedAt: await entry.session.whenAcknowledged(published.seq, ackWithinMs) };
  }

  counts(): { readonly signedIn: number; readonly agents: number; readonly waiting: number } {
    const all = [...this.entries.values()].map((entry) => entry.session);
    return {
      signedIn: all.reduce((sum, session) => sum + session.openSockets, 0),
      agents: all.length,
      waiting: all.reduce((sum, session) => sum + session.waiting, 0),
    };
  }
}
