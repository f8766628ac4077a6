import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { brand } from '../../core/ids.js';
import type { CallId, NodeId } from '../../core/ids.js';
import type { CallStore, Heartbeat, Registration, SavedCall } from '../../ports/call-store.js';
import type { Log } from '../../ports/log.js';
import { openRedis, scriptClientOf, whenReady, within, type Connection } from './connection.js';
import type { ScriptClient } from './connection.js';
import { registrationKey, STORE_KEY_NAMES, storePrefix } from './keys.js';
import { ScriptRunner } from './runner.js';
import { loadLibrary, STORE_SCRIPTS } from './scripts.js';
import type { StoreScript } from './scripts.js';

/** No command of the store may take longer: the call goes on from memory instead. */
const COMMAND_LIMIT_MS = 250;
/** A phone that registers waits longer than a caller, and a refused one is not asked for calls until it tries again. */
const REGISTRATION_LIMIT_MS = 2_000;
const ADOPT_BATCH = 50;

export interface RedisCallStoreOptions {
  /** See `openRedis`. */
  readonly url: string;
  readonly tenant: string;
  readonly log: Log;
  /** Virtual time for tests, epoch ms; default: Redis's own clock. */
  readonly now?: () => number;
  /** Put between the store and its connection by tests. */
  readonly wrapClient?: (client: ScriptClient) => ScriptClient;
}

const registrationSchema = z.object({
  aor: z.string(),
  contact: z.string(),
  source: z.object({ protocol: z.enum(['udp', 'tcp']), address: z.string(), port: z.number() }),
  expiresAt: z.number(),
});

/** Another node has adopted the call: this one must let go of it. */
export class CallTaken extends Error {
  override readonly name = 'CallTaken';
}

/** Snapshots, node leases and registrations in Redis. */
export class RedisCallStore implements CallStore {
  private readonly redis: Connection;
  private readonly runner: ScriptRunner<StoreScript>;
  private readonly prefix: string;
  private readonly tenant: string;
  /** This process, as it named itself: what it may remove. */
  private self: NodeId | null = null;
  /** Of the adoption whose reply is still missing; the same token again gives the same calls. */
  private adoptToken: string | null = null;
  /** Which run of the server this connection speaks to; null = not asked yet. */
  private serverRun: string | null = null;

  constructor(options: RedisCallStoreOptions) {
    this.prefix = storePrefix(options.tenant);
    this.tenant = options.tenant;
    this.redis = openRedis(options.url, options.log);
    this.redis.on('ready', () => {
      this.serverRun = null;
    });
    this.runner = new ScriptRunner<StoreScript>({
      redis: this.redis,
      ...(options.wrapClient ? { client: options.wrapClient(scriptClientOf(this.redis)) } : {}),
      library: loadLibrary(STORE_SCRIPTS),
      prefix: this.prefix,
      now: options.now ?? (() => 0),
      deadlineMs: COMMAND_LIMIT_MS,
    });
  }

  async save(call: Parameters<CallStore['save']>[0]): Promise<void> {
    this.self = call.node;
    const reply = await this.runner.run('store-save', [call.callId, call.node, String(call.version), String(call.takeovers), call.snapshot]);
    if (reply === 'taken') throw new CallTaken(`call ${call.callId} belongs to another node now`);
  }

  async remove(callId: CallId, takeovers = 0): Promise<boolean> {
    return (await this.runner.run('store-remove', [callId, this.self ?? '', String(takeovers)])) === 'removed';
  }

  async heartbeat(node: NodeId, leaseMs: number): Promise<Heartbeat> {
    this.self = node;
    const lease = (await this.runner.run('store-heartbeat', [node, String(leaseMs)])) === 'kept' ? 'kept' : 'lapsed';
    this.serverRun ??= /^run_id:(\w+)/m.exec(await this.limited(() => this.redis.info('server')))?.[1] ?? '';
    return { lease, serverRun: this.serverRun };
  }

  async nodes(): Promise<readonly NodeId[]> {
    return (await this.limited(() => this.redis.zrange(`${this.prefix}${STORE_KEY_NAMES.NODES}`, 0, -1))).map((node) => brand<NodeId>(node));
  }

  async noteDrained(node: NodeId, isDrained: boolean): Promise<void> {
    const key = `${this.prefix}${STORE_KEY_NAMES.DRAINED}`;
    await this.limited(() => (isDrained ? this.redis.sadd(key, node) : this.redis.srem(key, node)));
  }

  async drained(): Promise<readonly NodeId[]> {
    return (await this.limited(() => this.redis.smembers(`${this.prefix}${STORE_KEY_NAMES.DRAINED}`))).map((node) => brand<NodeId>(node));
  }

  async owned(node: NodeId): Promise<readonly CallId[]> {
    const calls = await this.limited(() => this.redis.smembers(`${this.prefix}${STORE_KEY_NAMES.OWNED}${node}`));
    const unheard = await this.unheard(node);
    return calls.filter((id) => !unheard.includes(id)).map((id) => brand<CallId>(id));
  }

  async ownerOf(callId: CallId): Promise<NodeId | null> {
    const node = await this.limited(() => this.redis.hget(`${this.prefix}${STORE_KEY_NAMES.SNAPSHOT}${callId}`, 'node'));
    return node === null ? null : brand<NodeId>(node);
  }

  async saved(callIds: readonly CallId[]): ReturnType<CallStore['saved']> {
    const found = await this.limited(() => Promise.all(callIds.map((callId) => this.redis.hmget(`${this.prefix}${STORE_KEY_NAMES.SNAPSHOT}${callId}`, 'node', 'snap', 'adopted'))));
    return callIds.flatMap((callId, at) => {
      const [node, snapshot, adopted] = found[at] ?? [];
      return node == null || snapshot == null ? [] : [{ callId, node: brand<NodeId>(node), takeovers: Number(adopted ?? 0), snapshot }];
    });
  }

  async adopt(node: NodeId): ReturnType<CallStore['adopt']> {
    this.self = node;
    const adopted: SavedCall[] = [];
    for (;;) {
      this.adoptToken ??= randomUUID();
      let reply: unknown;
      try {
        reply = await this.runner.run('store-adopt', [node, this.adoptToken, String(ADOPT_BATCH)]);
      } catch (error) {
        if (adopted.length > 0) return adopted; // the rest comes with the next call, under the same token
        throw error;
      }
      this.adoptToken = null;
      if (!Array.isArray(reply) || reply.length === 0) return adopted;
      for (let i = 0; i + 2 < reply.length; i += 3) adopted.push({ callId: brand(String(reply[i])), node, takeovers: Number(reply[i + 2]), snapshot: String(reply[i + 1]) });
    }
  }

  async saveRegistration(registration: Registration): Promise<void> {
    const text = JSON.stringify(registrationSchema.parse(registration));
    await this.limited(() => this.redis.set(registrationKey(this.tenant, registration.aor), text, 'PXAT', Math.max(1, Math.trunc(registration.expiresAt))), REGISTRATION_LIMIT_MS);
  }

  async registration(aor: string): Promise<Registration | null> {
    const text = await this.limited(() => this.redis.get(registrationKey(this.tenant, aor)));
    return text === null ? null : registrationSchema.parse(JSON.parse(text));
  }

  async removeRegistration(aor: string): Promise<void> {
    await this.limited(() => this.redis.del(registrationKey(this.tenant, aor)), REGISTRATION_LIMIT_MS);
  }

  async close(): Promise<void> {
    this.redis.disconnect();
  }

  /** What this node has taken over by an adoption whose reply is still missing. */
  private async unheard(node: NodeId): Promise<readonly string[]> {
    const token = this.adoptToken;
    if (token === null || node !== this.self) return [];
    const [last, ...calls] = await this.limited(() => this.redis.lrange(`${this.prefix}${STORE_KEY_NAMES.ADOPTED}${node}`, 0, -1));
    return last === token ? calls : [];
  }

  private limited<T>(command: () => Promise<T>, limitMs = COMMAND_LIMIT_MS): Promise<T> {
    const connected = async () => {
      await whenReady(this.redis, limitMs);
      return command();
    };
    return within(connected(), limitMs, 'no answer from Redis');
  }
}

/** Opens the call store. Connects in the background. */
export function openCallStore(options: RedisCallStoreOptions): RedisCallStore {
  return new RedisCallStore(options);
}
