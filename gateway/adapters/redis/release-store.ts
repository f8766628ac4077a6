import { flowSourceSchema, releaseSchema, type FlowSource, type Release } from '../../core/flow/release.js';
import type { Log } from '../../ports/log.js';
import type { ReleaseStore } from '../../ports/release-store.js';
import { openRedis, StoreError, whenReady, within, type Connection } from './connection.js';
import { RELEASE_LOG, RELEASE_SOURCE, storePrefix } from './keys.js';

/** A caller waits for it: the version known so far serves them when it takes longer. */
const READ_LIMIT_MS = 250;
const WRITE_LIMIT_MS = 5_000;

/** KEYS: log, source. ARGV: length of the log that the entry was decided on, entry, source or nothing. One script, so that of two entries one wins. */
const APPEND = `
if redis.call('LLEN', KEYS[1]) ~= tonumber(ARGV[1]) then return 'changed' end
if ARGV[3] ~= '' then redis.call('SETNX', KEYS[2], ARGV[3]) end
redis.call('RPUSH', KEYS[1], ARGV[2])
return 'appended'`;

export interface RedisReleaseStoreOptions {
  /** See `openRedis`. */
  readonly url: string;
  readonly tenant: string;
  readonly log: Log;
}

/** The log as a list, each version's source as a string under its hash: both only grow. */
export class RedisReleaseStore implements ReleaseStore {
  private readonly redis: Connection;
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

  async append(entry: Release, { after, source }: { readonly after: number; readonly source: FlowSource | null }): Promise<'appended' | 'changed'> {
    const version = entry.action === 'withdraw' ? '' : entry.version;
    const kept = source === null || version === '' ? '' : JSON.stringify(source);
    const done = await this.ask(() => this.redis.eval(APPEND, 2, this.logKey, this.sourceKey + version, after, JSON.stringify(entry), kept), WRITE_LIMIT_MS);
    return done === 'appended' ? 'appended' : 'changed';
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
