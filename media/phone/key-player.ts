import type { KeyStep } from './key-script.js';

/** What the player hears; times of the same clock as `tick`. */
export interface Listening {
  /** When sound was heard last; undefined when never. */
  readonly lastSoundAtMs: number | undefined;
}

export interface KeyPlayerOptions {
  steps: readonly KeyStep[];
  heard: Listening;
  /** How long a key is held (default 120 ms). */
  keyMs?: number;
  /** Pause between two keys (default 80 ms). */
  gapMs?: number;
  /** A prompt that never ends, such as music, is given up on after this (default 30,000 ms). */
  promptTimeoutMs?: number;
  /** Presses a key. */
  press(key: string, durationMs: number): void;
  hangUp(): void;
  /** A `prompt` step was given up on. */
  onPromptTimeout(step: number): void;
  /** The last step is done and the last key is up. */
  onDone(): void;
}

/** Plays a key script once the call is up. Driven by `tick`, at least every 20 ms. */
export class KeyPlayer {
  private index = 0;
  private readyAt = 0;
  private enteredAt = 0;
  private isDone = false;

  constructor(private readonly opts: KeyPlayerOptions) {}

  /** Begins at this time. */
  start(nowMs: number): void {
    this.readyAt = nowMs;
    this.enteredAt = nowMs;
  }

  tick(nowMs: number): void {
    while (!this.isDone && this.step(nowMs)) this.enteredAt = nowMs;
  }

  /** Does the current step if it is due; false when it must wait. */
  private step(nowMs: number): boolean {
    if (nowMs < this.readyAt) return false;
    const step = this.opts.steps[this.index];
    if (step === undefined) {
      this.isDone = true;
      this.opts.onDone();
      return false;
    }
    switch (step.kind) {
      case 'key':
        this.opts.press(step.key, this.opts.keyMs ?? 120);
        this.readyAt = nowMs + (this.opts.keyMs ?? 120) + (this.opts.gapMs ?? 80);
        break;
      case 'wait':
        this.readyAt = nowMs + step.ms;
        break;
      case 'prompt':
        if (!this.isPromptOver(step.quietMs, nowMs)) return false;
        break;
      case 'hangUp':
        this.isDone = true;
        this.opts.hangUp();
        return false;
    }
    this.index++;
    return true;
  }

  private isPromptOver(quietMs: number, nowMs: number): boolean {
    const { lastSoundAtMs } = this.opts.heard;
    // Only sound since this step began counts: silence before a prompt is no end of it.
    if (lastSoundAtMs !== undefined && lastSoundAtMs >= this.enteredAt && nowMs - lastSoundAtMs >= quietMs) return true;
    if (nowMs - this.enteredAt < (this.opts.promptTimeoutMs ?? 30_000)) return false;
    this.opts.onPromptTimeout(this.index);
    return true;
  }
}
