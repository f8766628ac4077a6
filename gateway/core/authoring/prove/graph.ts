import type { Move, Place, Witness } from './moves.js';
import type { Start } from './starts.js';

/** One move and where it leads. */
export interface Edge {
  readonly move: Move;
  readonly to: number;
  /** The node on the way at which the caller got what they came for, as `flow.node`. */
  readonly answer: string | null;
}

/** A place that a call can come to, as the first way led there. */
export interface Spot {
  readonly place: Place;
  readonly start: Start;
  readonly from: { readonly spot: number; readonly move: Move } | null;
  readonly edges: readonly Edge[];
  /** Nodes gone through on the way from the spot before, each as `flow.node`. */
  readonly through: readonly string[];
  /** Why the way here led to the flow's error node, or to an exit `error` without asking anybody; null when it did not. */
  readonly broke: { readonly node: string; readonly flow: string; readonly why: string } | null;
}

/** All ways of all calls. */
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

/** The way to a spot. */
export function witnessOf(spots: readonly Spot[], to: number): Witness {
  const moves: Move[] = [];
  let spot = spots[to];
  const { start } = spot ?? {};
  for (let from = spot?.from; from !== null && from !== undefined; from = spot?.from) {
    moves.unshift(from.move);
    spot = spots[from.spot];
  }
  if (start === undefined) throw new Error(`there is no spot ${to}`);
  return { start: start.call, moves };
}

/** A way out of a node by a move, as `Graph.ways` holds it. */
export const wayName = (flow: string, way: { readonly from: string; readonly to: string; readonly by: string }): string => `${flow}.${way.from}>${flow}.${way.to} ${way.by}`;
