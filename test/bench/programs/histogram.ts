const STEPS_PER_MS = 10;
const MOST_MS = 200;

/** Durations counted in steps of a tenth of a millisecond, up to 200 ms: bounded, however many there are. */
export class Histogram {
  private readonly counts = new Uint32Array(MOST_MS * STEPS_PER_MS + 1);
  private total = 0;

  add(ms: number): void {
    const step = Math.min(MOST_MS * STEPS_PER_MS, Math.floor(ms * STEPS_PER_MS));
    this.counts[step] = (this.counts[step] ?? 0) + 1;
    this.total += 1;
  }

  /** Upper edge of the step that the percentile falls into, ms; NaN of nothing. */
  percentile(percent: number): number {
    let left = Math.ceil((percent / 100) * this.total);
    if (left === 0) return Number.NaN;
    const step = this.counts.findIndex((count) => (left -= count) <= 0);
    return (step + 1) / STEPS_PER_MS;
  }

  clear(): void {
    this.counts.fill(0);
    this.total = 0;
  }
}
