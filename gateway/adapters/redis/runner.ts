import type { Redis } from 'ioredis';
import { isRedisReply, StoreError, whenReady, within } from './connection.js';
import type { ScriptClient } from './connection.js';
import type { Library } from './scripts.js';

export interface RunnerOptions<N extends string> {
  readonly redis: Redis;
  /** Sends the scripts; the connection itself unless a test puts something in between. */
  readonly client?: ScriptClient;
  readonly library: Library<N>;
  /** Prefix of all keys (KEYS[1]). */
  readonly prefix: string;
  /** `ARGV[1]`: 0 = Redis uses its own clock. */
  readonly now: () => number;
  /** How long one command may take over all its attempts, ms. */
  readonly deadlineMs: number;
}

/** Runs scripts by name. A lost connection is waited for and the script sent again with the same arguments, until the deadline. */
export class ScriptRunner<N extends string> {
  private readonly client: ScriptClient;

  constructor(private readonly options: RunnerOptions<N>) {
    this.client = options.client ?? options.redis;
  }

  /** For scripts that recognise a repeat. Rejects with `StoreError` when Redis gave no answer in time. */
  async run(name: N, args: readonly string[]): Promise<unknown> {
    const all = [this.options.prefix, String(this.options.now()), ...args];
    if (this.options.redis.status === 'ready') {
      try {
        return await within(this.send(name, all), this.options.deadlineMs, `${name}: no answer from Redis`);
      } catch (error) {
        if (error instanceof StoreError || isRedisReply(error)) throw error;
      }
    }
    return this.insist(name, all);
  }

  /** For scripts that would act again when repeated: one attempt. */
  async runOnce(name: N, args: readonly string[]): Promise<unknown> {
    const all = [this.options.prefix, String(this.options.now()), ...args];
    try {
      return await within(this.send(name, all), this.options.deadlineMs, `${name}: no answer from Redis`);
    } catch (error) {
      if (isRedisReply(error)) throw error;
      throw new StoreError(`${name}: ${error instanceof Error ? error.message : 'failed'}`);
    }
  }

  private async insist(name: N, all: string[]): Promise<unknown> {
    const until = performance.now() + this.options.deadlineMs;
    for (;;) {
      const left = until - performance.now();
      if (left <= 0 || !(await whenReady(this.options.redis, left))) throw new StoreError(`${name}: Redis is not connected`);
      try {
        return await within(this.send(name, all), Math.max(1, until - performance.now()), `${name}: no answer from Redis`);
      } catch (error) {
        if (error instanceof StoreError || isRedisReply(error)) throw error;
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
  }

  private async send(name: N, all: string[]): Promise<unknown> {
    const { library } = this.options;
    try {
      return await this.client.fcall(library.functions[name], 1, ...all);
    } catch (error) {
      if (!isRedisReply(error) || !(error as Error).message.includes('Function not found')) throw error;
      await this.load();
      return this.client.fcall(library.functions[name], 1, ...all);
    }
  }

  /** Another node may have loaded the same library meanwhile. */
  private async load(): Promise<void> {
    try {
      await this.client.function('LOAD', this.options.library.source);
    } catch (error) {
      if (!isRedisReply(error) || !(error as Error).message.includes('already exists')) throw error;
    }
  }
}
