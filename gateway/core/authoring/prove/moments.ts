import type { Flow } from '../../flow/flow-schema.js';
import { hoursAt, type OpeningHours } from '../../flow/opening-hours.js';
import type { Millis } from '../../ids.js';
import { OF_CALL } from './live.js';

/** A time of the week at which calls begin, with the state of each set of opening hours, named as in `Live`. */
export interface Moment {
  readonly at: Millis;
  readonly hours: ReadonlyMap<string, string>;
}

/** Opening hours change under a call that began before. */
export interface MomentChange {
  readonly from: Moment;
  readonly to: Moment;
  /** When they change, and when a call begins that is still going on then: epoch ms. */
  readonly at: Millis;
  readonly begunAt: Millis;
}

export interface Moments {
  /** One for each combination of states that occurs. */
  readonly moments: readonly Moment[];
  /** One for each change from one of them to another. */
  readonly changes: readonly MomentChange[];
}

interface Known {
  readonly name: string;
  readonly hours: OpeningHours;
}

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const HALF_HOUR_MS = 30 * MINUTE_MS;
/** Exceptions and holidays that far ahead are looked at. */
const DAYS_AHEAD = 400;
/** The longest part of a call before a change, and after it, that is played. */
const CALL_MS = 10 * MINUTE_MS;

/** A moment for each state of opening hours, in every combination that occurs, and the changes between them. */
export function momentsOf(flows: readonly Flow[], from: Millis, gaps: string[]): Moments {
  const names = [...new Set(flows.flatMap((flow) => [...flow.nodes.values()].flatMap((node) => (node.do === 'hours' ? [node.of] : []))))];
  const known = names.flatMap((name): Known[] => {
    const hours = flows.find((flow) => flow.hours.has(name))?.hours.get(name);
    return hours === undefined ? [] : [{ name, hours }];
  });
  if (known.length < names.length) gaps.push(`opening hours are not known: ${names.filter((name) => !known.some((one) => one.name === name)).join(', ')}`);
  const times = known.length === 0 ? [from + DAY_MS / 2] : candidates(known.map(({ hours }) => hours), from);
  const moments = new Map<string, Moment>();
  for (const at of times) {
    const sign = signOf(known, at);
    // A moment shortly before a change is none: the change is a case of its own.
    if (!moments.has(sign) && signOf(known, at + HALF_HOUR_MS / 2) === sign) moments.set(sign, { at, hours: new Map(known.map(({ name, hours }) => [OF_CALL.hoursOf(name), stateOf(hours, at)])) });
  }
  return { moments: [...moments.values()], changes: changesOf(known, times, moments) };
}

/** The first change of each kind, at its minute. A call that two changes happen to is none of these cases. */
function changesOf(known: readonly Known[], times: readonly Millis[], moments: ReadonlyMap<string, Moment>): readonly MomentChange[] {
  const found = new Map<string, MomentChange>();
  for (const before of times) {
    const [from, to] = [moments.get(signOf(known, before)), moments.get(signOf(known, before + HALF_HOUR_MS))];
    if (from === undefined || to === undefined || from === to) continue;
    const name = `${signOf(known, from.at)} > ${signOf(known, to.at)}`;
    const at = found.has(name) ? null : changeAfter(known, before);
    if (at === null || moments.get(signOf(known, at - CALL_MS)) !== from || moments.get(signOf(known, at + CALL_MS)) !== to) continue;
    found.set(name, { from, to, at, begunAt: at - CALL_MS });
  }
  return [...found.values()];
}

/** The first minute within half an hour at which something is other than before. */
function changeAfter(known: readonly Known[], from: Millis): Millis | null {
  const start = Math.ceil(from / MINUTE_MS) * MINUTE_MS;
  const minutes = Array.from({ length: HALF_HOUR_MS / MINUTE_MS }, (_, minute) => start + minute * MINUTE_MS);
  return minutes.find((at) => signOf(known, at) !== signOf(known, from)) ?? null;
}

const signOf = (known: readonly Known[], at: Millis): string => known.map(({ hours }) => stateOf(hours, at)).join();

/** What prompts can say of the hours differs too: none ahead, and nothing can be said of the next opening. */
function stateOf(hours: OpeningHours, at: Millis): string {
  const { state, opensOn } = hoursAt(hours, at);
  return `${state}${opensOn === null ? ', not opening again' : ''}`;
}

/** Each half hour of the next eight days, and of days that are holidays or exceptions. */
function candidates(all: readonly OpeningHours[], from: Millis): readonly Millis[] {
  const until = new Date(from + DAYS_AHEAD * DAY_MS).toISOString().slice(0, 10);
  const today = new Date(from).toISOString().slice(0, 10);
  const special = all.flatMap(({ holidays, exceptions }) => [...holidays, ...exceptions.keys()]).filter((day) => day >= today && day < until);
  const days = [...Array.from({ length: 8 }, (_, ahead) => from + ahead * DAY_MS), ...[...new Set(special)].sort().map((day) => Date.parse(`${day}T00:00:00Z`))];
  return days.flatMap((day) => Array.from({ length: 48 }, (_, half) => day + half * HALF_HOUR_MS + MINUTE_MS));
}
