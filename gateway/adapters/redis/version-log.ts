import type { z } from 'zod';
import type { Log } from '../../ports/log.js';
import type { VersionLog } from '../../ports/version-log.js';
import { NotConnected, openRedis, whenReady, within, type Connection } from './connection.js';
import { storePrefix } from './keys.js';

/** A caller waits for it: the version known so far serves them when it takes longer. */
const READ_LIMIT_MS = 250;
const WRITE_LIMIT_MS = 5_000;

/** KEYS: log, source. ARGV: length of the log that the entry was decided on, entry, source or nothing. One script, so that of two entries one wins. */
const APPEND = `
if redis.call('LLEN', KEYS[1]) ~= tonumber(ARGV[1]) then return 'changed' end
if ARGV[3] ~= '' then redis.call('SETNX', KEYS[2], ARGV[3]) end
redis.call('RPUSH', KEYS[1], ARGV[2])
return 'appended'`;

export interface RedisVersionLogOptions {
  /** See `openRedis`. */
  readonly url: string;
  readonly tenant: string;
  readonly log: Log;
}

/** What is kept, and under which keys. */
export interface Kept<Entry, Source> {
  /** For messages, such as `flow versions`. */
  readonly what: string;
  readonly keys: { readonly log: string; readonly source: string };
  readonly entry: z.ZodType<Entry>;
  readonly source: z.ZodType<Source>;
  /** The version whose source comes with an entry; null = with none. */
  readonly versionOf: (entry: Entry) => string | null;
}

/** The log as a list, each version's source as a string under its hash: both only grow. */
export class RedisVersionLog<Entry, Source> implements VersionLog<Entry, Source> {
  private readonly redis: Connection;
  private readonly logKey: string;
  private readonly sourceKey: string;

  constructor(
    { url, tenant, log }: RedisVersionLogOptions,
    private readonly kept: Kept<Entry, Source>,
  ) {
    const prefix = storePrefix(tenant);
    this.logKey = prefix + kept.keys.log;
    this.sourceKey = prefix + kept.keys.source;
    this.redis = openRedis(url, log);
  }

  async entries(from: number): Promise<readonly Entry[]> {
    const written = await this.ask(() => this.redis.lrange(this.logKey, from, -1), READ_LIMIT_MS);
    return written.map((text) => this.kept.entry.parse(JSON.parse(text)));
  }

  async source(version: string): Promise<Source | null> {
    const text = await this.ask(() => this.redis.get(this.sourceKey + version), WRITE_LIMIT_MS);
    return text === null ? null : this.kept.source.parse(JSON.parse(text));
  }

  async append(entry: Entry, { after, source }: { readonly after: number; readonly source: Source | null }): Promise<'appended' | 'changed'> {
    const version = this.kept.versionOf(entry) ?? '';
    const text = source === null || version === '' ? '' : JSON.stringify(source);
    const done = await this.ask(() => this.redis.eval(APPEND, 2, this.logKey, this.sourceKey + version, after, JSON.stringify(entry), text), WRITE_LIMIT_MS);
    return done === 'appended' ? 'appended' : 'changed';
  }

  async close(): Promise<void> {
    this.redis.disconnect();
  }

  private async ask<T>(command: () => Promise<T>, limitMs: number): Promise<T> {
    if (!(await whenReady(this.redis, limitMs))) throw new NotConnected(`the store of ${this.kept.what} is not reachable`);
    return within(command(), limitMs, `no answer from the store of ${this.kept.what}`);
  }
}
