import type { Flow } from '../../flow/flow-schema.js';
import type { Language } from '../../flow/flow-types.js';
import { caseOf, type Alike } from './alike.js';
import type { Edge, Graph, Spot } from './graph.js';
import { Languages, type Speaking } from './languages.js';
import type { Found, FoundSpot } from './search.js';
import type { HoursChange, Start } from './starts.js';

interface Unrolled extends Spot, Speaking {
  readonly spoken: Speaking['spoken'];
  readonly edges: (Edge & { readonly alike: Alike })[];
}

/**
 * The ways of each call by itself. The search plays calls that are alike as one; whether somebody gets to a person, or round in circles,
 * is a question about one call, for which opening hours are what they are.
 */
export function unroll(flow: Flow, found: Found, starts: readonly Start[]): Graph {
  const { spots: all, starts: begun, ways, nodes, isWhole } = found;
  const spots: Unrolled[] = [];
  /** By the key of the place, then by what holds for the call there: both are texts that are made once. */
  const known = new Map<string, Map<string, number>>();
  const firstOf = new Map<FoundSpot, number>();
  const spotOf = (one: FoundSpot, start: Start, from: Spot['from']): number => {
    const holds = caseOf(start, one.facts);
    const here = known.get(one.key) ?? new Map<string, number>();
    const before = here.get(holds);
    if (before !== undefined) return before;
    const { place, through, broke } = one;
    const index = spots.push({ place, through, broke, start, from, edges: [], found: one, spoken: new Map() }) - 1;
    known.set(one.key, here.set(holds, index));
    if (!firstOf.has(one)) firstOf.set(one, index);
    return index;
  };
  const at = (index: number): FoundSpot => {
    const spot = all[index];
    if (spot === undefined) throw new Error(`there is no spot ${index}`);
    return spot;
  };
  const first = starts.map((start) => {
    const first = begun.find(({ alike }) => alike.starts.has(start));
    if (first === undefined) throw new Error('a call did not begin');
    return { start, index: spotOf(at(first.spot), start, null) };
  });
  for (let index = 0; index < spots.length; index++) follow(index);
  const languages = new Languages(flow);
  const starting = new Map<number, Set<Language>>();
  for (const { start, index } of first) {
    const spot = spots[index];
    if (spot !== undefined) starting.set(index, (starting.get(index) ?? new Set()).add(languages.begin(spot, start)));
  }
  languages.spread(spots);
  return { spots, starts: starting, ways, nodes, said: languages.said, longerMs: languages.longerMs, impossible: found.impossible.flatMap(({ spot, move }) => ({ spot: firstOf.get(at(spot)) ?? 0, move })), isWhole };

  function follow(index: number): void {
    const spot = spots[index];
    if (spot === undefined) return;
    const { found: one, start } = spot;
    // The calls that came to the place first stand for all that come there.
    const meant = caseOf(start, one.facts);
    const played = one.alike.starts.has(start) ? start : [...one.alike.starts].find((other) => caseOf(other, one.facts) === meant);
    if (played === undefined) throw new Error('no call stands for this one');
    for (const { move, to, answer, through, speaks, alike, isAfterChange } of one.edges) {
      const lead = (as: Start, change: HoursChange | null): void => void spot.edges.push({ move, answer, through, speaks, alike, change, to: spotOf(at(to), as, { spot: index, move, change }) });
      if (!isAfterChange && alike.starts.has(played)) lead(start, null);
      if (isAfterChange) for (const change of played.changes) if (alike.starts.has(change.after)) lead(change.after, change);
    }
  }
}
