import { createHash } from 'node:crypto';
import type { Channel } from '../../../../gateway/core/acd/channels.js';
import { poolText, signatureText } from '../../../../gateway/core/acd/skills.js';
import type { SkillLevel, SkillNeed, Strategy } from '../../../../gateway/core/acd/queue-types.js';

export const QUEUES = ['billing', 'technical'] as const;
/** Each agent may have both. */
export const CHANNELS = ['voice', 'chat'] as const;
export const CHAT_SLOTS = 2;
/** Which of an agent's channels block the other: both, none, or chats alone. */
export const BLOCKING: readonly (readonly Channel[])[] = [['voice', 'chat'], ['voice', 'chat'], ['voice', 'chat'], [], ['chat']];

/** Few skills and many overlaps, so that every operation meets competition. */
export const NEEDS: readonly (readonly SkillNeed[])[] = [
  [],
  [{ skill: 'billing', minLevel: 1 }],
  [{ skill: 'billing', minLevel: 6 }],
  [{ skill: 'technical', minLevel: 4 }],
  [{ skill: 'billing', minLevel: 3 }, { skill: 'swedish', minLevel: 5 }],
  [{ skill: 'rare', minLevel: 10 }],
];

export const PREFERRED: readonly (readonly SkillNeed[])[] = [[], [{ skill: 'swedish', minLevel: 5 }, { skill: 'billing', minLevel: 8 }]];
export const CALL_STRATEGIES: readonly Strategy[] = ['longestIdle', 'mostSkilled'];
export const AGENT_STRATEGIES: readonly Strategy[] = ['longestIdle', 'primaryFirst', 'leastOccupied', 'linear'];

export const SKILLS: readonly (readonly SkillLevel[])[] = [
  [{ skill: 'billing', level: 2 }],
  [{ skill: 'billing', level: 8 }, { skill: 'swedish', level: 4 }],
  [{ skill: 'billing', level: 8 }, { skill: 'swedish', level: 9 }],
  [{ skill: 'technical', level: 4 }, { skill: 'swedish', level: 9 }],
  [{ skill: 'technical', level: 3 }],
  [{ skill: 'rare', level: 9 }, { skill: 'billing', level: 6 }],
];

/** Who goes before whom, lowest first: `ofPool` among those that serve the line, `ofLine` among those that the agent serves. */
export interface Tiers {
  readonly ofPool: number;
  readonly ofLine: number;
}

/** Pool id → signature id → tiers, for who may serve whom: worked out here from levels, by the ids that the adapter gives. */
export type Service = ReadonlyMap<string, ReadonlyMap<string, Tiers>>;

export function canServe(): Service {
  const idOf = (text: string) => createHash('sha256').update(text).digest('base64url').slice(0, 12);
  const lines = CHANNELS.flatMap((channel) => QUEUES.flatMap((queue) => NEEDS.flatMap((needs) => PREFERRED.flatMap((preferred) => CALL_STRATEGIES.map((strategy) => ({ channel, queue, needs, preferred, strategy }))))));
  const pools = CHANNELS.flatMap((channel) => SKILLS.flatMap((skills) => AGENT_STRATEGIES.map((strategy) => ({ channel, skills, strategy }))));
  return new Map(
    pools.map(({ channel, skills, strategy }) => {
      const level = (skill: string) => skills.find((one) => one.skill === skill)?.level ?? 0;
      const served = lines.flatMap((line) => {
        if (line.channel !== channel || !line.needs.every((need) => level(need.skill) >= need.minLevel)) return [];
        const [first, second] = line.preferred.map((wish) => level(wish.skill) >= wish.minLevel);
        const lacking = (first === false ? 40 : 0) + (second === false ? 20 : 0);
        const sum = line.needs.reduce((total, need) => total + level(need.skill), 0);
        const height = line.strategy === 'mostSkilled' && line.needs.length > 0 ? 10 - Math.round(sum / line.needs.length) : 0;
        const isSecondary = strategy === 'primaryFirst' && !line.needs.some((need) => need.skill === skills[0]?.skill);
        return [[idOf(signatureText(line.channel, line.queue, line, line.strategy)), { ofPool: lacking + height, ofLine: isSecondary ? 1 : 0 }] as const];
      });
      return [idOf(poolText(channel, skills, strategy)), new Map(served)];
    }),
  );
}
