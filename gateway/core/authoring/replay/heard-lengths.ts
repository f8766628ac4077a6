import type { Recording } from '../../recording/recording.js';

const keyOf = (node: string, visit: number, prompts: readonly string[]): string => `${node} ${visit} ${prompts.join(' ')}`;

/** How long words were heard in the recorded call. Each is told once, in the order of the call. */
export class HeardLengths {
  /** By node, visit and prompts; null where they could not be played. */
  private readonly lengths = new Map<string, (number | null)[]>();

  constructor({ events }: Recording) {
    for (const event of events) {
      if (event.did !== 'said') continue;
      const key = keyOf(event.node, event.visit, event.prompts);
      const known = this.lengths.get(key);
      if (known === undefined) this.lengths.set(key, [event.ms]);
      else known.push(event.ms);
    }
  }

  /** In ms; undefined when such words were not heard there. */
  take(node: string, visit: number, prompts: readonly string[]): number | null | undefined {
    return this.lengths.get(keyOf(node, visit, prompts))?.shift();
  }
}
