import { isServedBy } from './skills.js';

/** A pool with agents at work, and what they serve. */
export interface StaffedPool {
  readonly pool: string;
  readonly agents: number;
  readonly signatures: readonly string[];
}

/** Who may serve whom, with the agents at work. Takes canonical texts of signatures and pools. */
export class Staffing {
  private readonly agents = new Map<string, number>();
  private readonly poolsOf = new Map<string, string[]>();
  private readonly signaturesOf = new Map<string, string[]>();
  private readonly reached = new Map<string, readonly StaffedPool[]>();

  /** An agent of the pool comes to work (1) or leaves (-1). */
  add(pool: string, change: 1 | -1): void {
    know(pool, { own: this.signaturesOf, other: this.poolsOf, isLinked: (signature) => isServedBy(signature, pool) });
    this.agents.set(pool, Math.max(0, (this.agents.get(pool) ?? 0) + change));
    this.reached.clear();
  }

  addSignature(signature: string): void {
    if (this.poolsOf.has(signature)) return;
    know(signature, { own: this.poolsOf, other: this.signaturesOf, isLinked: (pool) => isServedBy(signature, pool) });
    this.reached.clear();
  }

  /**
   * The pools that have a say in how long callers of the signature wait: those that serve it, those that serve what these serve as well,
   * and so on. Worked out anew only after agents came or went.
   */
  contendingPools(signature: string): readonly StaffedPool[] {
    const known = this.reached.get(signature);
    if (known !== undefined) return known;
    const signatures = new Set([signature]);
    const pools = new Set<string>();
    // A set is walked in the order of insertion, also over what is added on the way.
    for (const one of signatures) {
      for (const pool of this.poolsOf.get(one) ?? []) {
        if (pools.has(pool) || !this.agents.get(pool)) continue;
        pools.add(pool);
        for (const other of this.signaturesOf.get(pool) ?? []) signatures.add(other);
      }
    }
    const found = [...pools].map((pool) => ({ pool, agents: this.agents.get(pool) ?? 0, signatures: this.signaturesOf.get(pool) ?? [] }));
    this.reached.set(signature, found);
    return found;
  }
}

interface Side {
  readonly own: Map<string, string[]>;
  readonly other: Map<string, string[]>;
  readonly isLinked: (other: string) => boolean;
}

function know(text: string, { own, other, isLinked }: Side): void {
  if (own.has(text)) return;
  const linked = [...other.keys()].filter(isLinked);
  own.set(text, linked);
  for (const one of linked) other.get(one)?.push(text);
}
