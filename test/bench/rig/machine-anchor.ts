import { createHash } from 'node:crypto';

const BLOCK = Buffer.alloc(1 << 20, 1);
const BLOCKS = 24;
const TRIES = 3;

/** How fast this machine hashes now, MiB/s, best of three: what it should be able to in every round, unless others use it as well. */
export function machineSpeed(): number {
  let best = 0;
  for (let tried = 0; tried < TRIES; tried += 1) {
    const begun = performance.now();
    const hash = createHash('sha256');
    for (let done = 0; done < BLOCKS; done += 1) hash.update(BLOCK);
    hash.digest();
    best = Math.max(best, (BLOCKS * 1_000) / (performance.now() - begun));
  }
  return best;
}
