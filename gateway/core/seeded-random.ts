/** Numbers that look random and are the same for the same seed (mulberry32): for simulations, never for secrets. */
export class SeededRandom {
  constructor(private state: number) {}

  /** 0 ≤ x < 1 */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** A time until something that happens at random, `mean` apart. */
  exponential(mean: number): number {
    return -mean * Math.log(1 - this.next());
  }

  /** One of the list; null of an empty one. */
  of<T>(list: readonly T[]): T | null {
    return list[Math.floor(this.next() * list.length)] ?? null;
  }
}
