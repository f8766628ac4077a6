import type { QueueEvent } from '../core/acd/queue-types.js';
import type { NodeId } from '../core/ids.js';
import type { Clock } from '../ports/clock.js';
import type { Log } from '../ports/log.js';
import type { Queue } from '../ports/queue.js';
import { isToldLoss } from './told-loss.js';

export interface DispatcherOptions {
  readonly queue: Queue;
  readonly node: NodeId;
  readonly clock: Clock;
  readonly log: Log;
  readonly onEvent: (event: QueueEvent) => Promise<void>;
  /** Runs with every look at the leases: heartbeat and take-over of calls. */
  readonly keep: () => Promise<void>;
}

/** Leases and wrap-ups that are over are looked for this often; a ring that times out is ended by the call's own timer before. */
const REAP_EVERY_MS = 250;
const KEEP_EVERY_MS = 1_000;
const REAP_BATCH = 100;
const SWEEP_EVERY_MS = 10_000;
const SWEEP_BATCH = 100;
/** Clocks of this machine and of Redis need not agree to the millisecond. */
const WRAP_UP_SLACK_MS = 5;
const RETRY_AFTER_MS = 500;

/** Reads the queue's outbox for this node and keeps the queue's leases honest. */
export class Dispatcher {
  private readonly abort = new AbortController();
  private cancelReap: () => void = () => undefined;
  private readonly wrapUpEnds = new Set<() => void>();
  private cancelKeep: () => void = () => undefined;
  private cancelSweep: () => void = () => undefined;
  /** Told once, not four times a second. */
  private isReapFailing = false;

  constructor(private readonly options: DispatcherOptions) {}

  start(): void {
    void this.read();
    this.reapLater();
    this.keepLater();
    this.sweepLater();
  }

  close(): void {
    this.abort.abort();
    this.cancelReap();
    this.cancelKeep();
    this.cancelSweep();
    for (const cancel of this.wrapUpEnds) cancel();
  }

  /** A wrap-up ends on time, not with the next look at the leases. */
  private async heard(event: QueueEvent): Promise<void> {
    const { clock, onEvent } = this.options;
    if (event.type === 'agent.changed' && event.state.phase === 'wrapUp') {
      const cancel = clock.after(Math.max(0, event.state.until - clock.now()) + WRAP_UP_SLACK_MS, () => {
        this.wrapUpEnds.delete(cancel);
        this.reap();
      });
      this.wrapUpEnds.add(cancel);
    }
    await onEvent(event);
  }

  private reap(): void {
    const { queue, log } = this.options;
    queue.reap(REAP_BATCH).then(
      (moved) => {
        this.isReapFailing = false;
        if (moved > 0) log.info({ moved }, 'leases ended');
      },
      (error: unknown) => {
        if (isToldLoss(error)) return;
        if (!this.isReapFailing) log.warn({ err: String(error) }, 'leases cannot be looked at');
        this.isReapFailing = true;
      },
    );
  }

  private async read(): Promise<void> {
    const { queue, node, log, clock } = this.options;
    while (!this.abort.signal.aborted) {
      try {
        await queue.events(node, (event) => this.heard(event), this.abort.signal);
      } catch (error) {
        log.warn({ err: String(error) }, 'outbox not readable, trying again');
        await new Promise<void>((resolve) => clock.after(RETRY_AFTER_MS, resolve));
      }
    }
  }

  /** Nobody may idle while somebody waits whom they can serve: a bug or a damaged store, which wakes a person, and is repaired. */
  private sweepLater(): void {
    const { queue, log, clock } = this.options;
    this.cancelSweep = clock.after(SWEEP_EVERY_MS, () => {
      const swept = queue.sweep(SWEEP_BATCH).then(
        (moved) => moved > 0 && log.error({ moved }, 'callers waited while able agents idled'),
        // The look at the leases tells of a store that is away.
        () => undefined,
      );
      void swept.then(() => {
        if (!this.abort.signal.aborted) this.sweepLater();
      });
    });
  }

  private reapLater(): void {
    this.cancelReap = this.options.clock.after(REAP_EVERY_MS, () => {
      this.reap();
      if (!this.abort.signal.aborted) this.reapLater();
    });
  }

  private keepLater(): void {
    this.cancelKeep = this.options.clock.after(KEEP_EVERY_MS, () => {
      const { keep, log } = this.options;
      // Without the next heartbeat other nodes would take over calls that are well.
      const kept = keep().catch((error: unknown) => log.error({ err: String(error) }, 'node not kept'));
      void kept.then(() => {
        if (!this.abort.signal.aborted) this.keepLater();
      });
    });
  }
}
