import { setTimeout as pause } from 'node:timers/promises';
import { Cluster, Redis } from 'ioredis';
import type { Log } from '../../ports/log.js';
import { tellOutages } from './outage.js';

/** To one server, or to a cluster: all keys of a tenant have one hash tag, so that its commands go to one node. */
export type Connection = Redis | Cluster;

/** What the adapters ask of a Redis client; tests put one in between that delays, loses and doubles. */
export interface ScriptClient {
  fcall(name: string, keys: number, ...args: string[]): Promise<unknown>;
  function(subcommand: 'LOAD', source: string): Promise<unknown>;
}

/** `redis-cluster://[[user]:password@]host:port,host:port`: some of the nodes, the others are learned from them. */
const CLUSTER_URL = /^redis-cluster:\/\/(?:([^:@/]*):([^@/]+)@)?((?:[^:,@/]+:\d{1,5},)*[^:,@/]+:\d{1,5})$/;

/** Whether the adapters can take this for a URL of Redis. */
export const isRedisUrl = (url: string): boolean => !url.startsWith('redis-cluster:') || CLUSTER_URL.test(url);

const SERVER_OPTIONS = { autoResendUnfulfilledCommands: false, maxRetriesPerRequest: 0, connectTimeout: 2_000, keepAlive: 10_000 } as const;
const retryAfterMs = (times: number): number => Math.min(20 * 2 ** Math.min(times, 6), 1_000);
/** While a node's place is taken by its replica the others say so at once; asking again costs little. */
const MOVED_RETRY_MS = 50;

/**
 * Opens a connection that never hides a loss: commands are refused while it is down and fail when it breaks, and the caller decides
 * whether to repeat. It reconnects by itself, quickly. `url` is `redis://host:port`, `unix:///path/to.sock`, a socket's path, or
 * `redis-cluster://host:port,host:port`. Of losses and returns the log tells.
 */
export function openRedis(url: string, log: Log): Connection {
  const redis = connectionTo(url);
  // As many commands wait for it as there are calls.
  redis.setMaxListeners(0);
  tellOutages(redis, log);
  return redis;
}

function connectionTo(url: string): Connection {
  const cluster = CLUSTER_URL.exec(url);
  if (cluster === null) return new Redis(url, { ...SERVER_OPTIONS, lazyConnect: false, enableOfflineQueue: false, enableReadyCheck: true, retryStrategy: retryAfterMs });
  const [, username, password, nodes = ''] = cluster;
  return new Cluster(nodes.split(','), {
    enableOfflineQueue: false,
    clusterRetryStrategy: retryAfterMs,
    retryDelayOnFailover: MOVED_RETRY_MS,
    retryDelayOnClusterDown: MOVED_RETRY_MS,
    redisOptions: { ...SERVER_OPTIONS, ...(username ? { username: decodeURIComponent(username) } : {}), ...(password ? { password: decodeURIComponent(password) } : {}) },
  });
}

/** The connection as the script runner takes it. A library is loaded on every node: a tenant may live on any, and may be moved. */
export function scriptClientOf(connection: Connection): ScriptClient {
  if (connection instanceof Redis) return connection;
  return {
    fcall: (name, keys, ...args) => connection.fcall(name, keys, ...args),
    function: async (subcommand, source) => {
      const loads = await Promise.allSettled(connection.nodes('master').map((node) => node.function(subcommand, source)));
      const failure = loads.find((load) => load.status === 'rejected' && !String(load.reason).includes('already exists'));
      if (failure?.status === 'rejected') throw failure.reason;
      return null;
    },
  };
}

/** Resolves when the connection can take commands, or false after `withinMs`. */
export async function whenReady(redis: Connection, withinMs: number): Promise<boolean> {
  if (redis.status === 'ready') return true;
  if (redis.status === 'end') return false;
  return new Promise((resolve) => {
    const finish = (isReady: boolean) => {
      clearTimeout(timer);
      redis.off('ready', onReady);
      redis.off('end', onEnd);
      resolve(isReady);
    };
    const onReady = () => finish(true);
    const onEnd = () => finish(false);
    const timer = setTimeout(() => finish(false), withinMs);
    redis.on('ready', onReady);
    redis.on('end', onEnd);
  });
}

const MOMENT_MS = 100;

/**
 * Waits a moment before the next attempt, less when `signal` aborts. A connection that was cut says so by an event; a loop of promises that
 * are rejected at once would never let it come, and stop the whole process.
 */
export async function moment(signal: AbortSignal): Promise<void> {
  await pause(MOMENT_MS, undefined, { signal }).catch(() => undefined);
}

/**
 * Runs this once what has arrived is read. A process that stood still past a time limit wakes to the timer first: the reply is there by then,
 * and its own pause is not the server's silence.
 */
export function afterReading(run: () => void): void {
  setImmediate(run);
}

/** Rejects with `message` when the promise takes longer than `withinMs`; a late outcome is dropped. */
export async function within<T>(promise: Promise<T>, withinMs: number, message: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => afterReading(() => reject(new StoreError(message))), withinMs);
  });
  try {
    return await Promise.race([promise, limit]);
  } finally {
    clearTimeout(timer);
  }
}

/** The store did not answer in time or the connection is down. */
export class StoreError extends Error {}

/** The connection is down, of which the log tells already. */
export class NotConnected extends StoreError {
  override readonly name = 'NotConnected';
}

/** Answers that say that somebody else, or the same one soon, takes the command. */
const NOT_HERE = /^(CLUSTERDOWN|MOVED|ASK|TRYAGAIN|LOADING|READONLY|MASTERDOWN)\b/;

/** Whether Redis itself answered with an error: repeating the command would give the same. */
export function isRedisReply(error: unknown): boolean {
  return error instanceof Error && error.name === 'ReplyError' && !NOT_HERE.test(error.message);
}
