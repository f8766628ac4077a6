import type { Flow } from '../../flow/flow-schema.js';
import type { FlowState } from '../../flow/flow-state.js';
import type { Canonical } from './canonical.js';
import { unplayableAt, type Choices } from './choices.js';
import type { Counter, Counters } from './counters.js';
import { begin, isInVain, nodeOf, play, triesOf, wordsAt, type Doing, type Move, type Place, type Witness } from './moves.js';
import type { Start } from './starts.js';
import type { Trace } from './trace.js';

/** One move and where it leads. */
export interface Edge {
  readonly move: Move;
  readonly to: number;
  /** The node on the way at which the caller got what they came for, as `flow.node`. */
  readonly answer: string | null;
}

/** A place that the search met, as the first way led there. */
export interface Spot {
  readonly place: Place;
  readonly start: Start;
  readonly from: { readonly spot: number; readonly move: Move } | null;
  readonly edges: Edge[];
  /** Nodes gone through on the way from the spot before, each as `flow.node`. */
  readonly through: readonly string[];
  /** Why the way here led to the flow's error node, or to an exit `error` without asking anybody; null when it did not. */
  readonly broke: { readonly node: string; readonly flow: string; readonly why: string } | null;
}

export interface Graph {
  readonly spots: readonly Spot[];
  /** Spots where calls begin. */
  readonly starts: readonly number[];
  /** Ways gone: `flow.node>node move`, see `wayName`. */
  readonly ways: ReadonlySet<string>;
  readonly nodes: ReadonlySet<string>;
  /** Prompts said: `flow prompt language`. */
  readonly said: ReadonlySet<string>;
  /** Moves that could not happen: nothing that they wait for runs there. */
  readonly impossible: readonly { readonly spot: number; readonly move: Move }[];
  readonly isWhole: boolean;
}

export interface Searching {
  /** Watched by `trace`. */
  readonly flow: Flow;
  readonly trace: Trace;
  readonly canonical: Canonical;
  readonly counters: Counters;
  readonly choices: Choices;
  /** Nodes at which callers get what they came for, as `flow.node`. */
  readonly answers: ReadonlySet<string>;
  readonly mostSpots: number;
}

/** Every place that a call can come to, breadth first: the way to each is a shortest one. */
export function search(starts: readonly Start[], searching: Searching): Graph {
  const found = new Found(searching);
  const first = [...new Set(starts.map((start) => found.begin(start)))];
  for (let at = 0; at < found.spots.length && found.isWhole; at++) found.expand(at);
  return { spots: found.spots, starts: first, ways: found.ways, nodes: found.nodes, said: found.said, impossible: found.impossible, isWhole: found.isWhole };
}

/** The way to a spot. */
export function witnessOf(spots: readonly Spot[], to: number): Witness {
  const moves: Move[] = [];
  let spot = spots[to];
  for (let from = spot?.from; from !== null && from !== undefined; from = spot?.from) {
    moves.unshift(from.move);
    spot = spots[from.spot];
  }
  if (spot === undefined) throw new Error(`there is no spot ${to}`);
  return { start: spot.start.call, moves };
}

/** A way out of a node by a move, as `Graph.ways` holds it. */
export const wayName = (flow: string, way: { readonly from: string; readonly to: string; readonly by: string }): string => `${flow}.${way.from}>${flow}.${way.to} ${way.by}`;

interface Arrival extends Pick<Spot, 'place' | 'start' | 'from'> {
  readonly before: FlowState | null;
}
interface Entry extends Arrival {
  readonly from: NonNullable<Spot['from']>;
  readonly answer: string | null;
}

class Found {
  readonly spots: Spot[] = [];
  readonly ways = new Set<string>();
  readonly nodes = new Set<string>();
  readonly said = new Set<string>();
  readonly impossible: { spot: number; move: Move }[] = [];
  isWhole = true;
  private readonly keys = new Map<string, number>();
  private readonly broken = new Set<string>();
  private readonly tried = new Set<string>();
  private readonly entries = new Map<Counter, readonly Entry[]>();
  /** Counts with which callers left the nodes around a counter. */
  private readonly left = new Map<Counter, Set<number>>();

  constructor(private readonly by: Searching) {}

  begin(start: Start): number {
    this.by.trace.take();
    const place = begin(this.by.flow, start.call);
    return this.add({ place, start, from: null, before: null }).to;
  }

  expand(at: number): void {
    const spot = this.spots[at];
    if (spot === undefined || spot.place.state.activity.phase === 'left') return;
    const { state } = spot.place;
    const before = this.askedBefore(spot);
    // A question that is asked again takes the same keys in the same way: only its tries are others.
    if (before !== null) spot.edges.push(...before.edges.filter(({ move }) => !isInVain(move) && move.kind !== 'unplayable'));
    const isTriedBefore = before === null && this.isTried(state);
    for (const move of this.by.choices.at(state)) if (before === null || isInVain(move)) this.go(at, spot, isTriedBefore && isInVain(move) ? this.tries(spot, move) : move);
    // A prompt that cannot be played leads to the error node from wherever it was to be said: tried once for each node that speaks, in each language.
    const node = `${state.inFlow ?? ''}.${nodeOf(state) ?? ''} ${state.language}`;
    const unplayable = state.errorWay !== null || state.activity.phase === 'connecting' || this.broken.has(node) ? null : unplayableAt(state);
    if (unplayable === null) return;
    this.broken.add(node);
    this.go(at, spot, unplayable);
  }

  /** Whether every order of tries was gone through at this node in this language: then silence to the end, and errors to the end, say the rest. */
  private isTried(state: FlowState): boolean {
    const { activity, inFlow, language } = state;
    if (activity.phase !== 'asking') return false;
    const question = `${inFlow ?? ''}.${activity.node} ${language} ${state.progress[activity.node] ?? 0}`;
    const isKnown = this.tried.has(question);
    this.tried.add(question);
    return isKnown;
  }

  private tries(spot: Spot, doing: Doing): Move {
    const times = triesOf(this.by.flow, spot.place, doing);
    return times === null || times === 1 ? doing : { kind: 'tries', doing, times };
  }

  /** The same question one try earlier. */
  private askedBefore({ place: { state }, from }: Spot): Spot | null {
    const { activity } = state;
    if (from === null || activity.phase !== 'asking' || activity.noInputs + activity.noMatches === 0) return null;
    return this.spots[from.spot] ?? null;
  }

  private go(at: number, spot: Spot, move: Move): void {
    this.by.trace.take();
    const place = play(this.by.flow, spot.place, move);
    if (place === null) {
      this.impossible.push({ spot: at, move });
      return;
    }
    const { to, answer } = this.add({ place, start: spot.start, from: { spot: at, move }, before: spot.place.state });
    spot.edges.push({ move, to, answer });
  }

  private add(arrival: Arrival): { readonly to: number; readonly answer: string | null } {
    const { place: { state }, from, before } = arrival;
    const through = this.by.trace.take();
    const answer = through.slice(from === null ? 0 : 1).find((name) => this.by.answers.has(name)) ?? null;
    this.noteWay(through, from?.move ?? null, state.errorWay !== null && (before?.errorWay ?? null) === null);
    const broke = from?.move.kind === 'unplayable' ? null : brokenBy(state, before, this.by.flow.id);
    const to = this.spotOf(arrival, { through, broke });
    this.remember(arrival, answer);
    return { to, answer };
  }

  /** The spot of a state; a new one where there is none yet. */
  private spotOf({ place, start, from }: Arrival, { through, broke }: Pick<Spot, 'through' | 'broke'>): number {
    const state = this.by.canonical.reduced(place.state);
    // A way that breaks is kept apart from one that does not: each break is told.
    const key = this.by.canonical.keyOf(state, start.outside) + (broke === null ? '' : ` broke ${broke.flow}.${broke.node} ${broke.why}`);
    const known = this.keys.get(key);
    if (known !== undefined) return known;
    const to = this.spots.length;
    this.keys.set(key, to);
    for (const { promptId, language } of wordsAt(state)) this.said.add(`${state.inFlow ?? this.by.flow.id} ${promptId} ${language}`);
    this.spots.push({ place: { state, at: place.at }, start, from, edges: [], through, broke });
    if (this.spots.length > this.by.mostSpots) this.isWhole = false;
    return to;
  }

  /** Counts that are forgotten here can be brought along by whoever comes back to where they are remembered. */
  private remember(arrival: Arrival, answer: string | null): void {
    const { place: { state }, from, before } = arrival;
    if (before === null || from === null || this.by.counters.isExact) return;
    for (const counter of this.by.counters.entered(before, state)) {
      const entry = { ...arrival, from, answer };
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

  private bring({ place, start, from, before, answer }: Entry, { key }: Counter, count: number): void {
    const state = { ...place.state, visits: { ...place.state.visits, [key]: (place.state.visits[key] ?? 0) + count } };
    const to = this.spotOf({ place: { ...place, state }, start, from, before }, { through: [], broke: null });
    this.spots[from.spot]?.edges.push({ move: from.move, to, answer });
  }

  /** Notes the nodes and ways gone. What a broken step led to is no way of the node. */
  private noteWay(through: readonly string[], move: Move | null, hasBroken: boolean): void {
    through.forEach((name, index) => {
      this.nodes.add(name);
      if (index > 0 && !hasBroken) this.ways.add(`${through[index - 1] ?? ''}>${name} ${index === 1 ? nameOf(move) : ''}`);
    });
  }
}

/** What tells the ways out of a waiting node apart. */
export function nameOf(move: Move | null): string {
  switch (move?.kind) {
    case undefined:
    case 'listens':
    case 'slow':
    case 'unplayable':
      return '';
    case 'key':
      return move.isFit ? `key ${move.key}` : 'noMatch';
    case 'entry':
      return move.isFit ? 'entry' : 'noMatch';
    case 'waits':
      return 'noInput';
    case 'tries':
      return nameOf(move.doing);
    case 'answer':
      return `exit ${move.exit}`;
    case 'noAnswer':
      return 'exit error';
    case 'speaks':
      return 'recorded';
    case 'saysNothing':
      return 'empty';
    case 'notRecorded':
      return 'failed';
  }
}

/** Notes that the interpreter makes on the caller's way when a step cannot be done. */
export const BREAKS = / lacks |is missing or of the wrong type|is gone|no match where nothing|has no exit/;

function brokenBy(state: FlowState, before: FlowState | null, root: string): Spot['broke'] {
  const noted = state.path.slice(before?.path.length ?? 0).find(({ did }) => did !== undefined && BREAKS.test(did));
  return noted === undefined ? null : { node: noted.node, flow: state.inFlow ?? root, why: noted.did ?? '' };
}
