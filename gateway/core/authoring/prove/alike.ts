import { OF_CALL } from './live.js';
import type { Start } from './starts.js';

/** Calls that went the same way so far: nothing was read yet that differs between them. */
export interface Alike {
  /** The one that is played, for all of them. */
  readonly played: Start;
  readonly starts: ReadonlySet<Start>;
}

/**
 * Keeps calls together until something is read that tells them apart: opening hours at an `hours` node, a share at its node. A flow that
 * reads them at its end is then played once up to there, and not once for each of their cases.
 */
export class Alikes {
  private readonly known = new Map<string, Alike>();
  private readonly numbers = new Map<Start, number>();
  private readonly signs = new Map<ReadonlySet<string>, Map<Alike, string>>();
  private readonly names = new Map<string, string>();

  constructor(private readonly starts: readonly Start[]) {}

  /** All calls, apart by language only: every word reads that. */
  all(): readonly Alike[] {
    const languages = [...new Set(this.starts.map(({ call }) => call.language))];
    return languages.flatMap((language) => this.of(this.starts.filter(({ call }) => call.language === language)) ?? []);
  }

  /** Once these facts were read: the calls that still go the way of the one that is played, and the others. */
  apart(alike: Alike, read: readonly string[]): { readonly same: Alike; readonly others: Alike | null } {
    if (read.length === 0) return { same: alike, others: null };
    const { played, starts } = alike;
    const facts = read.filter((fact) => played.outside.has(fact));
    const isSame = (start: Start): boolean => facts.every((fact) => start.outside.get(fact) === played.outside.get(fact));
    const same = [...starts].filter(isSame);
    if (same.length === starts.size) return { same: alike, others: null };
    return { same: this.of(same) ?? alike, others: this.of([...starts].filter((start) => !isSame(start))) };
  }

  /** What these calls can be once opening hours changed under them; null where none can. */
  changed({ starts }: Alike): Alike | null {
    return this.of([...new Set([...starts].flatMap(({ changes }) => changes.map(({ after }) => after)))].sort((a, b) => this.numberOf(a) - this.numberOf(b)));
  }

  /** The same for two sets of calls among which these facts occur in the same combinations. */
  signOf(alike: Alike, facts: ReadonlySet<string>): string {
    const signs = this.signs.get(facts) ?? new Map<Alike, string>();
    this.signs.set(facts, signs);
    const known = signs.get(alike);
    if (known !== undefined) return known;
    const combinations = [...new Set([...alike.starts].map((start) => caseOf(start, facts)))].sort().join(';');
    const sign = this.names.get(combinations) ?? `#${this.names.size}`;
    this.names.set(combinations, sign);
    signs.set(alike, sign);
    return sign;
  }

  private of(starts: readonly Start[]): Alike | null {
    const [played] = starts;
    if (played === undefined) return null;
    const key = starts.map((start) => this.numberOf(start)).join();
    const alike = this.known.get(key) ?? { played, starts: new Set(starts) };
    this.known.set(key, alike);
    return alike;
  }

  private numberOf(start: Start): number {
    const number = this.numbers.get(start) ?? this.numbers.size;
    this.numbers.set(start, number);
    return number;
  }
}

const cases = new WeakMap<ReadonlySet<string>, Map<Start, string>>();

/** What of these facts holds for a call, and what they can become. Asked of every call at every place, so worked out once. */
export function caseOf(start: Start, facts: ReadonlySet<string>): string {
  const known = cases.get(facts) ?? new Map<Start, string>();
  cases.set(facts, known);
  const found = known.get(start) ?? workOut(start, facts);
  known.set(start, found);
  return found;
}

function workOut(start: Start, facts: ReadonlySet<string>): string {
  const holds = heldBy(start, facts);
  const areHours = [...facts].some((fact) => fact.startsWith(OF_CALL.hoursOf('')));
  const changed = new Set(areHours ? start.changes.map(({ after }) => heldBy(after, facts)) : []);
  return changed.size === 0 ? holds : `${holds} > ${[...changed].sort().join(' or ')}`;
}

function heldBy({ outside }: Start, facts: ReadonlySet<string>): string {
  let found = '';
  for (const fact of facts) {
    const holds = outside.get(fact);
    if (holds !== undefined) found += `${holds},`;
  }
  return found;
}
