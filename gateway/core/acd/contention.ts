import { isServedBy } from './skills.js';

/** A signature whose agents are shared to this part with another's makes one line with it: whoever waits longest there is served first. */
const STRONG_SHARE = 0.1;

/** Against whom a caller waits, and who serves them. */
export interface ContentionGroup {
  /** Signatures that share agents so much that their callers wait in one line. */
  readonly signatures: readonly string[];
  /** Agents at work who can serve any of these signatures. */
  readonly agents: number;
  /** Signatures outside that share few agents with the group → the part of their agents who also serve the group. */
  readonly fringe: ReadonlyMap<string, number>;
  /** Whether hardly any of the agents serve the fringe as well. */
  readonly isWellPooled: boolean;
}

/**
 * Who may serve whom, with the agents at work: the graph of signatures and pools. A caller contends with the connected component of their
 * signature. Two components held together by a few agents are nearly two queues, so only strong links make a group; what hangs on it by
 * weak ones is its fringe.
 */
export class ContentionGraph {
  private readonly staff = new Map<string, number>();
  private readonly poolsOf = new Map<string, string[]>();
  private readonly signaturesOf = new Map<string, string[]>();
  private readonly groups = new Map<string, ContentionGroup>();

  /** An agent of the pool comes to work (1) or leaves (-1). Takes canonical texts. */
  addStaff(pool: string, change: 1 | -1): void {
    this.know(pool, { own: this.signaturesOf, other: this.poolsOf, isServed: (signature) => isServedBy(signature, pool) });
    this.staff.set(pool, Math.max(0, (this.staff.get(pool) ?? 0) + change));
    this.groups.clear();
  }

  addSignature(signature: string): void {
    if (this.poolsOf.has(signature)) return;
    this.know(signature, { own: this.poolsOf, other: this.signaturesOf, isServed: (pool) => isServedBy(signature, pool) });
    this.groups.clear();
  }

  /** The group of a signature, worked out anew only after agents came or went. */
  groupOf(signature: string): ContentionGroup {
    const known = this.groups.get(signature);
    if (known !== undefined) return known;
    const group = this.gather(signature);
    // All of a group have the same group: sharing goes both ways.
    for (const member of group.signatures) this.groups.set(member, group);
    return group;
  }

  /** Agents at work who can serve the signature. */
  agentsOf(signature: string): number {
    return this.staffOf(this.poolsOf.get(signature) ?? []);
  }

  private know(text: string, { own, other, isServed }: { readonly own: Map<string, string[]>; readonly other: Map<string, string[]>; readonly isServed: (other: string) => boolean }): void {
    if (own.has(text)) return;
    const linked = [...other.keys()].filter(isServed);
    own.set(text, linked);
    for (const one of linked) other.get(one)?.push(text);
  }

  private gather(signature: string): ContentionGroup {
    const members = new Set([signature]);
    // A set is walked in the order of insertion, also over what is added on the way.
    for (const member of members) {
      const own = this.agentsOf(member);
      for (const [other, shared] of this.sharedWith(member)) if (shared > 0 && shared >= STRONG_SHARE * Math.min(own, this.agentsOf(other))) members.add(other);
    }
    const pools = new Set([...members].flatMap((member) => this.poolsOf.get(member) ?? []));
    const shared = new Map<string, number>();
    for (const pool of pools) {
      for (const other of this.signaturesOf.get(pool) ?? []) if (!members.has(other)) shared.set(other, (shared.get(other) ?? 0) + (this.staff.get(pool) ?? 0));
    }
    const fringe = new Map([...shared].filter(([, count]) => count > 0).map(([other, count]) => [other, count / this.agentsOf(other)]));
    const agents = this.staffOf(pools);
    const lent = this.staffOf([...pools].filter((pool) => this.signaturesOf.get(pool)?.some((other) => !members.has(other))));
    return { signatures: [...members], agents, fringe, isWellPooled: lent <= STRONG_SHARE * agents };
  }

  /** Agents whom a signature shares with each other signature. */
  private sharedWith(signature: string): ReadonlyMap<string, number> {
    const shared = new Map<string, number>();
    for (const pool of this.poolsOf.get(signature) ?? []) {
      for (const other of this.signaturesOf.get(pool) ?? []) shared.set(other, (shared.get(other) ?? 0) + (this.staff.get(pool) ?? 0));
    }
    return shared;
  }

  private staffOf(pools: Iterable<string>): number {
    let agents = 0;
    for (const pool of pools) agents += this.staff.get(pool) ?? 0;
    return agents;
  }
}
