import { EMPTY, freshAgent, listOf, readRoute, type Call, type Agent, type Lines, type Operation } from './oracle-model.js';
import { firstDue } from './oracle-picks.js';
import { Standing } from './oracle-standing.js';
import type { Service } from './universe.js';

/**
 * Plain arrays and scans: says for each operation what should come of it and which offers it should make. Shares nothing with the
 * scripts but the meaning of their arguments.
 */
export class Oracle extends Standing {
  constructor(private readonly pools: Service) {
    super();
  }

  /** What is wrong with the operation, or null. */
  judge(op: Operation): string | null {
    if (op.isRepeat) return null; // the checking script compares everything before and after
    this.now = Number(op.args[0]);
    this.made = [];
    this.taken = op.made;
    const expected = this.apply(op.verb, op.args.slice(1));
    const head = String(op.reply).split('\u001f')[0] ?? '';
    if (head !== expected) return `${op.verb} ${op.args.join(' ')}: answered ${head}, expected ${expected}`;
    const made = [...op.made].sort().join(' ');
    const wanted = [...this.made].sort().join(' ');
    return made === wanted ? null : `${op.verb} ${op.args.join(' ')}: made offers [${made}], expected [${wanted}]`;
  }

  private apply(verb: string, [a = '', b = '', c = '', d = '', e = '', f = '', g = '', h = '', i = '']: readonly string[]): string {
    switch (verb) {
      case 'arrive':
        return this.arrive(b, { route: d, ring: Number(f), isReturning: g !== '0', from: g.includes('/') ? g : null }, h);
      case 'abandon':
        return this.abandon(b, c);
      case 'drop':
        return this.drop(b, c);
      case 'accept':
        return this.accept(b, c);
      case 'release':
        return this.release(b, c, [Number(d), e, f]);
      case 'complete':
        return this.complete(b, c, [Number(d), Number(f), e]);
      case 'ready':
        return this.change(b, (agent) => {
          agent.want = '';
          const hasWorked = agent.phase === 'wrapUp';
          if (!['reserved', 'talking', 'ready', 'blocked'].includes(agent.phase)) this.settle(b, null, c);
          this.unblock(b, c, hasWorked);
        });
      case 'not-ready':
        return this.change(b, (agent) => {
          this.sendOn(b);
          if (agent.phase === 'reserved' || agent.phase === 'talking' || agent.phase === 'wrapUp') agent.want = 'notReady';
          else Object.assign(agent, { phase: 'notReady', want: '', isMissing: false });
        });
      case 'extend-wrap-up':
        return this.extend(b, Number(c));
      case 'end-wrap-up':
        return this.change(b, (agent) => {
          const hasWorked = agent.phase === 'wrapUp';
          if (hasWorked) this.settle(b, null, c);
          this.unblock(b, c, hasWorked);
        });
      case 'sign-in':
        return this.signIn(b, { pool: c, rank: e, offer: f, slots: g, blocks: listOf(h), others: listOf(i) });
      case 'logout':
        return this.logout(b, c);
      case 'reap':
        return this.reap(a, b);
      case 'forget':
        return String(this.forget(a));
      default:
        throw new Error(verb);
    }
  }

  private arrive(id: string, how: { route: string; ring: number; isReturning: boolean; from: string | null }, offer: string): string {
    const known = this.calls.get(id);
    if (how.from !== null && (known?.phase !== 'connected' || known.agent !== how.from)) return 'VG_NOT_QUEUED';
    if (known && ['queued', 'reserved'].includes(known.phase)) return this.reroute(id, known, how, offer);
    if (known && !how.isReturning) return 'VG_NOT_QUEUED';
    const { from } = how;
    if (from !== null) {
      this.close(from, id, () => this.settle(from, null, offer));
      this.unblock(from, offer, true);
    }
    const first = known !== undefined && known.order > 0 ? known : { order: (this.orders += 1), queuedAt: this.now };
    const call: Call = { ...EMPTY, phase: 'queued', route: readRoute(how.route, first.queuedAt), order: first.order, queuedAt: first.queuedAt, ring: how.ring, skip: known?.skip ?? new Map() };
    this.calls.set(id, call);
    this.placeCall(id, offer);
    return call.phase;
  }

  /** What a waiting call needs has changed; one that stands where it would by then stays as it is. */
  private reroute(id: string, call: Call, how: { route: string; ring: number }, offer: string): string {
    call.ring = how.ring;
    const route = readRoute(how.route, call.queuedAt);
    const [now, ...later] = route.slice(-call.route.length - 1);
    const isOnItsWay = now?.signature === call.signature && now.band === call.band && JSON.stringify(later) === JSON.stringify(call.route);
    if (isOnItsWay) return call.phase;
    call.route = route;
    if (call.phase === 'queued') this.placeCall(id, offer);
    return call.phase;
  }

  private abandon(id: string, offer: string): string {
    const call = this.calls.get(id);
    if (!call) this.calls.set(id, { ...EMPTY, skip: new Map() });
    if (!call || !['queued', 'reserved'].includes(call.phase)) return 'VG_NOT_QUEUED';
    const wasReserved = call.phase === 'reserved';
    call.phase = 'ended';
    if (wasReserved) {
      this.leases.delete(call.offer);
      call.offer = '';
      this.settle(call.agent, null, offer, true);
      this.unblock(call.agent, offer);
    }
    return String(this.now - call.queuedAt);
  }

  private drop(id: string, offer: string): string {
    const call = this.calls.get(id);
    if (!call) this.calls.set(id, { ...EMPTY, skip: new Map() });
    if (!call || call.phase === 'ended') return 'VG_NOT_QUEUED';
    const agent = this.agents.get(call.agent);
    this.leases.delete(call.offer);
    const waitMs = call.phase === 'connected' ? '' : String(this.now - call.queuedAt);
    Object.assign(call, { phase: 'ended', offer: '' });
    if (agent?.open.includes(id)) this.close(call.agent, id, () => this.settle(call.agent, null, offer, true));
    else if (agent?.call === id) this.settle(call.agent, null, offer, true);
    this.unblock(call.agent, offer);
    return waitMs;
  }

  private accept(offer: string, next: string): string {
    const call = [...this.calls.values()].find((one) => one.offer === offer && offer !== '' && ['reserved', 'connected'].includes(one.phase));
    if (!call) return 'VG_OFFER_LOST';
    const agent = this.agents.get(call.agent);
    if (call.phase === 'reserved' && agent) {
      Object.assign(call, { phase: 'connected', waited: this.now - call.queuedAt });
      this.leases.delete(offer);
      if (agent.slots === null) agent.phase = 'talking';
      else {
        agent.open.push(agent.call);
        this.settle(call.agent, null, next);
      }
    }
    return String((call as Call & { waited?: number }).waited);
  }

  private release(offer: string, why: string, [reofferMs, callOffer, agentOffer]: readonly [number, string, string]): string {
    const lease = this.leases.get(offer);
    if (!lease) return [...this.calls.values()].some((call) => call.phase === 'connected' && call.offer === offer) ? 'VG_OFFER_LOST' : 'ok';
    this.lose(lease, why, [callOffer, agentOffer], reofferMs);
    return 'ok';
  }

  private lose({ agent, call }: { agent: string; call: string }, why: string, [callOffer, agentOffer]: readonly [string, string], reofferMs = 0): void {
    const lost = this.calls.get(call);
    if (!lost) throw new Error(call);
    this.leases.delete(lost.offer);
    lost.offer = '';
    for (const [name, ends] of lost.skip) if (ends <= this.now) lost.skip.delete(name);
    lost.skip.set(agent, this.now);
    const staysReady = why === 'declined' || why === 'noService';
    if (staysReady) {
      lost.skip.set(agent, this.now + reofferMs);
      this.agents.get(agent)?.skip.set(call, this.now + reofferMs);
    }
    this.placeCall(call, callOffer);
    this.settle(agent, staysReady ? null : why === 'noAnswer' || why === 'expired' ? 'missed' : 'notReady', agentOffer);
    this.unblock(agent, agentOffer);
  }

  private extend(id: string, byMs: number): string {
    const agent = this.agents.get(id);
    if (!agent || agent.phase === 'loggedOut') return 'VG_AGENT_UNKNOWN';
    const until = Math.min(agent.until + byMs, agent.latest);
    if (agent.phase !== 'wrapUp' || until <= agent.until) return 'VG_AGENT_STATE';
    agent.until = until;
    this.due.set(id, until);
    return agent.phase;
  }

  private complete(id: string, agentId: string, [wrapUpMs, longestMs, offer]: readonly [number, number, string]): string {
    const agent = this.agents.get(agentId);
    const call = this.calls.get(id);
    const isTalking = agent?.phase === 'talking' && agent.call === id;
    if (call?.phase === 'connected' && call.agent === agentId) call.phase = 'ended';
    else if (!isTalking && !agent?.open.includes(id)) return 'VG_AGENT_STATE';
    if (agent?.open.includes(id)) this.close(agentId, id, () => this.settle(agentId, null, offer));
    this.unblock(agentId, offer, true);
    if (!agent || !isTalking) return agent?.phase ?? '';
    if (wrapUpMs > 0 && agent.want !== 'loggedOut') {
      Object.assign(agent, { phase: 'wrapUp', until: this.now + wrapUpMs, latest: this.now + longestMs });
      this.due.set(agentId, this.now + wrapUpMs);
    } else this.settle(agentId, null, offer);
    this.unblock(agentId, offer, true);
    return agent.phase;
  }

  private change(id: string, act: (agent: Agent) => unknown): string {
    const agent = this.agents.get(id);
    if (!agent || agent.phase === 'loggedOut') return 'VG_AGENT_UNKNOWN';
    act(agent);
    return agent.phase;
  }

  private signIn(id: string, { pool, rank, offer, ...seats }: { pool: string; rank: string; offer: string; slots: string; blocks: readonly string[]; others: readonly string[] }): string {
    const can: Lines = this.pools.get(pool) ?? new Map();
    const agent = this.agents.get(id);
    const given = { slots: seats.slots === '' ? null : Number(seats.slots), blocks: seats.blocks };
    const isOtherTurn = agent?.rank !== rank;
    if (agent && isOtherTurn) agent.seq = null;
    if (!agent || agent.phase === 'loggedOut') {
      this.agents.set(id, { ...freshAgent(agent, this.now), can, rank, ...given });
      return 'notReady';
    }
    Object.assign(agent, given);
    if (rank === '%' && agent.rank !== '%') Object.assign(agent, { signedIn: this.now, worked: 0, workBegan: null });
    agent.rank = rank;
    const isOther = isOtherTurn || agent.can !== can;
    agent.can = can;
    if (agent.want === 'loggedOut') agent.want = '';
    if (agent.phase === 'ready' && isOther) this.settle(id, null, offer, true);
    for (const other of seats.others) for (const pair of [[other, id], [id, other]] as const) this.adjust(pair, offer);
    return agent.phase;
  }

  private logout(id: string, offer: string): string {
    const agent = this.agents.get(id);
    if (!agent || agent.phase === 'loggedOut') return 'loggedOut';
    agent.want = 'loggedOut';
    this.sendOn(id);
    const hasWorked = agent.phase === 'wrapUp';
    if (agent.phase === 'reserved') this.lose({ agent: id, call: agent.call }, 'agentLeft', [offer, offer]);
    else if (agent.phase !== 'talking') this.settle(id, null, offer);
    this.unblock(id, offer, hasWorked);
    return agent.phase;
  }

  private reap(callOffer: string, agentOffer: string): string {
    const lease = firstDue([...this.leases], (one) => one.expires, this.now);
    if (lease) {
      this.lose(lease[1], 'expired', [callOffer, agentOffer]);
      return 'moved';
    }
    const relaxed = firstDue([...this.calls].filter(([, call]) => call.phase === 'queued' && call.route.length > 0), (call) => Math.min(this.sentOn.get(call) ?? Infinity, call.route[0]?.at ?? 0), this.now);
    if (relaxed) {
      this.placeCall(relaxed[0], callOffer);
      return 'moved';
    }
    const due = firstDue([...this.due], (at) => at, this.now);
    if (!due) return 'none';
    this.due.delete(due[0]);
    const agent = this.agents.get(due[0]);
    if (agent?.phase === 'wrapUp' && agent.until <= this.now) {
      this.settle(due[0], null, agentOffer);
      this.unblock(due[0], agentOffer, true);
    } else if (agent?.phase === 'ready') this.placeAgent(due[0], agentOffer);
    return 'moved';
  }

  private forget(id: string): number {
    const phase = this.calls.get(id)?.phase ?? 'ended';
    if (phase === 'ended') this.calls.delete(id);
    return phase === 'ended' ? 1 : 0;
  }
}
