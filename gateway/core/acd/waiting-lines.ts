import type { Millis } from '../ids.js';
import type { Lump } from './estimated-wait.js';

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
  ahead(signature: string, place: Omit<Place, 'signature'>): number {
    let count = 0;
    for (const [band, line] of this.lines.get(signature) ?? []) count += aheadIn(line, band, place);
    return count;
  }

  /** The same callers in the order in which they are served, about `size` taken together. */
  lumps(signature: string, place: Omit<Place, 'signature'>, size: number): readonly Lump[] {
    const lumps: Lump[] = [];
    for (const [band, line] of [...(this.lines.get(signature) ?? [])].sort(([a], [b]) => a - b)) {
      const ahead = aheadIn(line, band, place);
      for (let at = 0; at < ahead; at += size) lumps.push({ rank: band * BAND_RANKS + (line[at] ?? 0), mass: Math.min(size, ahead - at) });
    }
    return lumps;
  }
}

/** More than any time in ms, so that the band decides first; sums of both are exact in a double. */
const BAND_RANKS = 2 ** 44;

function aheadIn(line: readonly Millis[], band: number, place: Omit<Place, 'signature'>): number {
  if (band === place.band) return olderThan(line, place.arrivedAt);
  return band < place.band ? line.length : 0;
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
