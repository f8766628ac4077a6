import { readFact, type QueueFact } from '../../core/acd/queue-fact.js';
import type { Millis } from '../../core/ids.js';
import type { Log } from '../../ports/log.js';
import type { FactStream } from '../../ports/queue-log.js';
import { moment, openRedis, whenReady, within, type Connection } from './connection.js';
import { KEY_NAMES, queuePrefix } from './keys.js';

/** About a day of a small house, an hour of a very large one; about 200 bytes a fact. What is older is in the files. */
export const FACTS_LENGTH = 200_000;
/** Facts kept while Redis is away: hardly any happen then. */
const MOST_PENDING = 10_000;
const BLOCK_MS = 5_000;
const BATCH = 500;
const WRITE_LIMIT_MS = 2_000;
/** Clocks of the nodes and of Redis need not agree. */
const CLOCK_SLACK_MS = 60_000;
const RETRY_MS = 500;
/** A fact is written when the turns are over that brought it: what an agent or caller waits for leaves first, and what falls together is one write. */
const GATHER_MS = 5;

/** All gateways of a tenant write to one stream and read it. */
export class RedisFactStream implements FactStream {
  private readonly redis: Connection;
  private readonly key: string;
  private pending: QueueFact[] = [];
  private writing: Promise<void> | null = null;
  private isClosed = false;
  private gathering: NodeJS.Timeout | null = null;

  constructor(private readonly options: { readonly url: string; readonly tenant: string; readonly log: Log }) {
    this.key = queuePrefix(options.tenant) + KEY_NAMES.FACTS;
    this.redis = this.connect();
  }

  append(fact: QueueFact): void {
    if (this.pending.length >= MOST_PENDING) {
      this.pending.shift();
      this.options.log.error({ kept: MOST_PENDING }, 'facts of the queue lost: Redis was away for too long');
    }
    this.pending.push(fact);
    this.gathering ??= setTimeout(() => {
      this.gathering = null;
      void this.write();
    }, GATHER_MS);
  }

  async follow(since: Millis, onFact: (fact: QueueFact) => void, signal: AbortSignal): Promise<void> {
    const redis = this.connect();
    const stop = () => redis.disconnect();
    signal.addEventListener('abort', stop, { once: true });
    let position = `${Math.max(0, since - CLOCK_SLACK_MS)}-0`;
    try {
      while (!signal.aborted) {
        if (!(await whenReady(redis, BLOCK_MS))) {
          await moment(signal);
          continue;
        }
        try {
          const reply = await within(redis.xread('COUNT', BATCH, 'BLOCK', BLOCK_MS, 'STREAMS', this.key, position), 2 * BLOCK_MS, 'no answer from Redis');
          for (const [id, fields] of reply?.[0]?.[1] ?? []) {
            const fact = readFact(fields[1] ?? '');
            if (fact !== null) onFact(fact);
            position = id;
          }
        } catch (error) {
          if (signal.aborted) return;
          this.options.log.warn({ error: error instanceof Error ? error.message : String(error) }, 'facts of the queue not readable');
          redis.disconnect(true);
          await moment(signal);
        }
      }
    } finally {
      signal.removeEventListener('abort', stop);
      redis.disconnect();
    }
  }

  /** Writes what is there yet, unless Redis is away. */
  async close(): Promise<void> {
    this.isClosed = true;
    if (this.gathering !== null) clearTimeout(this.gathering);
    if (this.redis.status === 'ready') await this.write();
    this.redis.disconnect();
  }

  /** Until nothing is left, one batch after the other. */
  private write(): Promise<void> {
    this.writing ??= this.writeAll().finally(() => (this.writing = null));
    return this.writing;
  }

  /** In order: a fact is taken off when it is written. A write whose answer is lost is repeated, which its id shows. */
  private async writeAll(): Promise<void> {
    while (this.pending.length > 0) {
      const batch = this.pending.slice(0, BATCH);
      const isWritten = (await whenReady(this.redis, WRITE_LIMIT_MS)) && (await this.send(batch));
      if (isWritten) this.pending = this.pending.slice(batch.length);
      else if (this.isClosed) return;
      else await new Promise((resolve) => setTimeout(resolve, RETRY_MS).unref());
    }
  }

  private async send(batch: readonly QueueFact[]): Promise<boolean> {
    const step = this.redis.pipeline();
    for (const fact of batch) step.xadd(this.key, 'MAXLEN', '~', FACTS_LENGTH, '*', 'f', JSON.stringify(fact));
    const replies = await within(step.exec(), WRITE_LIMIT_MS, 'no answer from Redis').catch(() => null);
    return replies !== null && replies.every(([error]) => error === null);
  }

  private connect(): Connection {
    return openRedis(this.options.url, this.options.log);
  }
}
