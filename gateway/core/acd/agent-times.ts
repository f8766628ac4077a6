import type { Millis } from '../ids.js';
import type { AgentFigures } from './figures.js';

export type AgentPhase = NonNullable<AgentFigures['phase']>;

interface Agent {
  phase: AgentPhase;
  reason: string | null;
  since: Millis;
  /** Up to when the time was told. */
  toldTo: Millis;
  /** Chats, e-mails and cases that the agent has open. */
  readonly open: Set<string>;
}

/** So long an agent did that. */
export type TellTime = (agentId: string, did: AgentPhase, span: { readonly from: Millis; readonly to: Millis }) => void;

/**
 * What agents do, and for how long. Whoever is ready for more while a chat, an e-mail or a case is open works: that time is told as
 * `blocked`, which is other work too. A wish to pause counts at once, as the agent's state does.
 */
export class AgentTimes {
  private readonly agents = new Map<string, Agent>();
  private readonly openBy = new Map<string, string>();

  constructor(private readonly tell: TellTime) {}

  /** @returns what ended, and when it began; null of an agent not seen before, and where the same goes on (a wrap-up that is made longer) */
  changed(agentId: string, { phase, reason, at }: { readonly phase: AgentPhase; readonly reason: string | null; readonly at: Millis }): { readonly phase: AgentPhase; readonly since: Millis } | null {
    const agent = this.agents.get(agentId);
    if (agent === undefined) {
      this.agents.set(agentId, { phase, reason, since: at, toldTo: at, open: new Set() });
      return null;
    }
    if (agent.phase === phase && agent.reason === reason && phase !== 'reserved') return null;
    this.tellUpTo(agentId, agent, at);
    const ended = { phase: agent.phase, since: agent.since };
    if (phase === 'loggedOut') for (const id of agent.open) this.closed(id, at);
    Object.assign(agent, { phase, reason, since: at });
    return ended;
  }

  opened(agentId: string, id: string, at: Millis): void {
    this.closed(id, at);
    const agent = this.agents.get(agentId);
    if (agent === undefined) return;
    this.tellUpTo(agentId, agent, at);
    agent.open.add(id);
    this.openBy.set(id, agentId);
  }

  /** Is over, or waits again. */
  closed(id: string, at: Millis): void {
    const agentId = this.openBy.get(id);
    const agent = this.agents.get(agentId ?? '');
    if (agentId === undefined || agent === undefined) return;
    this.tellUpTo(agentId, agent, at);
    agent.open.delete(id);
    this.openBy.delete(id);
  }

  /** Tells the time not told yet, and forgets nothing: for figures of now. */
  ongoing(now: Millis, tell: TellTime): void {
    for (const [agentId, agent] of this.agents) tell(agentId, activity(agent), { from: agent.toldTo, to: now });
  }

  stateOf(agentId: string): Pick<AgentFigures, 'phase' | 'reason' | 'since'> {
    const { phase = null, reason = null, since = null } = this.agents.get(agentId) ?? {};
    return { phase, reason, since };
  }

  phases(): readonly AgentPhase[] {
    return [...this.agents.values()].map(({ phase }) => phase);
  }

  /** Facts may come slightly out of order: no time is told twice. */
  private tellUpTo(agentId: string, agent: Agent, at: Millis): void {
    if (at <= agent.toldTo) return;
    this.tell(agentId, activity(agent), { from: agent.toldTo, to: at });
    agent.toldTo = at;
  }
}

const activity = ({ phase, open }: Agent): AgentPhase => (open.size > 0 && (phase === 'ready' || phase === 'reserved') ? 'blocked' : phase);
