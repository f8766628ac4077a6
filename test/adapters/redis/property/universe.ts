import { createHash } from 'node:crypto';
import { poolText, signatureText } from '../../../../gateway/core/acd/skills.js';
import type { SkillLevel, SkillNeed } from '../../../../gateway/core/acd/queue-types.js';

export const QUEUES = ['billing', 'technical'] as const;

/** Few skills and many overlaps, so that every operation meets competition. */
export const NEEDS: readonly (readonly SkillNeed[])[] = [
  [],
  [{ skill: 'billing', minLevel: 1 }],
  [{ skill: 'billing', minLevel: 6 }],
  [{ skill: 'technical', minLevel: 4 }],
  [{ skill: 'billing', minLevel: 3 }, { skill: 'swedish', minLevel: 5 }],
  [{ skill: 'rare', minLevel: 10 }],
];

export const SKILLS: readonly (readonly SkillLevel[])[] = [
  [{ skill: 'billing', level: 2 }],
  [{ skill: 'billing', level: 8 }, { skill: 'swedish', level: 4 }],
  [{ skill: 'billing', level: 8 }, { skill: 'swedish', level: 9 }],
  [{ skill: 'technical', level: 4 }, { skill: 'swedish', level: 9 }],
  [{ skill: 'technical', level: 3 }],
  [{ skill: 'rare', level: 9 }, { skill: 'billing', level: 6 }],
];

/** Who may serve whom, worked out here from levels, by the ids that the adapter gives. */
export function canServe(): ReadonlyMap<string, readonly string[]> {
  const idOf = (text: string) => createHash('sha256').update(text).digest('base64url').slice(0, 12);
  return new Map(
    SKILLS.map((skills) => {
      const able = QUEUES.flatMap((queue) => NEEDS.map((needs) => ({ queue, needs }))).filter(({ needs }) =>needs.every((need) => skills.some((skill) => skill.skill === need.skill && skill.level >= need.minLevel)));
      return [idOf(poolText('voice', skills)), able.map(({ queue, needs }) => idOf(signatureText('voice', queue, needs)))];
    }),
  );
}
