import { isRedisReply, NotConnected, scriptClientOf, StoreError, whenReady, within, type Connection } from './connection.js';
import type { ScriptClient } from './connection.js';
import { Deadlines } from './deadlines.js';
import type { Library } from './scripts.js';

export interface RunnerOptions<N extends string> {
  readonly redis: Connection;
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
  private readonly deadlines: Deadlines;

  constructor(private readonly options: RunnerOptions<N>) {
    this.client = options.client ?? scriptClientOf(options.redis);
    this.deadlines = new Deadlines(options.deadlineMs);
  }

  /** For scripts that recognise a repeat. Rejects with `StoreError` when Redis gave no answer in time. */
  async run(name: N, args: readonly string[]): Promise<unknown> {
    const all = this.withPrefix(args);
    if (this.options.redis.status !== 'ready') return this.insist(name, all);
    try {
      return await this.send(name, all);
    } catch (error) {
      if (isFinal(error)) throw error;
      return this.insist(name, all, lacksFunction(error));
    }
  }

  /** For scripts that would act again when repeated: one attempt. */
  async runOnce(name: N, args: readonly string[]): Promise<unknown> {
    const all = this.withPrefix(args);
    try {
      return await this.send(name, all).catch(async (error: unknown) => {
        if (!lacksFunction(error)) throw error;
        await this.load();
        return this.send(name, all);
      });
    } catch (error) {
      if (isRedisReply(error)) throw error;
      if (this.options.redis.status !== 'ready') throw new NotConnected(`${name}: Redis is not connected`);
      throw new StoreError(`${name}: ${error instanceof Error ? error.message : 'failed'}`);
    }
  }

  private async insist(name: N, all: readonly string[], isMissing = false): Promise<unknown> {
    const until = performance.now() + this.options.deadlineMs;
    for (let mustLoad = isMissing; ; ) {
      const left = until - performance.now();
      if (left <= 0 || !(await whenReady(this.options.redis, left))) throw new NotConnected(`${name}: Redis is not connected`);
      try {
        if (mustLoad) await this.load();
        return await within(this.send(name, all), Math.max(1, until - performance.now()), `${name}: no answer from Redis`);
      } catch (error) {
        if (isFinal(error)) throw error;
        mustLoad = lacksFunction(error);
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
  }

  private withPrefix(args: readonly string[]): readonly string[] {
    return [this.options.prefix, String(this.options.now()), ...args];
  }

  private send(name: N, all: readonly string[]): Promise<unknown> {
    return this.deadlines.limit(this.client.fcall(this.options.library.functions[name], 1, ...all), name);
  }

  /** A new or emptied server does not have the library. Another node may be loading the same meanwhile. */
  private async load(): Promise<void> {
    try {
      await this.deadlines.limit(this.client.function('LOAD', this.options.library.source), 'loading');
    } catch (error) {
      if (!isRedisReply(error) || !(error as Error).message.includes('already exists')) throw error;
    }
  }
}

function lacksFunction(error: unknown): boolean {
  return isRedisReply(error) && (error as Error).message.includes('Function not found');
}

/** Whether sending the script again cannot help. */
function isFinal(error: unknown): boolean {
  return error instanceof StoreError || (isRedisReply(error) && !lacksFunction(error));
}
