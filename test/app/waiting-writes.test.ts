import { beforeEach, describe, expect, it } from 'vitest';
import { WaitingWrites } from '../../gateway/app/waiting-writes.js';
import { failed, ok } from '../../gateway/core/errors.js';
import { settle } from '../support/call-fakes.js';
import { FakeClock } from '../support/fake-clock.js';

describe('writes for a store that may be away', () => {
  let clock: FakeClock;
  let tried: string[];
  let refused: (what: string) => boolean;
  let told: string[];
  let writes: WaitingWrites<string>;

  beforeEach(() => {
    clock = new FakeClock();
    [tried, told] = [[], []];
    refused = () => false;
    writes = new WaitingWrites<string>({
      write: (what) => Promise.resolve(tried.push(what) > 0 && refused(what) ? failed('VG_STORE', 'away') : ok(null)),
      clock,
      most: 3,
      onWait: (what, { code }) => told.push(`${what} waits: ${code}`),
      onGivenUp: (what, { code }) => told.push(`${what} given up: ${code}`),
    });
  });

  const pass = async (ms: number): Promise<void> => {
    clock.advance(ms);
    await settle();
  };

  it('try one at a time while it is away, however many wait, and all when it is back', async () => {
    refused = () => true;
    for (const what of ['a', 'b', 'c']) await writes.put(what);
    tried = [];
    for (let times = 0; times < 3; times++) await pass(2_000);
    expect(tried).toEqual(['a', 'b', 'c']);
    refused = () => false;
    await pass(2_000);
    expect(tried.slice(3)).toEqual(['a', 'b', 'c']);
    expect(clock.pending).toBe(0);
    expect(told).toEqual(['a waits: VG_STORE', 'b waits: VG_STORE', 'c waits: VG_STORE']);
  });

  it('that it never takes hold up nobody, and are given up after an hour', async () => {
    refused = (what) => what === 'bad' || clock.now() === start;
    const start = clock.now();
    for (const what of ['bad', 'good', 'better']) await writes.put(what);
    await pass(2_000);
    await pass(2_000);
    expect(tried.slice(3)).toEqual(['bad', 'good', 'better', 'bad']);
    for (let times = 0; times < 1_800; times++) await pass(2_000);
    expect(told.at(-1)).toBe('bad given up: VG_STORE');
    expect(clock.pending).toBe(0);
  });

  it('are given up when too many wait', async () => {
    refused = () => true;
    for (const what of ['a', 'b', 'c', 'd']) await writes.put(what);
    expect(told.at(-1)).toBe('d given up: VG_STORE');
  });

  it('that come while the others follow wait for their own turn', async () => {
    refused = (what) => what === 'late' || clock.now() === start;
    const start = clock.now();
    await writes.put('a');
    clock.advance(2_000);
    await writes.put('late');
    refused = () => false;
    await pass(2_000);
    expect(tried).toEqual(['a', 'a', 'late', 'late']);
  });

  it('are not tried again once it is closed', async () => {
    refused = () => true;
    await writes.put('a');
    writes.close();
    expect(clock.pending).toBe(0);
  });
});
