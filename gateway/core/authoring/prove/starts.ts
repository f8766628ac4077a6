import type { Flow } from '../../flow/flow-schema.js';
import type { Incident } from '../../flow/incident.js';
import type { NodeOf } from '../../flow/node-schema.js';
import { lotOf } from '../../flow/kinds/share.js';
import type { Millis } from '../../ids.js';
import { incidentKinds } from './incident-kinds.js';
import { OF_CALL } from './live.js';
import { momentsOf, type Moment, type Moments } from './moments.js';
import { CALL_ID, type CallStart } from './moves.js';
import type { Pools } from './pools.js';

/** A call that begins, with what flows can read of it, named as in `Live`: `@ani` → `true`, `@hours:office` → `open`, `@share:f.n` → `true`. */
export interface Start {
  readonly call: CallStart;
  readonly outside: ReadonlyMap<string, string>;
  /** What opening hours can become while the call goes on: once in a call. */
  readonly changes: readonly HoursChange[];
}

export interface HoursChange {
  /** When they change, and when a call begins that it happens to: epoch ms. */
  readonly at: Millis;
  readonly begunAt: Millis;
  /** The call from then on. */
  readonly after: Start;
}

export interface Starts {
  readonly starts: readonly Start[];
  /** What could not be brought together in one call. */
  readonly gaps: readonly string[];
}

/** What differs between callers: the number, its beginning where that is all that counts, and the shares of callers that it falls into. */
interface Caller {
  readonly ani: string | null;
  readonly prefix: string;
  readonly shares: ReadonlyMap<string, string>;
}

const MOST_CALLERS = 64;
const DRAWS = 3_000;

/** Every case that the flow can tell apart when a call begins: language, number, moment of the week, share, incidents. */
export function startsOf(flows: readonly Flow[], pools: Pools, today: string): Starts {
  const root = flows[0];
  if (root === undefined) return { starts: [], gaps: [] };
  const gaps: string[] = [];
  const { moments, changes } = momentsOf(flows, Date.parse(`${today}T00:00:00Z`), gaps);
  const callers = callersOf(flows, pools, gaps);
  const wrong = incidentsOf(flows, pools);
  const kinds = incidentKinds(flows);
  const dialled = numbersOf(pools, root, 'call.dnis');
  const isAniCompared = pools.isCompared(root.id, 'call.ani');
  const starts = root.languages.flatMap((language) =>
    callers.flatMap(({ ani, prefix, shares }) => {
      const number = [[OF_CALL.ani, isAniCompared ? String(ani) : String(ani !== null)], [OF_CALL.prefix, prefix]] as const;
      return dialled.flatMap((dnis) => wrong.flatMap((incidents) => {
        const outside = [...shares, ...number, [OF_CALL.dnis, dnis], ...kinds.map(({ id }) => [OF_CALL.incident(id), String(incidents.some((one) => one.id === id))] as const)] as const;
        return startsAt({ ani, dnis, language, incidents }, outside, { moments, changes });
      }));
    }),
  );
  return { starts, gaps };
}

const numbersOf = (pools: Pools, root: Flow, path: string): readonly string[] => {
  const written = pools.constantsOf(root.id, path).filter((one): one is string => typeof one === 'string');
  return [...written, '+46771000100'];
};

/** Nothing is wrong, or one thing of each kind that an incident node tells of; where the flow counts them, all at once as well. */
function incidentsOf(flows: readonly Flow[], pools: Pools): readonly (readonly Incident[])[] {
  if (!flows.some((flow) => pools.isCompared(flow.id, 'incidents.told'))) return [[]];
  const each = incidentKinds(flows).map((kind): Incident => ({ ...kind, texts: { sv: 'Ett fel.', nb: 'En feil.', en: 'A fault.' }, from: 0, until: Number.MAX_SAFE_INTEGER, flows: [] }));
  const isCounted = flows.some((flow) => pools.constantsOf(flow.id, 'incidents.told').some((count) => Number(count) > 2));
  return [[], ...each.map((one) => [one]), ...(isCounted && each.length > 1 ? [each] : [])];
}

/** Withheld and shown numbers; of each beginning that the flow knows one, so that every share of callers occurs. */
function callersOf(flows: readonly Flow[], pools: Pools, gaps: string[]): readonly Caller[] {
  const [root] = flows;
  const prefixes = flows.flatMap((flow) => [...flow.nodes.values()].flatMap((node) => (node.do === 'language' ? Object.keys(node.byNumber ?? {}) : [])));
  const written = root === undefined ? [] : pools.constantsOf(root.id, 'call.ani').filter((one): one is string => typeof one === 'string');
  const shares = flows.flatMap((flow) => [...flow.nodes].flatMap(([id, node]) => (node.do === 'share' ? [{ flow: flow.id, id, node }] : [])));
  const begins = [...new Set(['+4670', ...prefixes])];
  return [{ ani: null, prefix: '', shares: drawn(null, shares) }, ...written.map((ani) => ({ ani, prefix: ani, shares: drawn(ani, shares) })), ...begins.flatMap((prefix) => drawCallers(prefix, shares, gaps))];
}

interface Share {
  readonly flow: string;
  readonly id: string;
  readonly node: NodeOf<'share'>;
}

const drawn = (ani: string | null, shares: readonly Share[]): ReadonlyMap<string, string> =>
  new Map(shares.map(({ flow, id, node }) => [OF_CALL.share(flow, id), String(lotOf({ ani, callId: CALL_ID }, flow, id) < node.percent * 100)]));

/** Numbers that fall into the shares in every way that turned up in so many draws. */
function drawCallers(prefix: string, shares: readonly Share[], gaps: string[]): readonly Caller[] {
  const found = new Map<string, Caller>();
  const most = Math.min(MOST_CALLERS, 2 ** shares.filter(({ node }) => node.percent > 0 && node.percent < 100).length);
  for (let draw = 0; draw < DRAWS && found.size < most; draw++) {
    const ani = `${prefix}${String(1_234_567 + draw * 7_919)}`;
    const fallen = drawn(ani, shares);
    const sign = [...fallen.values()].join();
    if (!found.has(sign)) found.set(sign, { ani, prefix, shares: fallen });
  }
  if (found.size < most || most === MOST_CALLERS) gaps.push('not every combination of shares of callers was tried');
  return [...found.values()];
}

/** The same caller at each moment. What opening hours turned into during the call they stay. */
function startsAt(caller: Omit<CallStart, 'at'>, outside: readonly (readonly [string, string])[], { moments, changes }: Moments): readonly Start[] {
  const afterwards = new Map<Moment, Start>();
  const after = (moment: Moment): Start => {
    const known = afterwards.get(moment) ?? { call: { ...caller, at: moment.at }, outside: new Map([...[...moment.hours].map(([name, state]) => [name, `${state}, for good`] as const), ...outside]), changes: [] };
    afterwards.set(moment, known);
    return known;
  };
  return moments.map((moment) => ({
    call: { ...caller, at: moment.at },
    outside: new Map([...moment.hours, ...outside]),
    changes: changes.filter(({ from }) => from === moment).map(({ at, begunAt, to }) => ({ at, begunAt, after: after(to) })),
  }));
}
