import type { Flow } from '../../flow/flow-schema.js';
import type { FlowState, Frame } from '../../flow/flow-state.js';
import { lookUp } from '../../flow/variables.js';
import type { Json } from '../../ids.js';
import type { Counters } from './counters.js';
import { OF_CALL, type Live } from './live.js';
import { nodeOf } from './moves.js';
import type { Pools } from './pools.js';

type Vars = FlowState['vars'];

/** A value that is read later, and how much of it makes a difference. */
interface Reading {
  readonly path: string;
  readonly isCompared: boolean;
}
interface Readings {
  readonly values: readonly Reading[];
  readonly names: ReadonlySet<string>;
}

/** Brings states that go the same ways to one form, and tells by a key whether two of them do. */
export class Canonical {
  private readonly known = new Map<string, Readings>();
  private readonly knownOfCall = new Map<string, ReadonlySet<string>>();
  private readonly returns: ReadonlySet<string>;

  constructor(
    private readonly root: Flow,
    private readonly around: { readonly flows: readonly Flow[]; readonly live: Live; readonly pools: Pools; readonly counters: Counters },
  ) {
    this.returns = new Set([...root.nodes].flatMap(([id, node]) => (node.do === 'return' ? [id] : [])));
  }

  /** The same state without what nobody reads later: the caller's way, values that are written before they are read, visits that count no more. */
  reduced(state: FlowState): FlowState {
    const node = nodeOf(state);
    if (node === null) return { ...state, vars: {}, visits: this.returned(state), path: [], answers: [], consents: {} };
    const flow = state.inFlow ?? this.root.id;
    return {
      ...state,
      vars: this.kept(state.vars, this.readingsAt(flow, node)),
      visits: this.around.counters.kept(state, this.ofCallAt(state, node)),
      frames: state.frames.length === 0 ? state.frames : state.frames.map((frame) => ({ ...frame, vars: this.kept(frame.vars, this.readingsAfter(frame)) })),
      path: [],
      answers: [],
      consents: {},
      shares: {},
    };
  }

  /** What is still read of the call itself: the facts of `Start.outside` that can make a difference yet. */
  factsAt(state: FlowState): ReadonlySet<string> {
    const node = nodeOf(state);
    return node === null ? NO_FACTS : this.ofCallAt(state, node);
  }

  /** The same for states that go the same ways, as long as the facts that are still read are the same. `state` as `reduced` made it. */
  keyOf(state: FlowState): string {
    const { activity, hours, visits } = state;
    // How a call ends says where it ends, and whether that was while closed.
    if (activity.phase === 'left') return `left ${activity.exit.kind} ${endOf(activity.exit)} ${hours?.state ?? ''} ${Object.keys(visits).join()}`;
    const flow = state.inFlow ?? this.root.id;
    const readings = this.readingsAt(flow, activity.node);
    let key = `${flow}.${activity.node} ${activity.phase} ${state.language} ${activity.say === null ? 0 : 1}${state.errorWay ?? ''}${state.isHurrying ? 'h' : ''} ${state.buffer} ${hours?.state ?? ''} ${state.progress[activity.node] ?? 0}`;
    if (activity.phase === 'recording') key += ` ${activity.recordingId === null ? 0 : 1}${activity.leaving ?? ''}`;
    if (activity.phase === 'asking') key += ` ${activity.noInputs}/${activity.noMatches}`;
    const names = new Names();
    key += this.valuesKey(state, { flow, readings, names });
    for (const path of this.ofCallAt(state, activity.node)) key += ofCall(path, state);
    for (const frame of state.frames) key += ` < ${frame.flow}.${frame.node}${this.valuesKey({ ...state, inFlow: frame.flow, vars: frame.vars }, { flow: frame.flow, readings: this.readingsAfter(frame), names })}`;
    for (const counted in visits) key += ` ${counted}=${visits[counted] ?? 0}`;
    return key;
  }

  private valuesKey(state: FlowState, { flow, readings, names }: { readonly flow: string; readonly readings: Readings; readonly names: Names }): string {
    let key = '';
    for (const { path, isCompared } of readings.values) {
      const value = lookUp(state, path);
      if (value === undefined) key += ',-';
      else if (!isCompared) key += ',+';
      else key += `,${names.of(this.around.pools.sameness(flow, path, value), value)}`;
    }
    return key;
  }

  private ofCallAt(state: FlowState, node: string): ReadonlySet<string> {
    const at = `${state.inFlow ?? this.root.id}.${node}${state.frames.map((frame) => ` < ${frame.flow}.${frame.node}`).join('')}`;
    const known = this.knownOfCall.get(at);
    if (known !== undefined) return known;
    const read = new Set([...this.around.live.ofCall(state, node)].sort());
    this.knownOfCall.set(at, read);
    return read;
  }

  private readingsAt(flow: string, node: string): Readings {
    return this.readings(`${flow}.${node}`, flow, () => this.around.live.at(flow, node));
  }

  /** Of a flow that waits for its part. */
  private readingsAfter({ flow, node }: Frame): Readings {
    return this.readings(`after ${flow}.${node}`, flow, () => this.around.live.afterPart(flow, node));
  }

  private readings(name: string, flow: string, read: () => ReadonlySet<string>): Readings {
    const known = this.known.get(name);
    if (known !== undefined) return known;
    const paths = [...read()].sort();
    const values = paths.filter((path) => !path.startsWith('@'));
    const readings = { values: values.map((path) => ({ path, isCompared: this.around.pools.isCompared(flow, path) })), names: new Set(values.map((path) => path.split('.')[0] ?? path)) };
    this.known.set(name, readings);
    return readings;
  }

  private kept(vars: Vars, { names }: Readings): Vars {
    const kept: Record<string, Json> = {};
    for (const name of names) {
      const value = vars[name];
      if (value !== undefined) kept[name] = value;
    }
    return kept;
  }

  /** Where the flow itself would come back, were it a part: known at the end by its visit. */
  private returned({ visits }: FlowState): FlowState['visits'] {
    return Object.fromEntries(Object.entries(visits).filter(([node]) => this.returns.has(node)));
  }
}

const NO_FACTS: ReadonlySet<string> = new Set();

/** What the call itself has come to, where that is read later. */
function ofCall(path: string, state: FlowState): string {
  switch (path) {
    case OF_CALL.solved:
      return `,${String(state.isSolved)}`;
    case OF_CALL.messages:
      // A draft is sent whatever comes next, but "record again": that begins anew.
      return `,${String(state.messages.length > 0)}`;
    case OF_CALL.booked:
      return `,${String(state.booked !== null)}`;
    case OF_CALL.hours:
      return `,${JSON.stringify(state.hours)}`;
    case OF_CALL.told:
      return `, told ${state.toldIncidents.join()}`;
    default:
      return '';
  }
}

const endOf = (exit: Extract<FlowState['activity'], { phase: 'left' }>['exit']): string => (exit.kind === 'hangup' ? exit.outcome : exit.kind === 'queue' ? exit.queue : exit.kind === 'transfer' ? exit.target : '');

/** Names for values that are only compared with each other: the first one met is 0, whatever it is. */
class Names {
  private readonly known = new Map<object, Json[]>();

  of(pool: object | null, value: Json): string {
    if (pool === null) return JSON.stringify(value);
    const values = this.known.get(pool) ?? [];
    this.known.set(pool, values);
    if (!values.includes(value)) values.push(value);
    return `=${values.indexOf(value)}`;
  }
}
