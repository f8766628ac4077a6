import type { QueueConfig } from './queue-config.js';
import type { LaterRequirement, Requirement, SkillNeed } from './queue-types.js';

/** What a flow asks for beyond its queue. */
export interface Wish {
  readonly needs: readonly SkillNeed[];
  /** Null = the queue's own. */
  readonly band: number | null;
}

/**
 * What a caller of the queue needs at first, and how that changes as the wait grows: relaxations take away from all that is needed, the
 * flow's wishes included; ageing never makes a caller less urgent than they were.
 */
export function requirementsOf(queue: Pick<QueueConfig, 'needs' | 'prefer' | 'relax' | 'ageing' | 'band'>, wish: Wish): { readonly first: Requirement; readonly later: readonly LaterRequirement[] } {
  const first: Requirement = { needs: merged([...queue.needs, ...wish.needs]), preferred: queue.prefer, band: wish.band ?? queue.band };
  const times = [...new Set([...queue.relax, ...queue.ageing].map((change) => change.afterMs))].sort((a, b) => a - b);
  const all = times.map((afterMs): LaterRequirement => {
    const due = queue.relax.filter((change) => change.afterMs <= afterMs);
    const needs = due.reduce<readonly SkillNeed[]>(relaxed, first.needs);
    const band = queue.ageing.filter((step) => step.afterMs <= afterMs).reduce((best, step) => Math.min(best, step.band), first.band);
    return { afterMs, needs, preferred: queue.prefer, band };
  });
  // A change that changes nothing for this caller is none.
  return { first, later: all.filter((now, at) => !isSame(now, all[at - 1] ?? first)) };
}

function relaxed(needs: readonly SkillNeed[], change: QueueConfig['relax'][number]): readonly SkillNeed[] {
  const levelOf = ({ skill, minLevel }: SkillNeed): number => Math.min(minLevel, change.lower.find((lowered) => lowered.skill === skill)?.minLevel ?? minLevel);
  return needs.filter((need) => !change.drop.includes(need.skill)).map((need) => ({ skill: need.skill, minLevel: levelOf(need) }));
}

function merged(needs: readonly SkillNeed[]): readonly SkillNeed[] {
  const levels = new Map<string, number>();
  for (const { skill, minLevel } of needs) levels.set(skill, Math.max(minLevel, levels.get(skill) ?? 0));
  return [...levels].map(([skill, minLevel]) => ({ skill, minLevel }));
}

const isSame = (a: Requirement, b: Requirement): boolean => a.band === b.band && JSON.stringify(a.needs) === JSON.stringify(b.needs);
