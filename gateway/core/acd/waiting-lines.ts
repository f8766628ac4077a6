import type { Millis } from '../ids.js';

/** A caller's place: who is served first is decided by band, then by arrival. */
export interface Place {
  readonly signature: string;
  readonly band: number;
  readonly arrivedAt: Millis;
}

/** Who waits, counted by signature and band. */
export class WaitingLines {
  /** Times of arrival by signature and band, ascending. */
  private readonly lines = new Map<string, Map<number, Millis[]>>();

  add({ signature, band, arrivedAt }: Place): void {
    const bands = this.lines.get(signature) ?? new Map<number, Millis[]>();
    this.lines.set(signature, bands);
    const line = bands.get(band) ?? [];
    bands.set(band, line);
    line.splice(olderThan(line, arrivedAt + 1), 0, arrivedAt);
  }

  remove({ signature, band, arrivedAt }: Place): void {
    const line = this.lines.get(signature)?.get(band);
    const at = line === undefined ? -1 : olderThan(line, arrivedAt);
    if (line?.[at] === arrivedAt) line.splice(at, 1);
  }

  /** How many callers of the signature are served before one of this band and time. */
  ahead(signature: string, { band, arrivedAt }: Omit<Place, 'signature'>): number {
    let count = 0;
    for (const [other, line] of this.lines.get(signature) ?? []) {
      if (other < band) count += line.length;
      else if (other === band) count += olderThan(line, arrivedAt);
    }
    return count;
  }
}

/** How many of the ascending times are before `time`. */
function olderThan(times: readonly Millis[], time: Millis): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] ?? 0) < time) low = middle + 1;
    else high = middle;
  }
  return low;
}
