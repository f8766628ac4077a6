import type { Flow } from '../../flow/flow-schema.js';
import { waysOf } from '../../flow/lint-graph.js';
import type { ProvedOperation } from './answers.js';
import { Alikes } from './alike.js';
import { Canonical } from './canonical.js';
import { Choices } from './choices.js';
import { Counters } from './counters.js';
import { measure, type Distances } from './distances.js';
import { flowsOf, type Violation, type Warning } from './finding.js';
import type { Graph } from './graph.js';
import { isBadEnd, judgeEnds } from './judge-ends.js';
import { judgeLoops } from './judge-loops.js';
import { judgePerson } from './judge-person.js';
import { judgeLanguages, judgeSilence } from './judge-silence.js';
import { judgeValues } from './judge-values.js';
import { KeptAnswers } from './kept-answer.js';
import { Live } from './live.js';
import { Pools } from './pools.js';
import { replay } from './moves.js';
import { BREAKS } from './broken-step.js';
import { Retries } from './retries.js';
import { search } from './search.js';
import { startsOf, type Starts } from './starts.js';
import { Trace } from './trace.js';
import { unroll } from './unroll.js';
import { warningsOf } from './warnings.js';

export interface ProveOptions {
  /** What back ends can answer, as their connector files declare it; left out: every exit that the flow names. */
  readonly operations?: ReadonlyMap<string, ProvedOperation>;
  /** As `2026-11-28`: for the date of review, and the days from which opening hours are looked at. */
  readonly today: string;
  /** Queues with a rule for callers who come while closed. */
  readonly closing?: ReadonlySet<string>;
  /** Places looked at before the proof is given up. */
  readonly mostSpots?: number;
  /** Tells everything apart, also what no rule can tell: the same proof for many times the work, which tests hold it against. */
  readonly isPlain?: boolean;
}

/** What was found. Proved only when there are neither violations nor gaps. */
export interface Proof {
  readonly flow: string;
  readonly verdict: 'proved' | 'broken' | 'not proved';
  readonly violations: readonly Violation[];
  readonly warnings: readonly Warning[];
  /** What was not looked at: the proof says nothing about it. */
  readonly gaps: readonly string[];
  readonly distances: Distances;
  /** Places and moves looked at. */
  readonly spots: number;
  readonly moves: number;
  readonly nodes: number;
  readonly ways: number;
}

const MOST_SPOTS = 200_000;
const ENOUGH_ROUNDS = 20;

/**
 * Plays every way through a flow and its parts on the live interpreter: each key, silence, wrong keys, each answer of each back end, each
 * case of opening hours, shares, numbers and languages. Places that differ in nothing that is read later are looked at once.
 */
export function prove(flow: Flow, options: ProveOptions): Proof {
  const flows = flowsOf(flow);
  const pools = new Pools(flows);
  const byId = new Map(flows.map((one) => [one.id, one]));
  const known = { flow, flows, byId, pools, live: new Live(flow, byId, options.isPlain ?? false), ...startsOf(flows, pools, options.today) };
  const quick = attempt(known, options, false);
  // What was found with counts forgotten may be something that no caller can meet: it is played, or looked for again with all counts.
  return quick.isExact || quick.proof.violations.every((one) => isReal(flow, one)) ? quick.proof : attempt(known, options, true).proof;
}

/** Whether a fault shows at the end of its witness when that is played. Faults of what may follow do not. */
function isReal(flow: Flow, { rule, node, witness, round }: Violation): boolean {
  // A circle that was gone round so often goes on: no count that a condition asks for is still growing.
  const rounds = round === undefined ? [] : Array.from({ length: ENOUGH_ROUNDS }, () => round).flat();
  const state = witness === null ? undefined : replay(flow, { ...witness, moves: [...witness.moves, ...rounds] })?.state;
  if (state === undefined) return false;
  const { activity } = state;
  if (rule === 'values') return state.path.some((entry) => entry.node === node && entry.did !== undefined && BREAKS.test(entry.did));
  if (rule === 'loops') return activity.phase !== 'left' && activity.node === node;
  if (rule === 'silence') return activity.phase === 'left' || activity.node === node;
  return rule === 'ends' && activity.phase === 'left' && isBadEnd(activity.exit);
}

interface Known extends Starts {
  readonly flow: Flow;
  /** The flow and its parts. */
  readonly flows: readonly Flow[];
  readonly byId: ReadonlyMap<string, Flow>;
  readonly pools: Pools;
  readonly live: Live;
}

function attempt({ flow, flows, byId, pools, live, starts, gaps }: Known, { operations, today, closing = new Set(), mostSpots = MOST_SPOTS }: ProveOptions, isExact: boolean): { readonly proof: Proof; readonly isExact: boolean } {
  const counters = new Counters(flow, flows, isExact);
  const choices = new Choices({ root: flow, flows: byId, pools, live, operations });
  const trace = new Trace();
  const canonical = new Canonical(flow, { flows, live, pools, counters });
  const found = search({ flow: trace.watch(flow), trace, canonical, counters, live, keptAnswers: new KeptAnswers({ root: flow, flows: byId, live }), retries: new Retries({ root: flow, flows: byId, isPlain: live.isPlain }), alikes: new Alikes(starts), choices, answers: answersIn(flows), mostSpots });
  const graph = unroll(flow, found, starts);
  const allGaps = [...gaps, ...choices.gaps, ...(graph.isWhole ? [] : [`there are more than ${mostSpots} places to look at`])];
  const violations = judge(graph, flow);
  const distances = measure(graph, flow.id);
  const verdict = violations.length > 0 ? 'broken' : allGaps.length > 0 ? 'not proved' : 'proved';
  const proof: Proof = {
    flow: flow.id,
    verdict,
    violations,
    // Of a flow that was not looked at as a whole nothing can be said to be missing.
    warnings: graph.isWhole ? warningsOf(graph, flow, { today, distances, closing }) : [],
    gaps: allGaps,
    distances,
    spots: found.spots.length,
    moves: found.spots.reduce((sum, { edges }) => sum + edges.length, 0),
    nodes: flows.reduce((sum, { nodes }) => sum + nodes.size, 0),
    ways: flows.reduce((sum, { nodes }) => sum + [...nodes.values()].reduce((ways, node) => ways + waysOf(node).length, 0), 0),
  };
  return { proof, isExact: counters.isExact };
}

/** Nodes at which callers get what they came for. */
const answersIn = (flows: readonly Flow[]): ReadonlySet<string> =>
  new Set(flows.flatMap((flow) => [...flow.nodes].flatMap(([id, node]) => (node.solved === true || (node.do === 'hangup' && node.outcome === 'solved') ? [`${flow.id}.${id}`] : []))));

/** What was seen on a part of the ways is true all the same; that something is missing shows on all of them only. */
function judge(graph: Graph, flow: Flow): readonly Violation[] {
  const silence = judgeSilence(graph, flow);
  const ends = judgeEnds(graph, flow);
  const seen = [...judgeValues(graph, flow), ...ends.failed, ...judgeLoops(graph, flow.id), ...ends.wordless, ...silence.violations];
  return graph.isWhole ? [...seen, ...ends.trapped, ...judgePerson(graph, flow.id), ...judgeLanguages(graph, new Set([...graph.said, ...silence.said]), flow).violations] : seen;
}
