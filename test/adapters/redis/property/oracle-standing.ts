import { isBlocked, turnOf, type Agent, type Call } from './oracle-model.js';
import { ableFor, bringUpToDate, lowest, byShare, waitingFor } from './oracle-picks.js';

/** Why an agent is not ready any more: `missed` = nobody answered. */
export type Reason = 'notReady' | 'missed';

/** Who is where, and what follows from a change: places, offers, and what blocks what. */
export class Standing {
  protected readonly agents = new Map<string, Agent>();
  protected readonly calls = new Map<string, Call>();
  protected readonly due = new Map<string, number>();
  /** Calls that waited for an agent who goes, and since when: the next reap looks at them. */
  protected readonly sentOn = new Map<Call, number>();
  protected readonly leases = new Map<string, { agent: string; call: string; expires: number }>();
  protected taken: readonly string[] = [];
  protected made: string[] = [];
  protected now = 0;
  protected orders = 0;
  protected seqs = 0;

  protected settle(id: string, reason: Reason | null, offer: string, keepsPlace = false): void {
    const agent = this.agents.get(id);
    if (!agent) throw new Error(id);
    const { want } = agent;
    Object.assign(agent, { want: '', call: '', offer: '' });
    if (!keepsPlace) agent.seq = null;
    if (agent.rank === '%' && agent.workBegan !== null) Object.assign(agent, { worked: agent.worked + Math.max(0, this.now - agent.workBegan), workBegan: null });
    // Who signs out with work open stays for that alone.
    const staysForWork = want === 'loggedOut' && agent.open.length > 0;
    agent.isMissing = reason === 'missed' && want === '';
    if (staysForWork) Object.assign(agent, { phase: 'notReady', want });
    else if (want || reason) agent.phase = want || 'notReady';
    if (staysForWork || want || reason) this.sendOn(id);
    else if (agent.slots !== null && agent.open.length >= agent.slots) agent.phase = 'talking';
    else if (isBlocked(this.agents, id)) agent.phase = 'blocked';
    else {
      if (agent.seq === null) agent.seq = turnOf(agent) ?? (this.seqs += 1);
      this.placeAgent(id, offer);
    }
  }

  /** A call that is open among others is over. */
  protected close(id: string, call: string, settle: () => void): void {
    const agent = this.agents.get(id);
    if (!agent) throw new Error(id);
    agent.open = agent.open.filter((one) => one !== call);
    if (agent.phase === 'talking' || (agent.want === 'loggedOut' && agent.open.length === 0)) settle();
  }

  /** I14: what an agent's seats of one channel no longer block may be offered work; with a new turn after work. */
  protected unblock(id: string, offer: string, hasWorked = false): void {
    for (const other of this.agents.get(id)?.blocks ?? []) this.adjust([other, id], offer, !hasWorked);
  }

  /** Who left what blocked it unanswered is not there for this either. */
  protected adjust([id, blocker]: readonly [string, string], offer: string, keepsPlace = true): void {
    const [agent, by] = [this.agents.get(id), this.agents.get(blocker)];
    const reason = by?.phase === 'notReady' && by.isMissing ? 'missed' : null;
    if (agent?.phase === 'blocked' && !isBlocked(this.agents, id)) this.settle(id, reason, offer, keepsPlace);
    else if (agent?.phase === 'ready' && isBlocked(this.agents, id)) agent.phase = 'blocked';
  }

  protected sendOn(id: string): void {
    for (const call of this.calls.values()) if (call.phase === 'queued' && call.signature === `@${id}`) this.sentOn.set(call, Math.min(this.sentOn.get(call) ?? Infinity, this.now));
  }

  protected placeCall(id: string, offer: string): void {
    const call = this.calls.get(id);
    if (!call) throw new Error(id);
    this.sentOn.delete(call);
    bringUpToDate(call, this.agents, this.now);
    const able = ableFor(call, this.agents, this.now);
    const madeAs = (agent: string) => `${offer}|${agent}|${id}`;
    const first = lowest(able, this.taken, madeAs);
    const best = first === undefined || call.signature.startsWith('@') ? first : lowest(byShare([first, able], this.agents, this.now), this.taken, madeAs);
    if (best !== undefined) this.reserve(id, best, offer);
    else Object.assign(call, { phase: 'queued', agent: '', offer: '' });
  }

  protected placeAgent(id: string, offer: string): void {
    const agent = this.agents.get(id);
    if (!agent) throw new Error(id);
    const best = lowest(waitingFor([id, agent], this.calls, this.now), this.taken, (call) => `${offer}|${id}|${call}`);
    if (best !== undefined) return this.reserve(best, id, offer);
    agent.phase = 'ready';
    const ends = [...agent.skip.values()].filter((at) => at > this.now);
    if (ends.length > 0) this.due.set(id, Math.min(...ends));
  }

  protected reserve(call: string, agent: string, token: string): void {
    const offer = `${token}.${call}`;
    const ring = this.calls.get(call)?.ring ?? 0;
    Object.assign(this.calls.get(call) ?? {}, { phase: 'reserved', agent, offer });
    Object.assign(this.agents.get(agent) ?? {}, { phase: 'reserved', call, offer, workBegan: this.now });
    this.unblock(agent, token);
    this.leases.set(offer, { agent, call, expires: this.now + ring });
    this.made.push([token, agent, call].join('|'));
  }
}
