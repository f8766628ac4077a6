import type { Channel } from './channels.js';
import type { Requirement, SkillLevel, SkillNeed, Strategy } from './queue-types.js';

/** At most so many preferred skills count: a tier is one bit for each. */
export const MOST_PREFERRED = 3;
const HIGHEST_LEVEL = 10;

/**
 * The canonical text of a line of callers (a signature): the queue they chose, what they need, what is preferred and whether the highest
 * levels go first. Sorted, one entry a skill with the highest level asked for, so equal needs always give equal texts. Example:
 * `voice|invoices|billing:3,swedish:5|norwegian:2|`. The queue decides nobody's eligibility; it stands there so that a caller's place
 * within the queue can be counted.
 */
export function signatureText(channel: Channel, queue: string, { needs, preferred = [] }: Pick<Requirement, 'needs' | 'preferred'>, strategy: Strategy = 'longestIdle'): string {
  const wished = preferred.slice(0, MOST_PREFERRED).map((one) => entry(one.skill, one.minLevel));
  return [channel, encodeURIComponent(queue), sorted(needs.map((need) => [need.skill, need.minLevel])), wished.join(','), strategy === 'mostSkilled' ? 'levels' : ''].join('|');
}

/**
 * The canonical text of what an agent can do: agents with the same text share one set of idle seats (a pool). The primary skill is in it
 * only where it counts.
 */
export function poolText(channel: Channel, skills: readonly SkillLevel[], strategy: Strategy = 'longestIdle'): string {
  const primary = strategy === 'primaryFirst' ? encodeURIComponent(skills[0]?.skill ?? '') : '';
  return [channel, sorted(skills.map((skill) => [skill.skill, skill.level])), primary].join('|');
}

/** Whether agents of the pool may serve calls of the signature: every needed skill at its level or above. Takes canonical texts. */
export function isServedBy(signature: string, pool: string): boolean {
  const [line, agents] = [readSignature(signature), readPool(pool)];
  return line.channel === agents.channel && [...line.needs].every(([skill, level]) => levelOf(agents, skill) >= level);
}

/** The edge between a signature and a pool that may serve it. Of two, the lower tier goes first, before waiting and idle time. */
export interface Edge {
  /** Of the pool among those that serve the signature, 0-79: which preferred skills are missing, then how high the levels are. */
  readonly ofPool: number;
  /** Of the signature among those that the pool serves: 0 when it needs the primary skill, else 1; 0 where that does not count. */
  readonly ofSignature: number;
}

/** Takes canonical texts. Null when agents of the pool may not serve the signature. */
export function edge(signature: string, pool: string): Edge | null {
  if (!isServedBy(signature, pool)) return null;
  const [line, agents] = [readSignature(signature), readPool(pool)];
  // One bit for each preferred skill, the first the highest: who lacks only the last goes before who lacks the first.
  const lacking = [...line.preferred].reduce((tier, [skill, level], at) => tier + (levelOf(agents, skill) >= level ? 0 : 1 << (MOST_PREFERRED - 1 - at)), 0);
  const levels = [...line.needs.keys()].map((skill) => levelOf(agents, skill));
  const mean = levels.length === 0 ? HIGHEST_LEVEL : levels.reduce((sum, level) => sum + level, 0) / levels.length;
  const isSecondary = agents.primary !== '' && !line.needs.has(agents.primary);
  return { ofPool: lacking * HIGHEST_LEVEL + (line.doLevelsCount ? HIGHEST_LEVEL - Math.max(1, Math.round(mean)) : 0), ofSignature: isSecondary ? 1 : 0 };
}

interface Line {
  readonly channel: string;
  readonly needs: ReadonlyMap<string, number>;
  readonly preferred: ReadonlyMap<string, number>;
  readonly doLevelsCount: boolean;
}

interface Agents {
  readonly channel: string;
  readonly levels: ReadonlyMap<string, number>;
  readonly primary: string;
}

function readSignature(text: string): Line {
  const [channel = '', , needs = '', preferred = '', how = ''] = text.split('|');
  return { channel, needs: readLevels(needs), preferred: readLevels(preferred), doLevelsCount: how === 'levels' };
}

function readPool(text: string): Agents {
  const [channel = '', levels = '', primary = ''] = text.split('|');
  return { channel, levels: readLevels(levels), primary };
}

const levelOf = (agents: Agents, skill: string): number => agents.levels.get(skill) ?? 0;

const entry = (skill: string, level: number): string => `${encodeURIComponent(skill)}:${level}`;

function sorted(entries: readonly (readonly [string, number])[]): string {
  const levels = new Map<string, number>();
  for (const [skill, level] of entries) levels.set(skill, Math.max(level, levels.get(skill) ?? 0));
  return [...levels].sort(([a], [b]) => (a < b ? -1 : 1)).map(([skill, level]) => entry(skill, level)).join(',');
}

function readLevels(list: string): ReadonlyMap<string, number> {
  const levels = new Map<string, number>();
  for (const one of list.split(',')) {
    const [skill, level] = one.split(':');
    if (skill) levels.set(skill, Number(level));
  }
  return levels;
}

/** The channel of a line or of agents. Takes a canonical text. */
export const channelOf = (text: string): string => text.split('|', 1)[0] ?? '';

/** The queue whose callers stand in that line. Takes a canonical text. */
export const queueOf = (signature: string): string => decodeURIComponent(signature.split('|')[1] ?? '');

/** What callers of that line need, all of it. Takes a canonical text. */
export const needsOf = (signature: string): readonly SkillNeed[] => [...readSignature(signature).needs].map(([skill, minLevel]) => ({ skill: decodeURIComponent(skill), minLevel }));

/** What the file's owner would say of needs: `billing 3, swedish 5`. */
export const needsText = (needs: readonly SkillNeed[]): string => needs.map((need) => `${need.skill} ${need.minLevel}`).join(', ');
