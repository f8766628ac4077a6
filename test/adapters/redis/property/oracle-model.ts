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
  /** Not ready as nobody answered. */
  isMissing: boolean;
  until: number;
  /** Until when a wrap-up can be made to last. */
  latest: number;
  /** Null: one, which holds `call`. */
  slots: number | null;
  open: string[];
  /** Records of the same agent that get nothing while this one works. */
  blocks: readonly string[];
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

/** 'member member ' */
export const listOf = (text: string): readonly string[] => text.split(' ').filter((one) => one !== '');

/** Who signs in; turn and declined calls are kept from before. */
export function freshAgent(before: Agent | undefined, now: number): Omit<Agent, 'can' | 'rank' | 'slots' | 'blocks'> {
  return { phase: 'notReady', seq: before?.seq ?? null, call: '', offer: '', want: '', isMissing: false, until: 0, latest: 0, skip: before?.skip ?? new Map<string, number>(), signedIn: now, worked: 0, workBegan: null, open: [] };
}

/** I14: whether other work of the same agent leaves no room. */
export function isBlocked(agents: ReadonlyMap<string, Agent>, id: string): boolean {
  return [...agents.values()].some((one) => one.blocks.includes(id) && (['reserved', 'talking', 'wrapUp'].includes(one.phase) || one.open.length > 0));
}

/** Null: the next number, by how long idle. */
export const turnOf = ({ rank }: Agent): number | null => (rank.startsWith('=') ? Number(rank.slice(1)) : null);

/** Of the time signed in, on calls. */
export const shareOf = ({ worked, signedIn }: Agent, now: number): number => worked / Math.max(1, now - signedIn);
