import type { Redis } from 'ioredis';
import { flowSourceSchema, releaseSchema, type FlowSource, type Release } from '../../core/flow/release.js';
import type { Log } from '../../ports/log.js';
import type { ReleaseStore } from '../../ports/release-store.js';
import { openRedis, StoreError, whenReady, within } from './connection.js';
import { RELEASE_LOG, RELEASE_SOURCE, storePrefix } from './keys.js';

/** A caller waits for it: the version known so far serves them when it takes longer. */
const READ_LIMIT_MS = 250;
const WRITE_LIMIT_MS = 5_000;

export interface RedisReleaseStoreOptions {
  /** `redis://host:port`, `unix:///path` or a socket's path. */
  readonly url: string;
  readonly tenant: string;
  readonly log: Log;
}

/** The log as a list, each version's source as a string under its hash: both only grow. */
export class RedisReleaseStore implements ReleaseStore {
  private readonly redis: Redis;
  private readonly logKey: string;
  private readonly sourceKey: string;

  constructor(private readonly options: RedisReleaseStoreOptions) {
    const prefix = storePrefix(options.tenant);
    this.logKey = prefix + RELEASE_LOG;
    this.sourceKey = prefix + RELEASE_SOURCE;
    this.redis = openRedis(options.url);
    this.redis.on('error', (error) => options.log.warn({ error: error.message }, 'release store connection failed'));
  }

  async entries(from: number): Promise<readonly Release[]> {
    const written = await this.ask(() => this.redis.lrange(this.logKey, from, -1), READ_LIMIT_MS);
    return written.map((text) => releaseSchema.parse(JSON.parse(text)));
  }

  async source(version: string): Promise<FlowSource | null> {
    const text = await this.ask(() => this.redis.get(this.sourceKey + version), WRITE_LIMIT_MS);
    return text === null ? null : flowSourceSchema.parse(JSON.parse(text));
  }

  /** On a connection of its own: WATCH belongs to a connection, and others must not end it. */
  async append(entry: Release, { after, source }: { readonly after: number; readonly source: FlowSource | null }): Promise<'appended' | 'changed'> {
    const redis = openRedis(this.options.url);
    redis.on('error', (error) => this.options.log.warn({ error: error.message }, 'release store connection failed'));
    try {
      if (!(await whenReady(redis, WRITE_LIMIT_MS))) throw new StoreError('the store of flow versions is not reachable');
      return await within(this.appendOn(redis, entry, { after, source }), WRITE_LIMIT_MS, 'no answer from the store of flow versions');
    } finally {
      redis.disconnect();
    }
  }

  private async appendOn(redis: Redis, entry: Release, { after, source }: { readonly after: number; readonly source: FlowSource | null }): Promise<'appended' | 'changed'> {
    await redis.watch(this.logKey);
    if ((await redis.llen(this.logKey)) !== after) return 'changed';
    const step = redis.multi();
    if (source !== null && entry.action !== 'withdraw') step.setnx(this.sourceKey + entry.version, JSON.stringify(source));
    const done = await step.rpush(this.logKey, JSON.stringify(entry)).exec();
    return done === null ? 'changed' : 'appended';
  }

  async close(): Promise<void> {
    this.redis.disconnect();
  }

  private async ask<T>(command: () => Promise<T>, limitMs: number): Promise<T> {
    if (!(await whenReady(this.redis, limitMs))) throw new StoreError('the store of flow versions is not reachable');
    return within(command(), limitMs, 'no answer from the store of flow versions');
  }
}

/** Opens the store. Connects in the background; questions wait for the connection up to their limit. */
export function openReleaseStore(options: RedisReleaseStoreOptions): RedisReleaseStore {
  return new RedisReleaseStore(options);
}
