import { z } from 'zod';
import { ITEM_CHANNELS } from '../../core/acd/channels.js';
import type { ItemEnd, KeptItem } from '../../core/acd/item.js';
import { failed, ok, type Result } from '../../core/errors.js';
import { brand, type AgentId, type QueueId } from '../../core/ids.js';
import type { ItemStore } from '../../ports/item-store.js';
import type { Log } from '../../ports/log.js';
import { openRedis, whenReady, within, type Connection } from './connection.js';
import { ITEM, ITEM_ENDING, queuePrefix } from './keys.js';

const LIMIT_MS = 2_000;
/** Nobody's work waits longer. */
const KEPT_MS = 90 * 86_400_000;
const KEPT_AFTER_END_MS = 86_400_000;

const agentId = z.string().transform((id) => brand<AgentId>(id));
const endSchema = z.object({ result: z.enum(['completed', 'cancelled']), at: z.number(), agentId: agentId.nullable(), note: z.string() });
const keptSchema = z.object({
  id: z.string(),
  channel: z.enum(ITEM_CHANNELS),
  queue: z.string().transform((id) => brand<QueueId>(id)),
  title: z.string(),
  link: z.string().nullable(),
  customer: z.string().nullable(),
  needs: z.array(z.object({ skill: z.string(), minLevel: z.number() })),
  band: z.number().nullable(),
  createdAt: z.number(),
  end: endSchema.nullable(),
});

export interface RedisItemStoreOptions {
  /** See `openRedis`. */
  readonly url: string;
  readonly tenant: string;
  readonly log: Log;
}

/** One key an item. Open with `openItemStore`. */
class RedisItemStore implements ItemStore {
  private readonly redis: Connection;
  private readonly prefix: string;
  private readonly endingPrefix: string;

  constructor(options: RedisItemStoreOptions) {
    this.prefix = queuePrefix(options.tenant) + ITEM;
    this.endingPrefix = queuePrefix(options.tenant) + ITEM_ENDING;
    this.redis = openRedis(options.url, options.log);
  }

  create(item: KeptItem): Promise<Result<KeptItem>> {
    return this.ask(async () => {
      const before = await this.redis.set(this.prefix + item.id, JSON.stringify(item), 'PX', KEPT_MS, 'NX', 'GET');
      return before === null ? item : read(before);
    });
  }

  find(id: string): Promise<Result<KeptItem | null>> {
    return this.ask(async () => {
      const [text = null, ending = null] = await this.redis.mget(this.prefix + id, this.endingPrefix + id);
      return text === null ? null : { ...read(text), ...(ending === null ? {} : { ending: endSchema.parse(JSON.parse(ending)) }) };
    });
  }

  /** Beside the item: somebody else may be writing down that it is over. */
  intend({ id }: KeptItem, ending: ItemEnd): Promise<Result<null>> {
    return this.ask(async () => {
      await this.redis.set(this.endingPrefix + id, JSON.stringify(ending), 'PX', KEPT_AFTER_END_MS);
      return null;
    });
  }

  end({ ending: _over, ...item }: KeptItem, end: ItemEnd): Promise<Result<null>> {
    return this.ask(async () => {
      await this.redis.set(this.prefix + item.id, JSON.stringify({ ...item, end }), 'PX', KEPT_AFTER_END_MS);
      return null;
    });
  }

  close(): Promise<void> {
    this.redis.disconnect();
    return Promise.resolve();
  }

  private async ask<T>(command: () => Promise<T>): Promise<Result<T>> {
    try {
      if (!(await whenReady(this.redis, LIMIT_MS))) return failed('VG_STORE', 'Redis is not connected');
      return ok(await within(command(), LIMIT_MS, 'no answer from Redis'));
    } catch (error) {
      return failed('VG_STORE', String(error));
    }
  }
}

const read = (text: string): KeptItem => keptSchema.parse(JSON.parse(text));

/** Opens the store. Connects in the background. */
export function openItemStore(options: RedisItemStoreOptions): ItemStore {
  return new RedisItemStore(options);
}
