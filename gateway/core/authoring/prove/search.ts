import type { Flow } from '../../flow/flow-schema.js';
import { visitsOf, type FlowState } from '../../flow/flow-state.js';
import type { Alike, Alikes } from './alike.js';
import type { Canonical } from './canonical.js';
import { brokenBy } from './broken-step.js';
import { unplayableAt, type Choices } from './choices.js';
import type { Counter, Counters } from './counters.js';
import type { Edge, Graph, Spot } from './graph.js';
import type { KeptAnswers } from './kept-answer.js';
import { OF_CALL, type Live } from './live.js';
import { begin, isInVain, nodeOf, type Move, type Place } from './moves.js';
import type { Retries } from './retries.js';
import { SameAnswers, type Answer } from './same-answers.js';
import type { Start } from './starts.js';
import type { Trace } from './trace.js';
import { nameOf } from './way-of-move.js';

/** A place that the search met, as the first way led there. */
export interface FoundSpot extends Omit<Spot, 'start' | 'edges' | 'from' | 'spoken'> {
  readonly from: FoundFrom | null;
  /** The same for places that differ in nothing but the calls that come there. */
  readonly key: string;
  /** The calls that came by the first way. */
  readonly alike: Alike;
  /** What is still read of the call from here on. */
  readonly facts: ReadonlySet<string>;
  readonly edges: FoundEdge[];
}

interface FoundFrom extends Pick<FoundEdge, 'move' | 'isAfterChange'> {
  readonly spot: number;
}

/** A move, and the calls that it leads there. */
interface FoundEdge extends Omit<Edge, 'change'> {
  readonly alike: Alike;
  /** Opening hours changed before the move: the calls are those from then on. */
  readonly isAfterChange: boolean;
}

export interface Found extends Omit<Graph, 'spots' | 'starts' | 'said' | 'longerMs'> {
  readonly spots: readonly FoundSpot[];
  readonly starts: readonly { readonly spot: number; readonly alike: Alike }[];
}

export interface Searching {
  /** Watched by `trace`. */
  readonly flow: Flow;
  readonly trace: Trace;
  readonly canonical: Canonical;
  readonly counters: Counters;
  readonly live: Live;
  readonly keptAnswers: KeptAnswers;
  readonly retries: Retries;
  readonly alikes: Alikes;
  readonly choices: Choices;
  /** Nodes at which callers get what they came for, as `flow.node`. */
  readonly answers: ReadonlySet<string>;
  readonly mostSpots: number;
}

/** Every place that a call can come to, breadth first: the way to each is a shortest one. */
export function search(searching: Searching): Found {
  const found = new Search(searching);
  const first = searching.alikes.all().flatMap((alike) => found.begin(alike));
  for (let at = 0; at < found.spots.length && found.isWhole; at++) found.expand(at);
  return { spots: found.spots, starts: first, ways: found.ways, nodes: found.nodes, impossible: found.impossible, isWhole: found.isWhole };
}

interface Arrival extends Pick<FoundSpot, 'place' | 'alike' | 'from'>, Pick<FoundEdge, 'speaks'> {
  readonly before: FlowState | null;
}
interface Entry extends Arrival, Pick<FoundEdge, 'through' | 'answer'> {
  readonly from: FoundFrom;
}

class Search {
  readonly spots: FoundSpot[] = [];
  readonly ways = new Set<string>();
  /** The same as from, to and name: every move asks, and few are new. */
  private readonly gone = new Map<string, Map<string, Set<string>>>();
  readonly nodes = new Set<string>();
  readonly impossible: { spot: number; move: Move }[] = [];
  isWhole = true;
  private readonly keys = new Map<string, number>();
  private readonly broken = new Set<string>();
  private readonly tried = new Set<string>();
  private readonly entries = new Map<Counter, readonly Entry[]>();
  /** Counts with which callers left the nodes around a counter. */
  private readonly left = new Map<Counter, Set<number>>();

  constructor(private readonly by: Searching) {}

  begin(alike: Alike): Found['starts'] {
    return [...this.played(alike, ({ call }) => begin(this.by.flow, call))].flatMap(({ place, alike: same, through }) => (place === null ? [] : [{ spot: this.add({ place, alike: same, from: null, before: null, speaks: null }, through).to, alike: same }]));
  }

  expand(at: number): void {
    const spot = this.spots[at];
    if (spot === undefined || spot.place.state.activity.phase === 'left') return;
    const { state } = spot.place;
    const before = this.askedBefore(spot);
    // A question that is asked again takes the same keys in the same way: only its tries are others.
    if (before !== null) spot.edges.push(...before.edges.filter(({ move }) => !isInVain(move) && move.kind !== 'unplayable'));
    const isTriedBefore = before === null && this.isTried(state);
    const kept = this.by.live.isPlain ? null : this.by.keptAnswers.at(state);
    const answers = kept === null ? null : new SameAnswers(kept);
    for (const move of this.by.choices.at(state)) {
      if (move.kind === 'answer') this.answer(at, spot, { move, answers });
      else if (before === null || isInVain(move)) this.go(at, spot, isTriedBefore && isInVain(move) ? this.by.retries.of(this.by.flow, spot.place, move) : move);
    }
    // A prompt that cannot be played leads to the error node from wherever it was to be said: tried once for each node that speaks, in each language that is told apart.
    const node = `${state.inFlow ?? ''}.${nodeOf(state) ?? ''} ${languageRead(spot)}`;
    const unplayable = state.errorWay !== null || state.activity.phase === 'connecting' || this.broken.has(node) ? null : unplayableAt(state);
    if (unplayable === null) return;
    this.broken.add(node);
    this.go(at, spot, unplayable);
  }

  private answer(at: number, spot: FoundSpot, { move, answers }: { readonly move: Answer; readonly answers: SameAnswers | null }): void {
    if (answers?.isKnown(move) === true) return;
    const known = spot.edges.length;
    this.go(at, spot, move);
    answers?.add(
      move,
      spot.edges.slice(known).flatMap(({ through, to }) => {
        const state = this.spots[to]?.place.state;
        return state === undefined ? [] : [{ through, state }];
      }),
    );
  }

  /** Whether every order of tries was gone through at this node in this language: then silence to the end, and errors to the end, say the rest. */
  private isTried(state: FlowState): boolean {
    const { activity, inFlow, language, progress } = state;
    if (activity.phase !== 'asking') return false;
    const question = `${inFlow ?? ''}.${activity.node} ${language} ${progress[activity.node] ?? 0}`;
    const isKnown = this.tried.has(question);
    this.tried.add(question);
    return isKnown;
  }

  /** The same question one try earlier, for the same calls. */
  private askedBefore({ place: { state }, from, alike }: FoundSpot): FoundSpot | null {
    const { activity } = state;
    const before = from === null ? undefined : this.spots[from.spot];
    return before?.alike === alike && activity.phase === 'asking' && activity.noInputs + activity.noMatches > 0 ? before : null;
  }

  /** Plays a move; also as it goes where opening hours changed since they were looked at, when it looks at them again. */
  private go(at: number, spot: FoundSpot, move: Move): void {
    const looksAgain = this.goAs(spot.alike, at, { move, isAfterChange: false }) && spot.place.state.hours !== null;
    const changed = looksAgain ? this.by.alikes.changed(spot.alike) : null;
    if (changed !== null) this.goAs(changed, at, { move, isAfterChange: true });
  }

  /** @returns whether opening hours were looked at on the way */
  private goAs(calls: Alike, at: number, by: Pick<FoundEdge, 'move' | 'isAfterChange'>): boolean {
    const spot = this.spots[at];
    if (spot === undefined) return false;
    const { move, isAfterChange } = by;
    let hasLooked = false;
    for (const { place, alike, through } of this.played(calls, (start) => this.by.retries.play(this.by.flow, asOf(start, spot), move))) {
      hasLooked ||= this.by.live.looksAtHours(through);
      if (place === null) {
        this.impossible.push({ spot: at, move });
        continue;
      }
      const speaks = this.by.live.setsLanguage(through) ? place.state.language : null;
      const { to, answer } = this.add({ place, alike, from: { spot: at, move, isAfterChange }, before: spot.place.state, speaks }, through);
      spot.edges.push({ move, isAfterChange, to, answer, through, speaks, alike });
    }
    return hasLooked;
  }

  /** Plays for calls that are alike, once for each of those that something read on the way tells apart. */
  private *played(all: Alike, play: (start: Start) => Place | null): Iterable<{ readonly place: Place | null; readonly alike: Alike; readonly through: readonly string[] }> {
    for (let left: Alike | null = all; left !== null; ) {
      this.by.trace.take();
      const place = play(left.played);
      const through = this.by.trace.take();
      const { same, others } = this.by.alikes.apart(left, this.by.live.ofCallBy(through));
      yield { place, alike: same, through };
      left = others;
    }
  }

  private add(arrival: Arrival, through: readonly string[]): { readonly to: number; readonly answer: string | null } {
    const { place: { state }, from, before } = arrival;
    const answer = through.find((name, index) => (from === null || index > 0) && this.by.answers.has(name)) ?? null;
    this.noteWay(through, from?.move ?? null, state.errorWay !== null && (before?.errorWay ?? null) === null);
    const broke = from?.move.kind === 'unplayable' ? null : brokenBy(state, before, this.by.flow.id);
    const to = this.spotOf(arrival, { through, broke });
    this.remember(arrival, { answer, through });
    return { to, answer };
  }

  /** The spot of a state; a new one where there is none yet. */
  private spotOf({ place, alike, from }: Arrival, { through, broke }: Pick<Spot, 'through' | 'broke'>): number {
    const { state, facts, key: going } = this.by.canonical.seen(place.state);
    // A way that breaks is kept apart from one that does not: each break is told.
    const key = broke === null ? going : `${going} broke ${broke.flow}.${broke.node} ${broke.why}`;
    const keyOfCalls = `${key} ${this.by.alikes.signOf(alike, facts)}`;
    const known = this.keys.get(keyOfCalls);
    if (known !== undefined) return known;
    const to = this.spots.length;
    this.keys.set(keyOfCalls, to);
    this.spots.push({ key, facts, place: { state, at: place.at }, alike, from, edges: [], through, broke });
    if (this.spots.length > this.by.mostSpots) this.isWhole = false;
    return to;
  }

  /** Counts that are forgotten here can be brought along by whoever comes back to where they are remembered. */
  private remember(arrival: Arrival, by: Pick<Entry, 'answer' | 'through'>): void {
    const { place: { state }, from, before } = arrival;
    if (before === null || from === null || this.by.counters.isExact) return;
    for (const counter of this.by.counters.entered(before, state)) {
      const entry = { ...arrival, from, ...by };
      this.entries.set(counter, [...(this.entries.get(counter) ?? []), entry]);
      for (const count of this.left.get(counter) ?? []) this.bring(entry, counter, count);
    }
    for (const { counter, count } of this.by.counters.forgotten(state)) {
      const counts = this.left.get(counter) ?? new Set();
      this.left.set(counter, counts);
      if (counts.has(count)) continue;
      counts.add(count);
      for (const entry of this.entries.get(counter) ?? []) this.bring(entry, counter, count);
    }
  }

  private bring({ place, alike, from, before, answer, through, speaks }: Entry, { key }: Counter, count: number): void {
    const state = { ...place.state, visits: { ...place.state.visits, [key]: visitsOf(place.state, key) + count } };
    const to = this.spotOf({ place: { ...place, state }, alike, from, before, speaks }, { through: [], broke: null });
    this.spots[from.spot]?.edges.push({ move: from.move, isAfterChange: from.isAfterChange, to, answer, through, speaks, alike });
  }

  /** Notes the nodes and ways gone. What a broken step led to is no way of the node. */
  private noteWay(through: readonly string[], move: Move | null, hasBroken: boolean): void {
    through.forEach((name, index) => {
      this.nodes.add(name);
      const before = through[index - 1];
      if (before !== undefined && !hasBroken) this.noteOneWay(before, name, index === 1 ? nameOf(move) : '');
    });
  }

  private noteOneWay(from: string, to: string, by: string): void {
    const fromThere = this.gone.get(from) ?? new Map<string, Set<string>>();
    const names = fromThere.get(to) ?? new Set<string>();
    if (names.has(by)) return;
    this.gone.set(from, fromThere.set(to, names.add(by)));
    this.ways.add(`${from}>${to} ${by}`);
  }
}

/** The language, where it is told apart. */
const languageRead = ({ facts, place: { state } }: FoundSpot): string => (facts.has(OF_CALL.language) ? state.language : '');

/** The place as one of the calls that are alike there has it. Longer ago than a repeat of a key is ignored, whatever its clock says. */
export function asOf({ call: { ani, dnis, incidents, at } }: Start, { place, alike: { played } }: Pick<FoundSpot, 'place' | 'alike'>): Place {
  return played.call.at === at && played.call.ani === ani && played.call.dnis === dnis && played.call.incidents === incidents ? place : { state: { ...place.state, ani, dnis, incidents, echo: null }, at: place.at - played.call.at + at };
}
