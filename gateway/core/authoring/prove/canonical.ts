import type { Flow } from '../../flow/flow-schema.js';
import { ownCopy, type FlowState } from '../../flow/flow-state.js';
import { BUILT_IN, lookUp, valueAt } from '../../flow/variables.js';
import type { Json } from '../../ids.js';
import type { Counters } from './counters.js';
import { OF_CALL, type Live } from './live.js';
import { nodeOf } from './moves.js';
import type { Interchangeable, Pools } from './pools.js';

type Vars = FlowState['vars'];

/** A value that is read later, and how much of it makes a difference. */
interface Reading {
  readonly path: string;
  /** The path in the flow's own variables; null where it leads elsewhere. */
  readonly way: readonly string[] | null;
  readonly isCompared: boolean;
  /** Of values that are only asked whether they are the same; null where which value it is counts. */
  readonly pool: Interchangeable | null;
}
interface Readings {
  readonly values: readonly Reading[];
  readonly names: ReadonlySet<string>;
}

interface Outside {
  readonly frames: FlowState['frames'];
  readonly name: string;
}

/** A state without what nobody reads later, and what it comes down to. */
export interface Seen {
  readonly state: FlowState;
  /** What is still read of the call itself: the facts of `Start.outside` that can make a difference yet. */
  readonly facts: ReadonlySet<string>;
  /** The same for states that go the same ways, as long as the facts that are still read are the same. */
  readonly key: string;
}

/** Brings states that go the same ways to one form, and tells by a key whether two of them do. */
export class Canonical {
  private readonly here = new Map<string, Map<string, Readings>>();
  private readonly afterParts = new Map<string, Map<string, Readings>>();
  /** By the flows outside, then by flow and node. */
  private readonly knownOfCall = new Map<string, Map<string, Map<string, ReadonlySet<string>>>>();
  private readonly knownOutside = new WeakMap<FlowState['frames'], Outside>();
  private readonly returns: ReadonlySet<string>;
  private readonly hours = new WeakMap<object, string>();

  constructor(
    private readonly root: Flow,
    private readonly around: { readonly flows: readonly Flow[]; readonly live: Live; readonly pools: Pools; readonly counters: Counters },
  ) {
    this.returns = new Set([...root.nodes].flatMap(([id, node]) => (node.do === 'return' ? [id] : [])));
  }

  /** Leaves out the caller's way, values that are written before they are read, and visits that count no more. */
  seen(whole: FlowState): Seen {
    const node = nodeOf(whole);
    if (node === null) {
      const state: FlowState = { ...ownCopy(whole), vars: {}, visits: this.returned(whole), path: [], answers: [], consents: {} };
      return { state, facts: NO_FACTS, key: keyOfEnd(state) };
    }
    const facts = this.ofCallAt(whole, node);
    const readings = this.readingsAt(whole.inFlow ?? this.root.id, node);
    const state = ownCopy(whole);
    state.vars = kept(whole.vars, readings);
    state.visits = this.around.counters.kept(whole, facts);
    state.frames = this.outside(whole.frames).frames;
    state.path = [];
    state.answers = [];
    state.consents = {};
    state.shares = {};
    return { state, facts, key: this.keyOf(state, { readings, facts }) };
  }

  private keyOf(state: FlowState, { readings, facts }: { readonly readings: Readings; readonly facts: ReadonlySet<string> }): string {
    const { activity, hours, visits } = state;
    if (activity.phase === 'left') return keyOfEnd(state);
    const flow = state.inFlow ?? this.root.id;
    let key = `${flow}.${activity.node} ${activity.phase} ${activity.say === null ? 0 : 1}${state.errorWay ?? ''}${state.isHurrying ? 'h' : ''} ${state.buffer} ${hours?.state ?? ''} ${state.progress[activity.node] ?? 0}`;
    if (activity.phase === 'recording') key += ` ${activity.recordingId === null ? 0 : 1}${activity.leaving ?? ''}`;
    if (activity.phase === 'asking') key += ` ${activity.noInputs}/${activity.noMatches}`;
    const names = new Names();
    key += valuesKey(state, state.vars, { readings, names });
    for (const path of facts) key += this.ofCall(path, state);
    for (const frame of state.frames) key += ` < ${frame.flow}.${frame.node}${valuesKey(state, frame.vars, { readings: this.readingsAfter(frame.flow, frame.node), names })}`;
    for (const counted in visits) key += ` ${counted}=${visits[counted] ?? 0}`;
    return key;
  }

  /** What the call itself has come to, where that is read later. */
  private ofCall(path: string, state: FlowState): string {
    switch (path) {
      case OF_CALL.language:
        return `,${state.language}`;
      case OF_CALL.messages:
        // A draft is sent whatever comes next, but "record again": that begins anew.
        return `,${String(state.messages.length > 0)}`;
      case OF_CALL.booked:
        return `,${String(state.booked !== null)}`;
      case OF_CALL.hours:
        return `,${this.textOf(state.hours)}`;
      case OF_CALL.told:
        return `, told ${state.toldIncidents.join()}`;
      default:
        return '';
    }
  }

  private textOf(hours: FlowState['hours']): string {
    if (hours === null) return 'null';
    const text = this.hours.get(hours) ?? JSON.stringify(hours);
    this.hours.set(hours, text);
    return text;
  }

  private ofCallAt(state: FlowState, node: string): ReadonlySet<string> {
    const outside = this.outside(state.frames).name;
    const flow = state.inFlow ?? this.root.id;
    const here = this.knownOfCall.get(outside) ?? new Map<string, Map<string, ReadonlySet<string>>>();
    const ofFlow = here.get(flow) ?? new Map<string, ReadonlySet<string>>();
    const known = ofFlow.get(node);
    if (known !== undefined) return known;
    const read = new Set([...this.around.live.ofCall(state, node)].sort());
    this.knownOfCall.set(outside, here.set(flow, ofFlow.set(node, read)));
    return read;
  }

  /** The flows that wait outside, as they are kept, and which they are. A state mostly has those of the state before. */
  private outside(frames: FlowState['frames']): Outside {
    if (frames.length === 0) return NOBODY_OUTSIDE;
    const known = this.knownOutside.get(frames);
    if (known !== undefined) return known;
    const outside = { frames: frames.map(({ flow, node, vars }) => ({ flow, node, vars: kept(vars, this.readingsAfter(flow, node)) })), name: frames.map(({ flow, node }) => ` < ${flow}.${node}`).join('') };
    this.knownOutside.set(frames, outside).set(outside.frames, outside);
    return outside;
  }

  private readingsAt(flow: string, node: string): Readings {
    return this.here.get(flow)?.get(node) ?? this.readings(this.here, { flow, node }, this.around.live.at(flow, node));
  }

  /** Of a flow that waits for its part. */
  private readingsAfter(flow: string, node: string): Readings {
    return this.afterParts.get(flow)?.get(node) ?? this.readings(this.afterParts, { flow, node }, this.around.live.afterPart(flow, node));
  }

  private readings(known: Map<string, Map<string, Readings>>, { flow, node }: { readonly flow: string; readonly node: string }, read: ReadonlySet<string>): Readings {
    const { pools } = this.around;
    const paths = [...read].filter((path) => !path.startsWith('@')).sort();
    const readings = { values: paths.map((path) => ({ path, way: BUILT_IN.includes(path.split('.')[0] ?? '') ? null : path.split('.'), isCompared: pools.isCompared(flow, path), pool: pools.interchangeable(flow, path) })), names: new Set(paths.map((path) => path.split('.')[0] ?? path)) };
    known.set(flow, (known.get(flow) ?? new Map<string, Readings>()).set(node, readings));
    return readings;
  }

  /** Where the flow itself would come back, were it a part: known at the end by its visit. */
  private returned({ visits }: FlowState): FlowState['visits'] {
    return Object.fromEntries(Object.entries(visits).filter(([node]) => this.returns.has(node)));
  }
}

const NO_FACTS: ReadonlySet<string> = new Set();
const NOBODY_OUTSIDE: Outside = { frames: [], name: '' };

function kept(vars: Vars, { names }: Readings): Vars {
  const kept: Record<string, Json> = {};
  for (const name of names) {
    const value = vars[name];
    if (value !== undefined) kept[name] = value;
  }
  return kept;
}

function valuesKey(state: FlowState, vars: Vars, { readings, names }: { readonly readings: Readings; readonly names: Names }): string {
  let key = '';
  for (const { path, way, isCompared, pool } of readings.values) {
    const value = way === null ? lookUp(state, path) : valueAt(vars, way);
    if (value === undefined) key += ',-';
    else if (!isCompared) key += ',+';
    else key += `,${pool === null || pool.constants.has(value) ? JSON.stringify(value) : names.of(pool, value)}`;
  }
  return key;
}

/** How a call ends says where it ends, and whether that was while closed. */
function keyOfEnd({ activity, hours, visits }: FlowState): string {
  return activity.phase === 'left' ? `left ${activity.exit.kind} ${endOf(activity.exit)} ${hours?.state ?? ''} ${Object.keys(visits).join()}` : '';
}

const endOf = (exit: Extract<FlowState['activity'], { phase: 'left' }>['exit']): string => (exit.kind === 'hangup' ? (exit.outcome === 'solved' ? 'told' : exit.outcome) : exit.kind === 'queue' ? exit.queue : exit.kind === 'transfer' ? exit.target : '');

/** Names for values that are only compared with each other: the first one met is 0, whatever it is. */
class Names {
  private readonly known = new Map<object, Json[]>();

  of(pool: object, value: Json): string {
    const values = this.known.get(pool) ?? [];
    this.known.set(pool, values);
    if (!values.includes(value)) values.push(value);
    return `=${values.indexOf(value)}`;
  }
}
