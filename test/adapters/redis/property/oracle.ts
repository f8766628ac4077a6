/** One executed script, in the order in which Redis executed them. */
export interface Operation {
  readonly verb: string;
  readonly args: readonly string[];
  readonly reply: unknown;
  readonly isRepeat: boolean;
  /** Offers that exist since this step: token, agent, call. */
  readonly made: readonly string[];
}

interface Agent {
  phase: string;
  can: ReadonlySet<string>;
  seq: number;
  call: string;
  offer: string;
  want: string;
  until: number;
  skip: Map<string, number>;
}
interface Call {
  phase: string;
  signature: string;
  band: number;
  order: number;
  queuedAt: number;
  ring: number;
  agent: string;
  offer: string;
  skip: Map<string, number>;
}

/**
 * Plain arrays and scans: says for each operation what should come of it and which offers it should make. Shares nothing with the
 * scripts but the meaning of their arguments.
 */
export class Oracle {
  private readonly agents = new Map<string, Agent>();
  private readonly calls = new Map<string, Call>();
  private readonly due = new Map<string, number>();
  private readonly leases = new Map<string, { agent: string; call: string; expires: number }>();
  private readonly pools = new Map<string, ReadonlySet<string>>();
  private made: string[] = [];
  private now = 0;
  private orders = 0;
  private seqs = 0;

  constructor(can: ReadonlyMap<string, readonly string[]>) {
    for (const [pool, signatures] of can) this.pools.set(pool, new Set(signatures));
  }

  /** What is wrong with the operation, or null. */
  judge(op: Operation): string | null {
    if (op.isRepeat) return null; // the checking script compares everything before and after
    this.now = Number(op.args[0]);
    this.made = [];
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
        return this.arrive(b, { signature: d, band: Number(e), ring: Number(g), isReturning: h === '1' }, i);
      case 'abandon':
        return this.abandon(b, c);
      case 'accept':
        return this.accept(b);
      case 'release':
        return this.release(b, c, [Number(d), e, f]);
      case 'complete':
        return this.complete(b, c, [Number(d), e]);
      case 'ready':
        return this.change(b, (agent) => {
          agent.want = '';
          if (!['reserved', 'talking', 'ready'].includes(agent.phase)) this.settle(b, null, c);
        });
      case 'not-ready':
        return this.change(b, (agent) => {
          if (agent.phase === 'reserved' || agent.phase === 'talking' || agent.phase === 'wrapUp') agent.want = 'notReady';
          else Object.assign(agent, { phase: 'notReady', want: '' });
        });
      case 'end-wrap-up':
        return this.change(b, (agent) => agent.phase === 'wrapUp' && this.settle(b, null, c));
      case 'sign-in':
        return this.signIn(b, c, e);
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

  private arrive(id: string, how: { signature: string; band: number; ring: number; isReturning: boolean }, offer: string): string {
    const known = this.calls.get(id);
    if (known && ['queued', 'reserved'].includes(known.phase)) return known.phase;
    if (known && !how.isReturning) return 'VG_NOT_QUEUED';
    const first = known?.queuedAt !== undefined && known.order > 0 ? known : { order: (this.orders += 1), band: how.band, queuedAt: this.now };
    const call: Call = { phase: 'queued', signature: how.signature, band: first.band, order: first.order, queuedAt: first.queuedAt, ring: how.ring, agent: '', offer: '', skip: known?.skip ?? new Map() };
    this.calls.set(id, call);
    this.placeCall(id, offer);
    return call.phase;
  }

  private abandon(id: string, offer: string): string {
    const call = this.calls.get(id);
    if (!call) this.calls.set(id, { phase: 'ended', signature: '', band: 0, order: 0, queuedAt: 0, ring: 0, agent: '', offer: '', skip: new Map() });
    if (!call || !['queued', 'reserved'].includes(call.phase)) return 'VG_NOT_QUEUED';
    const wasReserved = call.phase === 'reserved';
    call.phase = 'ended';
    if (wasReserved) {
      this.leases.delete(call.offer);
      call.offer = '';
      this.settle(call.agent, null, offer, true);
    }
    return String(this.now - call.queuedAt);
  }

  private accept(offer: string): string {
    const call = [...this.calls.values()].find((one) => one.offer === offer && offer !== '' && ['reserved', 'connected'].includes(one.phase));
    if (!call) return 'VG_OFFER_LOST';
    const agent = this.agents.get(call.agent);
    if (call.phase === 'reserved' && agent) {
      Object.assign(call, { phase: 'connected', waited: this.now - call.queuedAt });
      agent.phase = 'talking';
      this.leases.delete(offer);
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
    if (why === 'declined') {
      lost.skip.set(agent, this.now + reofferMs);
      this.agents.get(agent)?.skip.set(call, this.now + reofferMs);
    }
    this.placeCall(call, callOffer);
    this.settle(agent, why === 'declined' ? null : 'notReady', agentOffer);
  }

  private complete(id: string, agentId: string, [wrapUpMs, offer]: readonly [number, string]): string {
    const agent = this.agents.get(agentId);
    const call = this.calls.get(id);
    const isTalking = agent?.phase === 'talking' && agent.call === id;
    if (call?.phase === 'connected' && call.agent === agentId) call.phase = 'ended';
    else if (!isTalking) return 'VG_AGENT_STATE';
    if (!agent || !isTalking) return agent?.phase ?? '';
    if (wrapUpMs > 0 && agent.want !== 'loggedOut') {
      Object.assign(agent, { phase: 'wrapUp', until: this.now + wrapUpMs });
      this.due.set(agentId, this.now + wrapUpMs);
    } else this.settle(agentId, null, offer);
    return agent.phase;
  }

  private change(id: string, act: (agent: Agent) => unknown): string {
    const agent = this.agents.get(id);
    if (!agent || agent.phase === 'loggedOut') return 'VG_AGENT_UNKNOWN';
    act(agent);
    return agent.phase;
  }

  private signIn(id: string, pool: string, offer: string): string {
    const can = this.pools.get(pool) ?? new Set();
    const agent = this.agents.get(id);
    if (!agent || agent.phase === 'loggedOut') {
      this.agents.set(id, { phase: 'notReady', can, seq: agent?.seq ?? 0, call: '', offer: '', want: '', until: 0, skip: agent?.skip ?? new Map() });
      return 'notReady';
    }
    const isNew = agent.can !== can;
    agent.can = can;
    if (agent.want === 'loggedOut') agent.want = '';
    if (agent.phase === 'ready' && isNew) this.placeAgent(id, offer);
    return agent.phase;
  }

  private logout(id: string, offer: string): string {
    const agent = this.agents.get(id);
    if (!agent || agent.phase === 'loggedOut') return 'loggedOut';
    agent.want = 'loggedOut';
    if (agent.phase === 'reserved') this.lose({ agent: id, call: agent.call }, 'agentLeft', [offer, '']);
    else if (agent.phase !== 'talking') agent.phase = 'loggedOut';
    return agent.phase;
  }

  private reap(callOffer: string, agentOffer: string): string {
    const first = <T>(entries: [string, T][], at: (value: T) => number) =>
      entries.filter(([, value]) => at(value) <= this.now).sort((x, y) => at(x[1]) - at(y[1]) || (x[0] < y[0] ? -1 : 1))[0];
    const lease = first([...this.leases], (one) => one.expires);
    if (lease) {
      this.lose(lease[1], 'expired', [callOffer, agentOffer]);
      return 'moved';
    }
    const due = first([...this.due], (at) => at);
    if (!due) return 'none';
    this.due.delete(due[0]);
    const agent = this.agents.get(due[0]);
    if (agent?.phase === 'wrapUp' && agent.until <= this.now) this.settle(due[0], null, agentOffer);
    else if (agent?.phase === 'ready') this.placeAgent(due[0], agentOffer);
    return 'moved';
  }

  private forget(id: string): number {
    if (this.calls.get(id)?.phase !== 'ended') return 0;
    this.calls.delete(id);
    return 1;
  }

  private settle(id: string, reason: string | null, offer: string, keepsPlace = false): void {
    const agent = this.agents.get(id);
    if (!agent) throw new Error(id);
    const { want } = agent;
    Object.assign(agent, { want: '', call: '', offer: '' });
    if (want || reason) agent.phase = want || reason || '';
    else {
      if (!keepsPlace) agent.seq = this.seqs += 1;
      this.placeAgent(id, offer);
    }
  }

  /** I10: the longest idle agent of those who can. */
  private placeCall(id: string, offer: string): void {
    const call = this.calls.get(id);
    if (!call) throw new Error(id);
    const able = [...this.agents].filter(([name, agent]) => agent.phase === 'ready' && agent.can.has(call.signature) && !((call.skip.get(name) ?? 0) > this.now));
    const best = able.sort(([, x], [, y]) => x.seq - y.seq)[0];
    if (best) this.reserve(id, best[0], offer);
    else Object.assign(call, { phase: 'queued', agent: '', offer: '' });
  }

  /** I7 and I8: the highest band, then the oldest call. */
  private placeAgent(id: string, offer: string): void {
    const agent = this.agents.get(id);
    if (!agent) throw new Error(id);
    const mine = [...this.calls].filter(([name, call]) => call.phase === 'queued' && agent.can.has(call.signature) && !((agent.skip.get(name) ?? 0) > this.now));
    const best = mine.sort(([, x], [, y]) => x.band - y.band || x.order - y.order)[0];
    if (best) return this.reserve(best[0], id, offer);
    agent.phase = 'ready';
    const ends = [...agent.skip.values()].filter((at) => at > this.now);
    if (ends.length > 0) this.due.set(id, Math.min(...ends));
  }

  private reserve(call: string, agent: string, token: string): void {
    const offer = `${token}.${call}`;
    const ring = this.calls.get(call)?.ring ?? 0;
    Object.assign(this.calls.get(call) ?? {}, { phase: 'reserved', agent, offer });
    Object.assign(this.agents.get(agent) ?? {}, { phase: 'reserved', call, offer });
    this.leases.set(offer, { agent, call, expires: this.now + ring });
    this.made.push([token, agent, call].join('|'));
  }
}
