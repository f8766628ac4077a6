import { shareOf, type Agent, type Call } from './oracle-model.js';

/** Somebody who may be taken; of two, the lower rank goes first. */
interface Candidate {
  readonly name: string;
  readonly rank: readonly number[];
}

/** The wait changes what the call needs; nobody waits for an agent who is signed out. */
export function bringUpToDate(call: Call, agents: ReadonlyMap<string, Agent>, now: number): void {
  const isAway = ({ phase, want }: Agent): boolean => phase === 'loggedOut' || phase === 'notReady' || want !== '';
  const isInVain = (): boolean => {
    const id = call.signature.slice(1);
    const agent = agents.get(id);
    return call.signature.startsWith('@') && (agent === undefined || isAway(agent) || call.skip.has(id));
  };
  for (let next = call.route[0]; next !== undefined && (next.at <= now || next.at === call.queuedAt || isInVain()); next = call.route[0]) {
    Object.assign(call, { signature: next.signature, band: next.band, route: call.route.slice(1) });
  }
}

/** I10: the idle who can, by tier and turn. */
export function ableFor(call: Call, agents: ReadonlyMap<string, Agent>, now: number): readonly Candidate[] {
  return [...agents].flatMap(([name, agent]) => {
    const tier = call.signature === `@${name}` ? 0 : agent.can.get(call.signature)?.ofPool;
    return agent.phase === 'ready' && tier !== undefined && !((call.skip.get(name) ?? 0) > now) ? [{ name, rank: [tier, agent.seq ?? 0] }] : [];
  });
}

/** Where the first goes by the share of time on calls: all of that tier who do, by their shares as of now, then by turn. Else the first alone. */
export function byShare([first, able]: readonly [string, readonly Candidate[]], agents: ReadonlyMap<string, Agent>, now: number): readonly Candidate[] {
  const [tier] = able.find(({ name }) => name === first)?.rank ?? [];
  if (agents.get(first)?.rank !== '%') return able.filter(({ name }) => name === first);
  return able.flatMap(({ name, rank: [own = 0, turn = 0] }) => {
    const agent = agents.get(name);
    return agent?.rank === '%' && own === tier ? [{ name, rank: [shareOf(agent, now), turn] }] : [];
  });
}

/** I7 and I8: what waits and can be served, by band, tier and age. */
export function waitingFor([id, agent]: readonly [string, Agent], calls: ReadonlyMap<string, Call>, now: number): readonly Candidate[] {
  return [...calls].flatMap(([name, call]) => {
    const tier = call.signature === `@${id}` ? 0 : agent.can.get(call.signature)?.ofLine;
    return call.phase === 'queued' && tier !== undefined && !((agent.skip.get(name) ?? 0) > now) ? [{ name, rank: [call.band, tier, call.order] }] : [];
  });
}

/** The name of the lowest rank. Of equal ones any may be taken: then the one that was. */
export function lowest(all: readonly Candidate[], taken: readonly string[], madeAs: (name: string) => string): string | undefined {
  const compare = (x: Candidate, y: Candidate) => x.rank.reduce((order, value, at) => order || value - (y.rank[at] ?? 0), 0);
  const sorted = [...all].sort(compare);
  const equal = sorted.filter((one) => sorted[0] && compare(one, sorted[0]) === 0);
  return (equal.find((one) => taken.includes(madeAs(one.name))) ?? equal[0])?.name;
}

/** The entry whose time has come the longest ago, by its id where two are the same. */
export function firstDue<T>(entries: [string, T][], at: (value: T) => number, now: number): [string, T] | undefined {
  return entries.filter(([, value]) => at(value) <= now).sort((x, y) => at(x[1]) - at(y[1]) || (x[0] < y[0] ? -1 : 1))[0];
}
