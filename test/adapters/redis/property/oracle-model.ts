import type { Tiers } from './universe.js';

/** One executed script, in the order in which Redis executed them. */
export interface Operation {
  readonly verb: string;
  readonly args: readonly string[];
  readonly reply: unknown;
  readonly isRepeat: boolean;
  /** Offers that exist since this step: token, agent, call. */
  readonly made: readonly string[];
}

export type Lines = ReadonlyMap<string, Tiers>;

export interface Agent {
  phase: string;
  can: Lines;
  /** Turn among the idle, the lowest first. */
  seq: number | null;
  /** '' longest idle, '=7' a fixed place, '%' the share of time on calls. */
  rank: string;
  signedIn: number;
  worked: number;
  workBegan: number | null;
  call: string;
  offer: string;
  want: string;
  until: number;
  skip: Map<string, number>;
}
export interface Change {
  readonly at: number;
  readonly signature: string;
  readonly band: number;
}
export interface Call {
  phase: string;
  signature: string;
  band: number;
  /** What it needs later. */
  route: readonly Change[];
  order: number;
  queuedAt: number;
  ring: number;
  agent: string;
  offer: string;
  skip: Map<string, number>;
}

/** A call of which nothing is known but that it is over. */
export const EMPTY = { phase: 'ended', signature: '', band: 0, route: [], order: 0, queuedAt: 0, ring: 0, agent: '', offer: '' };

/** What a call needs, as the scripts take it: `afterMs:signature:band;` for each change. */
export function readRoute(text: string, queuedAt: number): readonly Change[] {
  return [...text.matchAll(/(\d+):([^:]+):(\d+);/g)].map(([, after, signature = '', band]) => ({ at: queuedAt + Number(after), signature, band: Number(band) }));
}
