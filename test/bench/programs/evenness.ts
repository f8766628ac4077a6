import { Histogram } from './histogram.js';

const FRAME_MS = 20;

/** How evenly packets leave: by how much two packets of a stream are not 20 ms apart. */
export class Evenness {
  private readonly distances = new Histogram();

  /** A packet leaves; `last` = when the one before did, NaN where there was none. Returns now. */
  note(last: number): number {
    const now = performance.now();
    if (!Number.isNaN(last)) this.distances.add(Math.abs(now - last - FRAME_MS));
    return now;
  }

  clear(): void {
    this.distances.clear();
  }

  /** Percentiles, ms. */
  figures(): Readonly<Record<string, number>> {
    return { p50: this.distances.percentile(50), p99: this.distances.percentile(99), max: this.distances.percentile(100) };
  }
}
