import type { Language } from '../../flow/flow-types.js';
import type { Move, Place, Witness } from './moves.js';
import type { HoursChange, Start } from './starts.js';

/** One move and where it leads. */
export interface Edge {
  readonly move: Move;
  readonly to: number;
  /** The node on the way at which the caller got what they came for, as `flow.node`. */
  readonly answer: string | null;
  /** Nodes gone through from one spot to the other, both with it, each as `flow.node`. */
  readonly through: readonly string[];
  /** The language that was chosen on the way; null: the call goes on in its own. */
  readonly speaks: Language | null;
  /** Opening hours changed before the move, since they were looked at last; null: they did not. */
  readonly change: HoursChange | null;
}

/** A place that a call can come to, as the first way led there. */
export interface Spot {
  readonly place: Place;
  /** The same in each language in which calls come here. */
  readonly spoken: ReadonlyMap<Language, Place>;
  readonly start: Start;
  readonly from: (Pick<Edge, 'move' | 'change'> & { readonly spot: number }) | null;
  readonly edges: readonly Edge[];
  /** Nodes gone through on the way from the spot before, each as `flow.node`. */
  readonly through: readonly string[];
  /** Why the way here led to the flow's error node, or to an exit `error` without asking anybody; null when it did not. */
  readonly broke: { readonly node: string; readonly flow: string; readonly why: string } | null;
}

/** All ways of all calls. */
export interface Graph {
  readonly spots: readonly Spot[];
  /** Spots where calls begin, each with the languages of those calls. */
  readonly starts: ReadonlyMap<number, ReadonlySet<Language>>;
  /** Ways gone: `flow.node>node move`, see `wayName`. */
  readonly ways: ReadonlySet<string>;
  readonly nodes: ReadonlySet<string>;
  /** Prompts said: `flow prompt language`. */
  readonly said: ReadonlySet<string>;
  /** How much longer words get in all when a question is asked again, in ms: by `triesName`. */
  readonly longerMs: ReadonlyMap<string, number>;
  /** Moves that could not happen: nothing that they wait for runs there. */
  readonly impossible: readonly { readonly spot: number; readonly move: Move }[];
  readonly isWhole: boolean;
}

/** The way to a spot. */
export function witnessOf(spots: readonly Spot[], to: number): Witness {
  const way: Pick<Edge, 'move' | 'change'>[] = [];
  let spot = spots[to];
  for (let from = spot?.from; from !== null && from !== undefined; from = spot?.from) {
    way.unshift(from);
    spot = spots[from.spot];
  }
  if (spot === undefined) throw new Error(`there is no spot ${to}`);
  return way.reduce<Witness>(withMove, { start: spot.start.call, moves: [] });
}

/** The way to a spot and one move on. */
export const along = (spots: readonly Spot[], from: number, edge: Pick<Edge, 'move' | 'change'>): Witness => withMove(witnessOf(spots, from), edge);

/** A call during which opening hours change begins shortly before they do. */
function withMove({ start, moves }: Witness, { move, change }: Pick<Edge, 'move' | 'change'>): Witness {
  return change === null ? { start, moves: [...moves, move] } : { start: { ...start, at: change.begunAt }, moves: [...moves, { kind: 'hoursChange', at: change.at }, move] };
}

/** A way out of a node by a move, as `Graph.ways` holds it. */
export const wayName = (flow: string, way: { readonly from: string; readonly to: string; readonly by: string }): string => `${flow}.${way.from}>${flow}.${way.to} ${way.by}`;
