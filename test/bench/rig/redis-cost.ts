import type { Connection } from '../../../gateway/adapters/redis/connection.js';

/** Processor time of the server's main thread so far, microseconds. */
export async function serverCpuUs(redis: Connection): Promise<number> {
  const info = await redis.info('cpu');
  const seconds = (name: string) => Number(new RegExp(`${name}:([0-9.]+)`).exec(info)?.[1] ?? Number.NaN);
  return (seconds('used_cpu_user_main_thread') + seconds('used_cpu_sys_main_thread')) * 1e6;
}

/** Mean time of a call of that command in the server since its statistics were reset, microseconds. */
export async function serverUsPerScript(redis: Connection, command: 'fcall' | 'evalsha' = 'fcall'): Promise<number> {
  const stats = await redis.info('commandstats');
  return Number(new RegExp(`cmdstat_${command}:.*usec_per_call=([0-9.]+)`).exec(stats)?.[1] ?? Number.NaN);
}

/** What the server's data take, bytes. */
export async function memoryOf(redis: Connection): Promise<number> {
  return Number(/used_memory:(\d+)/.exec(await redis.info('memory'))?.[1] ?? Number.NaN);
}
