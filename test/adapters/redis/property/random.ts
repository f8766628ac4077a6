import { SeededRandom } from '../../../../gateway/core/seeded-random.js';

/** Choices that are the same for the same seed. */
export class Random extends SeededRandom {
  below(n: number): number {
    return Math.floor(this.next() * n);
  }

  chance(p: number): boolean {
    return this.next() < p;
  }

  override of<T>(list: readonly T[]): T {
    const one = super.of(list);
    if (one === null) throw new Error('nothing to choose from');
    return one;
  }

  /** One of the choices, each as likely as its weight says. */
  weighted<T extends string>(weights: Readonly<Record<T, number>>): T {
    const entries = Object.entries(weights) as [T, number][];
    let left = this.next() * entries.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [choice, weight] of entries) {
      left -= weight;
      if (left < 0) return choice;
    }
    throw new Error('no weights');
  }
}
