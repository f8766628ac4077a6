import { Redis } from 'ioredis';

/** What the adapters ask of a Redis client; tests put one in between that delays, loses and doubles. */
export interface ScriptClient {
  fcall(name: string, keys: number, ...args: string[]): Promise<unknown>;
  function(subcommand: 'LOAD', source: string): Promise<unknown>;
}

/**
 * Opens a connection that never hides a loss: commands are refused while it is down and fail when it breaks, and the caller decides
 * whether to repeat. It reconnects by itself, quickly. `url` is `redis://host:port`, `unix:///path/to.sock` or a socket's path.
 */
export function openRedis(url: string): Redis {
  return new Redis(url, {
    lazyConnect: false,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    enableReadyCheck: true,
    connectTimeout: 2_000,
    keepAlive: 10_000,
    retryStrategy: (times) => Math.min(20 * 2 ** Math.min(times, 6), 1_000),
  });
}

/** Resolves when the connection can take commands, or false after `withinMs`. */
export async function whenReady(redis: Redis, withinMs: number): Promise<boolean> {
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

/** Rejects with `message` when the promise takes longer than `withinMs`; a late outcome is dropped. */
export async function within<T>(promise: Promise<T>, withinMs: number, message: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new StoreError(message)), withinMs);
  });
  try {
    return await Promise.race([promise, limit]);
  } finally {
    clearTimeout(timer);
  }
}

/** The store did not answer in time or the connection is down. */
export class StoreError extends Error {}

/** Whether Redis itself answered with an error: repeating the command would give the same. */
export function isRedisReply(error: unknown): boolean {
  return error instanceof Error && error.name === 'ReplyError';
}
