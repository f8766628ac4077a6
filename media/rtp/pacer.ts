import type { MediaClock } from './media-clock.js';
import { monotonicClock } from './media-clock.js';

export const FRAME_MS = 20;
const SLOT_MS = 5;
const SLOTS = FRAME_MS / SLOT_MS;

/** After a longer stall the missed frames are dropped: sending them in one burst would only overflow the listener's buffer. */
const MAX_CATCH_UP_MS = 200;

interface Member {
  readonly tick: () => void;
}

/**
 * Calls every member once each 20 ms. One timer serves all of them: members are spread over four slots of 5 ms, so that a thousand
 * streams do not send in the same instant, and each slot is due at a multiple of 5 ms from the start, so that late timers do not add up.
 * The timer runs only while there are members.
 */
export class Pacer {
  readonly #clock: MediaClock;
  readonly #slots: Set<Member>[] = Array.from({ length: SLOTS }, () => new Set<Member>());
  #cancelTimer: (() => void) | undefined;
  #startedAt = 0;
  #slotsDone = 0;
  #frameAt: number | undefined;
  #hasLetRead = false;

  constructor(opts: { clock?: MediaClock } = {}) {
    this.#clock = opts.clock ?? monotonicClock;
  }

  /** Monotonic ms of the clock that paces. */
  now(): number {
    return this.#clock.now();
  }

  /** The time of the frame that is being made: 20 ms after the one before, however late the timer was. Between the frames it is now. */
  get frameAtMs(): number {
    return this.#frameAt ?? this.#clock.now();
  }

  get memberCount(): number {
    return this.#slots.reduce((sum, slot) => sum + slot.size, 0);
  }

  get isRunning(): boolean {
    return this.#cancelTimer !== undefined;
  }

  /** Adds a member to the emptiest slot; the returned function removes it. `tick` must not throw. */
  add(tick: () => void): () => void {
    const slot = this.#slots.reduce((least, next) => (next.size < least.size ? next : least));
    const member = { tick };
    slot.add(member);
    if (this.#cancelTimer === undefined) this.#start();
    return () => {
      slot.delete(member);
      if (this.memberCount === 0) this.#stop();
    };
  }

  #start(): void {
    this.#startedAt = this.#clock.now();
    this.#slotsDone = 0;
    this.#hasLetRead = false;
    this.#schedule();
  }

  #stop(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }

  #schedule(): void {
    this.#runIn(this.#dueAt(this.#slotsDone + 1) - this.#clock.now());
  }

  #runIn(ms: number): void {
    this.#cancelTimer = this.#clock.setTimer(Math.max(1, ms), () => this.#run());
  }

  #dueAt(slot: number): number {
    return this.#startedAt + slot * SLOT_MS;
  }

  #run(): void {
    const behindMs = this.#clock.now() - this.#dueAt(this.#slotsDone);
    // Packets that came meanwhile wait in the sockets. Made up for before they are read, the missed frames would find nothing to play.
    if (behindMs > FRAME_MS + SLOT_MS && !this.#hasLetRead) {
      this.#hasLetRead = true;
      return this.#runIn(0);
    }
    this.#hasLetRead = false;
    // Whole frames are skipped, so every member keeps its place in the 20 ms round.
    if (behindMs > MAX_CATCH_UP_MS) this.#slotsDone += Math.floor(behindMs / FRAME_MS) * SLOTS - SLOTS;
    const due = Math.floor((this.#clock.now() - this.#startedAt) / SLOT_MS);
    while (this.#slotsDone < due && this.#cancelTimer !== undefined) {
      this.#slotsDone += 1;
      this.#frameAt = this.#dueAt(this.#slotsDone);
      for (const member of this.#slots[this.#slotsDone % SLOTS] ?? []) member.tick();
    }
    this.#frameAt = undefined;
    if (this.#cancelTimer !== undefined) this.#schedule();
  }
}
