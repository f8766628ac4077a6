import { randomUUID } from 'node:crypto';
import type { Millis } from '../../core/ids.js';
import type { Clock } from '../../ports/clock.js';
import type { ScreenLimits } from './limits.js';

/** One open, signed-in socket as the session sees it. */
export interface Outlet {
  send(frame: string): void;
  close(code: number, reason: string): void;
}

interface Waiter {
  readonly seq: number;
  readonly resolve: (acknowledgedAt: Millis | null) => void;
  readonly cancelTimer: () => void;
}

/**
 * One agent's numbered events on this node: kept for replay, sent to every open socket, acknowledged by any of them.
 * Acknowledgements are cumulative: a socket delivers in order, so `ack n` covers all before it.
 */
export class AgentSession {
  /** A client that comes back with this id and its last `seq` gets only what it missed. */
  readonly id = randomUUID();
  private seq = 0;
  private acknowledged = 0;
  private kept: { readonly seq: number; readonly frame: string }[] = [];
  private keptBytes = 0;
  private readonly outlets = new Set<Outlet>();
  private waiters: Waiter[] = [];

  constructor(
    private readonly clock: Clock,
    private readonly limits: Pick<ScreenLimits, 'keptEvents' | 'keptBytes' | 'socketsPerAgent'>,
  ) {}

  get lastSeq(): number {
    return this.seq;
  }

  get openSockets(): number {
    return this.outlets.size;
  }

  get waiting(): number {
    return this.waiters.length;
  }

  /** Adds a socket; when that is one too many, returns the oldest, to be closed. */
  attach(outlet: Outlet): Outlet | null {
    this.outlets.add(outlet);
    if (this.outlets.size <= this.limits.socketsPerAgent) return null;
    const [oldest] = this.outlets;
    return oldest ?? null;
  }

  detach(outlet: Outlet): void {
    this.outlets.delete(outlet);
  }

  allOutlets(): readonly Outlet[] {
    return [...this.outlets];
  }

  /** Keeps the frame of event `lastSeq + 1` and sends it to every open socket. */
  publish(frame: string): { readonly seq: number; readonly isSent: boolean } {
    this.seq += 1;
    this.keep(this.seq, frame);
    const isSent = this.outlets.size > 0;
    for (const outlet of [...this.outlets]) outlet.send(frame);
    return { seq: this.seq, isSent };
  }

  /** The frames after `lastSeq`, or null when some of them are no longer kept (or were never sent by this session). */
  since(lastSeq: number): readonly string[] | null {
    if (lastSeq > this.seq) return null;
    const first = this.kept[0]?.seq ?? this.seq + 1;
    if (lastSeq + 1 < first) return null;
    return this.kept.filter((event) => event.seq > lastSeq).map((event) => event.frame);
  }

  acknowledge(seq: number): void {
    if (seq > this.seq || seq <= this.acknowledged) return;
    this.acknowledged = seq;
    const done = this.waiters.filter((waiter) => waiter.seq <= seq);
    this.waiters = this.waiters.filter((waiter) => waiter.seq > seq);
    for (const waiter of done) {
      waiter.cancelTimer();
      waiter.resolve(this.clock.now());
    }
  }

  /** Resolves at the acknowledgement of `seq`, or with null after `withinMs`. */
  whenAcknowledged(seq: number, withinMs: number): Promise<Millis | null> {
    if (withinMs <= 0) return Promise.resolve(null);
    return new Promise((resolve) => {
      const cancelTimer = this.clock.after(withinMs, () => {
        this.waiters = this.waiters.filter((waiter) => waiter.resolve !== resolve);
        resolve(null);
      });
      this.waiters.push({ seq, resolve, cancelTimer });
    });
  }

  /** Ends all waits. */
  close(): void {
    for (const waiter of this.waiters) {
      waiter.cancelTimer();
      waiter.resolve(null);
    }
    this.waiters = [];
  }

  private keep(seq: number, frame: string): void {
    this.kept.push({ seq, frame });
    this.keptBytes += frame.length;
    while (this.kept.length > this.limits.keptEvents || (this.keptBytes > this.limits.keptBytes && this.kept.length > 1)) {
      this.keptBytes -= this.kept.shift()?.frame.length ?? 0;
    }
  }
}
