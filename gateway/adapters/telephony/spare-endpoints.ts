import type { CallId, LegId } from '../../core/ids.js';
import type { Log } from '../../ports/log.js';
import { killChannel, type Endpoint, type MediaServer } from './libraries.js';
import { CALL_HEADER } from './media-servers.js';
import { newEndpoint } from './new-endpoint.js';
import type { SipLink } from './sip-link.js';

/** However many wait: as many matches as may fall together. */
const MOST_PER_SERVER = 3;
/** A channel that hears no RTP is ended after 30 s (media/freeswitch). One that is taken must outlast the ring, so a spare is replaced early. */
const LIFE_MS = 8_000;
/** What was taken is replaced when its INVITE has left, not before. */
const REFILL_AFTER_MS = 50;
const CLOSE_LIMIT_MS = 500;

interface Spare {
  readonly server: MediaServer;
  /** Null when it could not be made. */
  readonly endpoint: Promise<Endpoint | null>;
  isReady: boolean;
}

interface Expectation {
  readonly server: MediaServer;
  /** It has taken its endpoint: none is held for it. */
  isServed: boolean;
}

export interface SpareEndpointsOptions {
  readonly link: SipLink;
  readonly log: Log;
}

/**
 * Media endpoints for agents' phones, made while callers wait, so that an INVITE need not wait for one. They are made on the waiting callers'
 * media servers (uuid_bridge joins channels of one server only), and no more than callers wait there. Nobody waits: there are none.
 */
export class SpareEndpoints {
  private readonly spares = new Set<Spare>();
  private readonly expectations = new Map<LegId, Expectation>();
  private readonly unmarked = new WeakMap<Endpoint, { readonly server: MediaServer; readonly callId: CallId }>();
  private readonly timers = new Set<NodeJS.Timeout>();
  private isClosed = false;

  constructor(private readonly options: SpareEndpointsOptions) {}

  get size(): number {
    return this.spares.size;
  }

  /** A phone will be rung for the caller on this leg. Holds until `forget`. */
  expect(caller: LegId, server: MediaServer): void {
    this.expectations.set(caller, { server, isServed: false });
    this.adjust(server);
  }

  /** An endpoint on that server for a phone that is rung for this caller: a spare, or a new one. Rejects when none can be made. */
  take(what: { readonly caller: LegId | null; readonly callId: CallId; readonly server: MediaServer }): Promise<Endpoint | null> {
    const { server, callId } = what;
    const expected = what.caller === null ? undefined : this.expectations.get(what.caller);
    if (expected !== undefined) expected.isServed = true;
    // Those that are there are for callers who wait: without one, a leg gets its own.
    const own = what.caller === null ? [] : [...this.spares].filter((spare) => spare.server === server);
    const spare = own.find(({ isReady }) => isReady) ?? own[0];
    if (spare === undefined) return this.options.link.orLost(newEndpoint(server, { headers: { [CALL_HEADER]: callId } }));
    this.spares.delete(spare);
    this.later(REFILL_AFTER_MS, () => this.adjust(server));
    return this.taken(spare, callId);
  }

  /**
   * Tells the media server for which call the endpoint is used, which a new one has from its INVITE: who looks there sees whose channel it is,
   * and whoever adopts the call ends it by that. For when the phone's INVITE has left.
   */
  mark(endpoint: Endpoint): void {
    const use = this.unmarked.get(endpoint);
    this.unmarked.delete(endpoint);
    if (use === undefined || !use.server.connected()) return;
    // A channel that has ended needs no name.
    use.server.api(`uuid_setvar ${endpoint.uuid} sip_h_${CALL_HEADER} ${use.callId}`).catch(() => undefined);
  }

  private async taken({ server, endpoint }: Spare, callId: CallId): Promise<Endpoint | null> {
    const made = await endpoint;
    if (made !== null) this.unmarked.set(made, { server, callId });
    return made;
  }

  /** The ring is over and brought no talk: the caller goes on waiting. */
  expectAgain(caller: LegId | null): void {
    const expected = caller === null ? undefined : this.expectations.get(caller);
    if (caller !== null && expected !== undefined) this.expect(caller, expected.server);
  }

  /** The caller's leg is gone. */
  forget(caller: LegId): void {
    const expected = this.expectations.get(caller);
    if (expected === undefined) return;
    this.expectations.delete(caller);
    this.adjust(expected.server);
  }

  /** The SIP server may have been started anew, and knows none of their dialogs then. */
  renew(): void {
    for (const spare of [...this.spares]) this.replace(spare);
  }

  /** Ends all. */
  async close(): Promise<void> {
    this.isClosed = true;
    for (const timer of this.timers) clearTimeout(timer);
    const limit = new Promise((resolve) => setTimeout(resolve, CLOSE_LIMIT_MS).unref());
    await Promise.race([limit, Promise.all([...this.spares].map((spare) => this.drop(spare)))]);
  }

  /** As many as callers wait, within the limit. */
  private adjust(server: MediaServer): void {
    if (this.isClosed) return;
    const own = [...this.spares].filter((spare) => spare.server === server);
    const waiting = [...this.expectations.values()].filter((expected) => expected.server === server && !expected.isServed).length;
    const wanted = Math.min(MOST_PER_SERVER, waiting);
    for (let count = own.length; count < wanted; count += 1) this.make(server);
    for (const spare of own.slice(wanted)) void this.drop(spare);
  }

  private make(server: MediaServer): void {
    const endpoint = this.options.link.orLost(newEndpoint(server, { headers: {} })).catch((error: unknown) => {
      this.options.log.warn({ err: String(error) }, 'no spare endpoint');
      return null;
    });
    const spare: Spare = { server, endpoint, isReady: false };
    this.spares.add(spare);
    void endpoint.then((made) => {
      if (made === null) return void this.spares.delete(spare);
      spare.isReady = true;
      made.once('destroy', () => this.spares.delete(spare));
      this.later(LIFE_MS, () => this.replace(spare));
    });
  }

  private replace(spare: Spare): void {
    if (!this.spares.has(spare)) return;
    void this.drop(spare);
    this.adjust(spare.server);
  }

  private async drop(spare: Spare): Promise<void> {
    this.spares.delete(spare);
    const endpoint = await spare.endpoint;
    if (endpoint !== null) await killChannel(spare.server, endpoint.uuid);
  }

  private later(ms: number, run: () => void): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      run();
    }, ms).unref();
    this.timers.add(timer);
  }
}
