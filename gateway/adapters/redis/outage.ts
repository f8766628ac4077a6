import type { Log } from '../../ports/log.js';
import type { Cluster, Redis } from 'ioredis';

const MINUTE_MS = 60_000;
/** An operator is reminded ever more rarely, the last pause again and again. */
const REMIND_AFTER_MS = [MINUTE_MS, 5 * MINUTE_MS, 30 * MINUTE_MS] as const;

/** What an operator is told of Redis: once that it is away, now and then that it still is, and that it is back. A process has many connections to it, and it is one thing. */
class Outage {
  private readonly lost = new Set<Redis | Cluster>();
  private since = 0;
  private why = '';
  private reminder: NodeJS.Timeout | undefined;

  constructor(private readonly log: Log) {}

  watch(redis: Redis | Cluster): void {
    redis.on('error', (error: Error) => {
      // Of one that is connected the next attempt tells, if there has to be one.
      if (redis.status !== 'ready') this.isAway(redis, error.message);
    });
    // One that was closed waits for nothing any more.
    for (const event of ['ready', 'end'] as const) redis.on(event, () => this.isHere(redis));
  }

  private isAway(redis: Redis | Cluster, why: string): void {
    this.why = why;
    this.lost.add(redis);
    if (this.reminder !== undefined) return;
    this.since = Date.now();
    this.log.warn({ err: why }, 'Redis is not reachable, trying again: calls go on, no new ones are taken until it is (does it run, and is REDIS_URL right?)');
    this.remind(0);
  }

  private remind(times: number): void {
    const afterMs = REMIND_AFTER_MS[Math.min(times, REMIND_AFTER_MS.length - 1)];
    this.reminder = setTimeout(() => {
      this.log.error({ err: this.why, awayS: this.awayS() }, 'Redis is still not reachable');
      this.remind(times + 1);
    }, afterMs).unref();
  }

  private isHere(redis: Redis | Cluster): void {
    if (!this.lost.delete(redis) || this.lost.size > 0) return;
    clearTimeout(this.reminder);
    this.reminder = undefined;
    if (redis.status === 'ready') this.log.warn({ awayS: this.awayS() }, 'Redis is back');
  }

  private awayS(): number {
    return Math.round((Date.now() - this.since) / 1_000);
  }
}

const outages = new WeakMap<Log, Outage>();

/** Has a connection tell of its losses and returns: those with the same log tell of them together. */
export function tellOutages(redis: Redis | Cluster, log: Log): void {
  const outage = outages.get(log) ?? new Outage(log);
  outages.set(log, outage);
  outage.watch(redis);
}
