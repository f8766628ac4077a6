import { DEFAULT_TIMERS, type Flow } from '../../flow/flow-schema.js';
import type { FlowState } from '../../flow/flow-state.js';
import type { BackEndCall } from '../../flow/kinds/back-end-call.js';
import { kindOf } from '../../flow/kinds/kinds.js';
import type { Takes } from '../../flow/kinds/kind.js';
import type { FlowNode, NodeOf } from '../../flow/node-schema.js';
import { dialableNumber } from '../../flow/dialling.js';
import { answersOf, type ProvedOperation } from './answers.js';
import type { Live } from './live.js';
import { wordsAt, type Move } from './moves.js';
import type { Pools } from './pools.js';

const ALL_KEYS = '1234567890*#';

/** What the search knows of the flows, for choosing moves. */
export interface Around {
  readonly root: Flow;
  readonly flows: ReadonlyMap<string, Flow>;
  readonly pools: Pools;
  readonly live: Live;
  readonly operations: ReadonlyMap<string, ProvedOperation> | undefined;
}

/** What can happen at a place, for each node worked out once. */
export class Choices {
  private readonly known = new Map<string, readonly Move[]>();
  /** Where values of a back end make more combinations than are tried. */
  readonly gaps = new Set<string>();

  constructor(private readonly around: Around) {}

  /** Everything that callers and back ends can do here, one move for each thing that makes a difference. Broken prompts are not among them. */
  at(state: FlowState): readonly Move[] {
    const { activity } = state;
    const flow = this.around.flows.get(state.inFlow ?? this.around.root.id);
    const node = activity.phase === 'left' ? undefined : flow?.nodes.get(activity.node);
    if (flow === undefined || node === undefined || activity.phase === 'left') return [];
    const key = `${flow.id}.${activity.node} ${activity.phase}${activity.phase === 'recording' ? stageOf(activity) : ''}${node.do === 'callback' ? ` ${state.progress[activity.node] ?? 0}` : ''}`;
    const known = this.known.get(key) ?? this.choose(flow, { id: activity.node, node }, state);
    this.known.set(key, known);
    return known;
  }

  private choose(flow: Flow, { id, node }: { readonly id: string; readonly node: FlowNode }, state: FlowState): readonly Move[] {
    const kind = kindOf(node);
    if (state.activity.phase === 'connecting') return this.answers(flow, id, node);
    if (kind.role === 'speaks') return [{ kind: 'listens' }, ...(kind.isEnd ? [] : [...flow.anywhere.keys()].map((key): Move => ({ kind: 'key', key, isFit: true })))];
    if (state.activity.phase === 'recording' && node.do === 'record') return this.recordings(flow, node, state.activity);
    if (kind.role !== 'asks' && kind.role !== 'records') return [];
    const question = kind.question({ flow, root: this.around.root, at: 0, state, effects: [], witness: null }, { id, node });
    const { takes } = question;
    const noInputMs = question.timers?.noInputMs ?? flow.timers.noInputMs ?? DEFAULT_TIMERS.noInputMs;
    const interDigitMs = question.timers?.interDigitMs ?? flow.timers.interDigitMs ?? DEFAULT_TIMERS.interDigitMs;
    const moves = takes.as === 'key' ? keysAt(flow, node) : this.entriesAt(flow, node, { takes, pauseMs: interDigitMs });
    // Of two ways as short, that of a silent caller is told rather than that of one who errs.
    return [...moves.filter(isFit), { kind: 'waits', ms: noInputMs }, ...moves.filter((move) => !isFit(move))];
  }

  private entriesAt(flow: Flow, node: FlowNode, { takes, pauseMs }: { readonly takes: Extract<Takes, { as: 'entry' }>; readonly pauseMs: number }): readonly Move[] {
    const outer = [...flow.anywhere.keys()];
    const end = takes.terminator === '#' ? '#' : '';
    const entry = (keys: string, isFit: boolean): Move => {
      const isWhole = keys.length >= takes.max;
      return { kind: 'entry', keys: isWhole ? keys : keys + end, pauseMs: !isWhole && end === '' ? pauseMs : null, isFit };
    };
    const path = node.do === 'collect' ? node.into : null;
    const known = node.do === 'callback' ? [dialableNumber(flow.dialling)] : this.around.pools.entriesFor(flow.id, path, takes);
    const fitting = known.filter((keys) => takes.mayStartWithAnywhere || !outer.includes(keys.slice(0, 1)));
    const free = [...ALL_KEYS.slice(0, 9)].find((key) => !outer.includes(key)) ?? '1';
    const short: Move = takes.min > 1 ? entry(free, false) : { kind: 'entry', keys: '#', pauseMs: null, isFit: false };
    const out = outer.map((key): Move => (takes.mayStartWithAnywhere ? entry(key, true) : { kind: 'key', key, isFit: true }));
    return [...fitting.map((keys) => entry(keys, true)), short, ...out];
  }

  private recordings(flow: Flow, node: NodeOf<'record'>, activity: RecordingActivity): readonly Move[] {
    const stage = stageOf(activity);
    const out = stage === 'leaving' ? [] : [...flow.anywhere.keys()].map((key): Move => ({ kind: 'key', key, isFit: true }));
    if (stage === 'prompt') return [{ kind: 'listens' }, ...out];
    const { minSeconds, maxSeconds, silenceSeconds } = node;
    const compared = node.into === undefined ? [] : this.around.pools.valuesOf(flow.id, `${node.into}.seconds`, 'number').map(Number);
    const lengths = compared.filter((seconds) => seconds >= minSeconds && seconds <= maxSeconds);
    const spoken = (lengths.length > 0 ? lengths : [Math.min(maxSeconds, Math.max(10, Math.ceil(minSeconds)))]).map((seconds): Move => ({ kind: 'speaks', seconds }));
    return [...spoken, { kind: 'saysNothing', silenceMs: silenceSeconds * 1_000 }, { kind: 'notRecorded' }, ...out];
  }

  private answers(flow: Flow, id: string, node: FlowNode): readonly Move[] {
    if (node.do !== 'connector' && node.do !== 'identify') return [];
    const call: BackEndCall = node;
    const { moves, isWhole } = answersOf(flow, call, this.around);
    if (!isWhole) this.gaps.add(`the answers of ${call.call} at ${id} were not tried in every combination of their values`);
    return moves;
  }
}

type RecordingActivity = Extract<FlowState['activity'], { phase: 'recording' }>;

const stageOf = ({ recordingId, leaving }: RecordingActivity): 'prompt' | 'voice' | 'leaving' => (recordingId === null ? 'prompt' : leaving === null ? 'voice' : 'leaving');

const isFit = (move: Move): boolean => !('isFit' in move) || move.isFit;

/** Keys with a meaning, keys that lead out, and one that has no meaning here. */
function keysAt(flow: Flow, node: FlowNode): readonly Move[] {
  const outer = [...flow.anywhere.keys()];
  const fit = new Set([...meaningful(node), ...outer]);
  const wrong = [...ALL_KEYS].find((key) => !fit.has(key) && !isAnswer(node, key));
  return [...[...fit].map((key): Move => ({ kind: 'key', key, isFit: true })), ...(wrong === undefined ? [] : [{ kind: 'key', key: wrong, isFit: false } as const])];
}

function meaningful(node: FlowNode): readonly string[] {
  switch (node.do) {
    case 'menu':
      return Object.keys(node.keys);
    case 'confirm':
    case 'consent':
      return [node.keys.yes, node.keys.no];
    case 'callback':
      return Object.values(node.keys);
    case 'record':
      return Object.values(node.review?.keys ?? {});
    case 'survey':
      return node.questions.flatMap(({ lowest, highest }) => [String(lowest), String(highest)]);
    default:
      return [...ALL_KEYS];
  }
}

const isAnswer = (node: FlowNode, key: string): boolean => node.do === 'survey' && /\d/.test(key) && node.questions.some(({ lowest, highest }) => Number(key) >= lowest && Number(key) <= highest);

/** The prompts of what is being said, as a move in which they cannot be played. */
export function unplayableAt(state: FlowState): Move | null {
  const prompts = wordsAt(state).map(({ promptId }) => promptId);
  return prompts.length === 0 ? null : { kind: 'unplayable', prompts };
}
