import { paramsOf } from './address.js';
import { type Clock, NamedTimers } from './clock.js';
import type { SipHeaders } from './headers.js';

/** The smallest session interval we take, in seconds (RFC 4028 section 4). */
export const MIN_SESSION_SECONDS = 90;

/** Which side of the request refreshes: the one that sent it (uac) or the one that answered (uas). */
export type Refresher = 'uac' | 'uas';

export interface SessionInterval { readonly seconds: number; readonly refresher: Refresher }

/** Reads Session-Expires; undefined when missing or unreadable. */
export function readSessionExpires(headers: SipHeaders): { seconds: number; refresher?: Refresher } | undefined {
  const value = headers.get('session-expires');
  const seconds = Number(value === undefined ? Number.NaN : /^\s*(\d{1,9})/.exec(value)?.[1]);
  if (value === undefined || !(seconds > 0)) return undefined;
  const refresher = paramsOf(value).get('refresher')?.toLowerCase();
  return refresher === 'uac' || refresher === 'uas' ? { seconds, refresher } : { seconds };
}

const supportsTimer = (headers: SipHeaders): boolean => headers.all('supported').some((value) => /(^|,)\s*timer\s*(,|$)/i.test(value));

/** What a callee does about Session-Expires (RFC 4028 section 9): nothing, 422, or an interval with the headers of its 2xx. */
export function agreeAsCallee(request: SipHeaders):
  | { kind: 'none' } | { kind: 'tooSmall'; minSeconds: number } | { kind: 'agreed'; interval: SessionInterval; headers: (readonly [string, string])[] } {
  const asked = readSessionExpires(request);
  if (!asked) return { kind: 'none' };
  const canRefresh = supportsTimer(request);
  if (asked.seconds < MIN_SESSION_SECONDS && canRefresh) return { kind: 'tooSmall', minSeconds: MIN_SESSION_SECONDS };
  const seconds = Math.max(asked.seconds, MIN_SESSION_SECONDS);
  const refresher: Refresher = canRefresh ? (asked.refresher ?? 'uac') : 'uas';
  const headers: (readonly [string, string])[] = [['Session-Expires', `${seconds};refresher=${refresher}`]];
  if (refresher === 'uac') headers.push(['Require', 'timer']);
  return { kind: 'agreed', interval: { seconds, refresher }, headers };
}

/** What a caller reads from a 2xx (RFC 4028 section 7.2); undefined: no session timer. */
export function agreeAsCaller(response: SipHeaders): SessionInterval | undefined {
  const given = readSessionExpires(response);
  return given && { seconds: given.seconds, refresher: given.refresher ?? 'uac' };
}

/** Refreshes a session at half its interval, or reports that the peer did not (RFC 4028 section 10). */
export class SessionTimer {
  private readonly timers: NamedTimers;

  constructor(clock: Clock, private readonly on: { refresh(): void; expired(): void }) {
    this.timers = new NamedTimers(clock);
  }

  /** Starts anew; `undefined` ends it. `isOurs`: we refresh. */
  start(interval: { seconds: number; isOurs: boolean } | undefined): void {
    this.timers.clearAll();
    if (!interval) return;
    const ms = interval.seconds * 1000;
    // The side that waits ends the session a little early: a third of it, at most 32 s.
    if (interval.isOurs) this.timers.set('refresh', ms / 2, () => this.on.refresh());
    this.timers.set('expire', interval.isOurs ? ms : ms - Math.min(32_000, ms / 3), () => this.on.expired());
  }

  stop(): void {
    this.timers.clearAll();
  }
}
