import type { SkillLevel, SkillNeed } from './queue-types.js';

/** What is distributed. Only voice for now; a seat of one channel never takes the work of another. */
export type Channel = 'voice';

/**
 * The canonical text of a line of callers (a signature): the queue they chose and what they need. Sorted, one entry a skill with the
 * highest level asked for, so equal needs always give equal texts. Example: `voice|invoices|billing:3,swedish:5`. The queue decides
 * nobody's eligibility; it stands there so that a caller's place within the queue can be counted.
 */
export function signatureText(channel: Channel, queue: string, needs: readonly SkillNeed[]): string {
  return canonical(`${channel}|${encodeURIComponent(queue)}`, needs.map((need) => [need.skill, need.minLevel]));
}

/** The canonical text of what an agent can do: agents with the same text share one set of idle seats (a pool). */
export function poolText(channel: Channel, skills: readonly SkillLevel[]): string {
  return canonical(`${channel}|`, skills.map((skill) => [skill.skill, skill.level]));
}

/** Whether agents of the pool may serve calls of the signature: every needed skill at its level or above. Takes canonical texts. */
export function isServedBy(signature: string, pool: string): boolean {
  const need = parse(signature);
  const have = parse(pool);
  if (need.channel !== have.channel) return false;
  return [...need.levels].every(([skill, level]) => (have.levels.get(skill) ?? 0) >= level);
}

function canonical(head: string, entries: readonly (readonly [string, number])[]): string {
  const levels = new Map<string, number>();
  for (const [skill, level] of entries) levels.set(skill, Math.max(level, levels.get(skill) ?? 0));
  const sorted = [...levels].sort(([a], [b]) => (a < b ? -1 : 1));
  return `${head}|${sorted.map(([skill, level]) => `${encodeURIComponent(skill)}:${level}`).join(',')}`;
}

function parse(text: string): { channel: string; levels: Map<string, number> } {
  const [channel = '', , list = ''] = text.split('|');
  const levels = new Map<string, number>();
  for (const entry of list.split(',')) {
    const [skill, level] = entry.split(':');
    if (skill) levels.set(skill, Number(level));
  }
  return { channel, levels };
}
