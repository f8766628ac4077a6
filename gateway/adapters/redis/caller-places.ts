import { keptPlaceSchema, type KeptPlace } from '../../core/call/kept-place.js';
import type { CallId, Millis } from '../../core/ids.js';
import { normaliseNumber } from '../../core/thread/identity.js';
import type { CallerPlaces } from '../../ports/caller-places.js';
import type { Log } from '../../ports/log.js';
import { openRedis, whenReady, within, type Connection } from './connection.js';
import { CALLER_PLACE, CALLS_OF, storePrefix, TAKEN_PLACE } from './keys.js';

/** A caller who comes is not to wait for it. */
const LIMIT_MS = 250;
/** A callback that was taken rests no longer than this. */
const TAKEN_FOR_MS = 7 * 86_400_000;
/** Whoever is not told as over by then was lost with their gateway. */
const LONGEST_CALL_MS = 4 * 3_600_000;

/** KEYS: the number's calls. ARGV: when the call began, the call, for how long the key is kept after that. One command, which costs the client less than a pipeline. */
const BEGAN = `
redis.call('ZADD', KEYS[1], ARGV[1], ARGV[2])
return redis.call('PEXPIRE', KEYS[1], ARGV[3])`;

export interface RedisCallerPlacesOptions {
  /** `redis://host:port`, `unix:///path` or a socket's path. */
  readonly url: string;
  readonly tenant: string;
  /** Calling code of the country whose national numbers are meant, or null; read anew at every use. */
  readonly country?: () => string | null;
  readonly log: Log;
}

/** One key a number and kind of place. Open with `openCallerPlaces`. */
class RedisCallerPlaces implements CallerPlaces {
  private readonly redis: Connection;
  private readonly prefix: string;

  constructor(private readonly options: RedisCallerPlacesOptions) {
    this.prefix = storePrefix(options.tenant);
    this.redis = openRedis(options.url, options.log);
  }

  async keep(number: string, place: KeptPlace, forMs: number): Promise<void> {
    await this.ask(() => this.redis.set(this.key(number, place.why), JSON.stringify(place), 'PX', Math.max(1, Math.trunc(forMs))));
  }

  async take(number: string, except?: CallId): Promise<KeptPlace | null> {
    return (await this.takeOf(number, 'callback', except)) ?? (await this.takeOf(number, 'cutOff', except));
  }

  takeCallback(number: string): Promise<KeptPlace | null> {
    return this.takeOf(number, 'callback');
  }

  async drop(number: string, callback: CallId): Promise<void> {
    if ((await this.find(number, 'callback'))?.callId === callback) await this.ask(() => this.redis.del(this.key(number, 'callback')));
  }

  async isTaken(callback: CallId): Promise<boolean> {
    return (await this.ask(() => this.redis.exists(this.prefix + TAKEN_PLACE + callback))) === 1;
  }

  async began(number: string, { callId, at }: { readonly callId: CallId; readonly at: Millis }): Promise<void> {
    const key = this.callsKey(number);
    await this.ask(() => this.redis.eval(BEGAN, 1, key, at, callId, LONGEST_CALL_MS));
  }

  async over(number: string, callId: CallId): Promise<void> {
    await this.ask(() => this.redis.zrem(this.callsKey(number), callId));
  }

  async others(number: string, { callId, at }: { readonly callId: CallId; readonly at: Millis }): Promise<number> {
    const calls = (await this.ask(() => this.redis.zrangebyscore(this.callsKey(number), at - LONGEST_CALL_MS, '+inf'))) ?? [];
    return calls.filter((other) => other !== callId).length;
  }

  close(): Promise<void> {
    this.redis.disconnect();
    return Promise.resolve();
  }

  private async takeOf(number: string, why: KeptPlace['why'], except?: CallId): Promise<KeptPlace | null> {
    if (except !== undefined && (await this.find(number, why))?.callId === except) return null;
    const place = this.read(await this.ask(() => this.redis.getdel(this.key(number, why))));
    if (place?.why === 'callback') await this.ask(() => this.redis.set(this.prefix + TAKEN_PLACE + place.callId, '1', 'PX', TAKEN_FOR_MS));
    return place;
  }

  private async find(number: string, why: KeptPlace['why']): Promise<KeptPlace | null> {
    return this.read(await this.ask(() => this.redis.get(this.key(number, why))));
  }

  private key(number: string, why: KeptPlace['why']): string {
    return `${this.prefix}${CALLER_PLACE}${why === 'cutOff' ? 'cut:' : ''}${this.one(number)}`;
  }

  private callsKey(number: string): string {
    return `${this.prefix}${CALLS_OF}${this.one(number)}`;
  }

  private one(number: string): string {
    return normaliseNumber(number, this.options.country?.() ?? null) ?? number;
  }

  /** A place that cannot be read is none: the caller lines up all the same. */
  private read(text: string | null): KeptPlace | null {
    if (text === null) return null;
    try {
      return keptPlaceSchema.parse(JSON.parse(text));
    } catch (error) {
      this.options.log.warn({ err: String(error) }, 'a kept place could not be read');
      return null;
    }
  }

  /** Null when the store does not answer in time. */
  private async ask<T>(command: () => Promise<T>): Promise<T | null> {
    try {
      if (!(await whenReady(this.redis, LIMIT_MS))) return null;
      return await within(command(), LIMIT_MS, 'no answer from Redis');
    } catch (error) {
      this.options.log.warn({ err: String(error) }, 'callers’ places not reachable');
      return null;
    }
  }
}

/** Opens the store. Connects in the background. */
export function openCallerPlaces(options: RedisCallerPlacesOptions): CallerPlaces {
  return new RedisCallerPlaces(options);
}
