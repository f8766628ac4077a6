import type { Connection } from '../../../gateway/adapters/redis/connection.js';
import type { SkillLevel, SkillNeed } from '../../../gateway/core/acd/queue-types.js';
import { serverUsPerScript } from './redis-cost.js';

/** Looks through the line from its oldest caller until the agent can serve one: what a queue without an index does. */
const SCAN = `
local has = {}
for skill, level in string.gmatch(ARGV[1], '(%S+)=(%d+)') do has[skill] = tonumber(level) end
for from = 0, redis.call('ZCARD', KEYS[1]), 500 do
  for _, id in ipairs(redis.call('ZRANGE', KEYS[1], from, from + 499)) do
    local can = true
    for skill, level in string.gmatch(redis.call('HGET', KEYS[2], id), '(%S+)=(%d+)') do
      if (has[skill] or 0) < tonumber(level) then can = false break end
    end
    if can then return id end
  end
end`;
const LINE = 'naive:line';
const NEEDS = 'naive:needs';

/** A line in Redis that is searched caller by caller. */
export class NaiveQueue {
  private constructor(
    private readonly redis: Connection,
    private readonly script: string,
  ) {}

  /** @param line what each caller needs, the oldest first */
  static async of(redis: Connection, line: readonly (readonly SkillNeed[])[]): Promise<NaiveQueue> {
    for (let from = 0; from < line.length; from += 1_000) {
      const filling = redis.pipeline();
      line.slice(from, from + 1_000).forEach((needs, at) => {
        filling.zadd(LINE, from + at, `c${from + at}`);
        filling.hset(NEEDS, `c${from + at}`, needs.map((need) => `${need.skill}=${need.minLevel}`).join(' '));
      });
      await filling.exec();
    }
    return new NaiveQueue(redis, String(await redis.script('LOAD', SCAN)));
  }

  /** Finds somebody for each agent. @returns the server's mean time, microseconds */
  async scanUs(agents: readonly (readonly SkillLevel[])[]): Promise<number> {
    await this.redis.config('RESETSTAT');
    for (const skills of agents) {
      const found: unknown = await this.redis.evalsha(this.script, 2, LINE, NEEDS, skills.map((one) => `${one.skill}=${one.level}`).join(' '));
      if (typeof found !== 'string') throw new Error('the line has nobody for an agent');
    }
    return serverUsPerScript(this.redis, 'evalsha');
  }
}
