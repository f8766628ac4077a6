import type { Millis } from '../../ids.js';
import type { RecordedEnd, Recording } from '../../recording/recording.js';
import type { Flow } from '../../flow/flow-schema.js';
import { replayCall, type Replayed } from './replay-call.js';

export type Verdict = 'same' | 'different' | 'askedNew' | 'unknown' | 'unusable';

/** Where two ways part: the last node that both came to, and what followed on each; null = the end. */
export interface Parting {
  readonly node: string;
  readonly was: string | null;
  readonly now: string | null;
}

/** One caller in both versions of the flow. */
export interface CallerResult {
  readonly callId: string;
  /** When the flow began, epoch ms. */
  readonly at: Millis;
  readonly flow: string;
  /** The version that the call was recorded on. */
  readonly version: string;
  /** That is not the version of the files: its parts, and what the draft did not change, may have been others too. */
  readonly isOtherVersion: boolean;
  readonly verdict: Verdict;
  /** Ends in words: `solved`, `queue billing`. `now` also says what was asked anew or is not known. */
  readonly was: string;
  readonly now: string;
  /** Null where the ways are the same. */
  readonly parting: Parting | null;
  /** The nodes from the parting on. */
  readonly steps: { readonly was: readonly string[]; readonly now: readonly string[] };
}

/** Callers to whom the same happens. */
export interface ResultGroup {
  readonly verdict: Exclude<Verdict, 'same' | 'unusable'>;
  readonly was: string;
  readonly now: string;
  /** Where their ways part, for most of them. */
  readonly parting: Parting | null;
  readonly calls: number;
}

export interface ReplayFigures {
  readonly replayed: number;
  readonly same: number;
  readonly different: number;
  readonly askedNew: number;
  readonly unknown: number;
  /** Recordings that cannot be replayed: too long, or heard by two gateways. */
  readonly unusable: number;
  /** Of those replayed: recorded on another version than that of the files. */
  readonly otherVersions: number;
  /** Left out: what was published as the version that they were recorded on could not be asked for. */
  readonly unknownVersions: number;
  /** Calls of other flows. */
  readonly otherFlows: number;
}

/** Steps that are told of one way. */
const MAX_STEPS = 30;

/** Replays one caller and compares. `live`: the flow that was called as it stands without the draft, where it is known. */
export function replayOne(flow: Flow, recording: Recording, live: Flow | null = null): CallerResult {
  const { callId, at, flow: id, version, end } = recording;
  const about = { callId, at, flow: id, version, isOtherVersion: live !== null && live.version !== version };
  if (recording.unusable !== undefined) return { ...about, verdict: 'unusable', was: shortEnd(end), now: UNUSABLE[recording.unusable], parting: null, steps: { was: [], now: [] } };
  const replayed = replayCall(flow, recording, live);
  const parted = part(recording.way, replayed.way);
  const steps = { was: recording.way.slice(parted.from, parted.from + MAX_STEPS), now: replayed.way.slice(parted.from, parted.from + MAX_STEPS) };
  return { ...about, ...judge(end, replayed), parting: parted.parting, steps };
}

const UNUSABLE = { tooLarge: 'too long to be kept', takenOver: 'went on in another gateway', unclear: 'its end is not clear' } as const;

function judge(was: RecordedEnd, { outcome }: Replayed): Pick<CallerResult, 'verdict' | 'was' | 'now'> {
  if (outcome.kind === 'askedNew') return { verdict: 'askedNew', was: shortEnd(was), now: `asked something new at ${outcome.node}` };
  if (outcome.kind === 'unknown') return { verdict: 'unknown', was: shortEnd(was), now: `unknown: ${outcome.why}` };
  const isSame = longEnd(was) === longEnd(outcome.end);
  const [before, after] = [shortEnd(was), shortEnd(outcome.end)];
  if (isSame || before !== after) return { verdict: isSame ? 'same' : 'different', was: before, now: after };
  return { verdict: 'different', was: longEnd(was), now: longEnd(outcome.end) };
}

/** An end as it is counted. */
export function shortEnd(end: RecordedEnd): string {
  switch (end.kind) {
    case 'queue':
      return `queue ${end.queue}`;
    case 'transfer':
      return `transfer to ${end.target}`;
    case 'hangup':
      return end.outcome;
    case 'broken':
      return 'last resort';
    case 'callerLeft':
      return `hung up ${end.as}`;
    case 'lost':
      return 'connection lost';
  }
}

/** An end with all that tells it from others. */
function longEnd(end: RecordedEnd): string {
  if (end.kind !== 'queue') return shortEnd(end);
  const needs = [...end.needs].map(({ skill, minLevel }) => `${skill} ${minLevel}`).sort();
  return `queue ${end.queue} (${[`reason ${end.reason ?? 'not stated'}`, ...(needs.length === 0 ? [] : [`needs ${needs.join(' and ')}`]), ...(end.band === null ? [] : [`band ${end.band}`])].join(', ')})`;
}

function part(was: readonly string[], now: readonly string[]): { readonly parting: Parting | null; readonly from: number } {
  const length = Math.max(was.length, now.length);
  for (let index = 0; index < length; index++) {
    if (was[index] === now[index]) continue;
    return { parting: { node: was[index - 1] ?? 'the beginning', was: was[index] ?? null, now: now[index] ?? null }, from: Math.max(0, index - 1) };
  }
  // The same way to the last node: what differs is there.
  const last = was.at(-1);
  return { parting: last === undefined ? null : { node: last, was: null, now: null }, from: Math.max(0, length - 1) };
}

/** Adds up the results of many callers. */
export class ReplayTally {
  private readonly counts: Record<Verdict, number> = { same: 0, different: 0, askedNew: 0, unknown: 0, unusable: 0 };
  private readonly groups = new Map<string, { verdict: ResultGroup['verdict']; was: string; now: string; calls: number; partings: Map<string, { parting: Parting | null; calls: number }> }>();
  private others = 0;
  private otherVersions = 0;
  private unknownVersions = 0;

  add({ verdict, was, now, parting, isOtherVersion }: CallerResult): void {
    this.counts[verdict]++;
    if (isOtherVersion && verdict !== 'unusable') this.otherVersions++;
    if (verdict === 'same' || verdict === 'unusable') return;
    const key = JSON.stringify([verdict, was, now]);
    const group = this.groups.get(key) ?? { verdict, was, now, calls: 0, partings: new Map<string, { parting: Parting | null; calls: number }>() };
    this.groups.set(key, group);
    group.calls++;
    const place = JSON.stringify(parting);
    const known = group.partings.get(place) ?? { parting, calls: 0 };
    group.partings.set(place, known);
    known.calls++;
  }

  /** A call of a flow that the draft has nothing to do with. */
  skip(): void {
    this.others++;
  }

  /** A call of which nobody can say what it would be compared with. */
  leaveOut(): void {
    this.unknownVersions++;
  }

  get figures(): ReplayFigures {
    const { same, different, askedNew, unknown, unusable } = this.counts;
    return { replayed: same + different + askedNew + unknown, same, different, askedNew, unknown, unusable, otherVersions: this.otherVersions, unknownVersions: this.unknownVersions, otherFlows: this.others };
  }

  /** Those with most callers first, the kinds of result kept together. */
  get results(): readonly ResultGroup[] {
    const order: readonly ResultGroup['verdict'][] = ['different', 'askedNew', 'unknown'];
    return [...this.groups.values()]
      .map(({ partings, ...group }) => ({ ...group, parting: [...partings.values()].sort((a, b) => b.calls - a.calls)[0]?.parting ?? null }))
      .sort((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict) || b.calls - a.calls);
  }

  /** Whether nothing is other than it was, as far as is known. */
  get isAsBefore(): boolean {
    return this.counts.different + this.counts.askedNew + this.counts.unknown + this.unknownVersions === 0;
  }
}
