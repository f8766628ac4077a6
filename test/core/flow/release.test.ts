import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { liveVersions, refusal, releaseSchema, versionFor, type Release } from '../../../gateway/core/flow/release.js';

const [A, B, C] = ['aaaaaaaaaaaaaaaa', 'bbbbbbbbbbbbbbbb', 'cccccccccccccccc'];
const said = { flow: 'menu', at: 1, author: 'Eva', note: 'why' };
const publish = (version: string | undefined): Release => releaseSchema.parse({ ...said, action: 'publish', version });
const share = (version: string | undefined, percent: number): Release => releaseSchema.parse({ ...said, action: 'share', version, percent });
const revert = (version: string | undefined): Release => releaseSchema.parse({ ...said, action: 'revert', version });
const withdraw: Release = releaseSchema.parse({ ...said, action: 'withdraw' });

describe('what is live', () => {
  it.each([
    ['nothing, before the first publish', [], undefined],
    ['what was published last', [publish(A), publish(B)], { version: B, share: null }],
    ['what was reverted to', [publish(A), publish(B), revert(A)], { version: A, share: null }],
    ['the old version with a share for the new', [publish(A), share(B, 10)], { version: A, share: { version: B, percent: 10 } }],
    ['no share any more after a publish', [publish(A), share(B, 10), publish(B)], { version: B, share: null }],
    ['the file again after it was withdrawn', [publish(A), withdraw], undefined],
  ])('is %s', (_title, log, live) => {
    expect(liveVersions(log).get('menu')).toEqual(live);
  });

  it('of one flow is not touched by another', () => {
    expect(liveVersions([publish(A), { ...publish(B), flow: 'other' }]).get('menu')?.version).toBe(A);
  });
});

describe('a share of the callers', () => {
  const live = { version: A ?? '', share: { version: B ?? '', percent: 25 } };
  it('is about that share, and the same callers each time', () => {
    const versions = (ani: string): string => versionFor(live, { flow: 'menu', ani, callId: 'c' });
    const numbers = Array.from({ length: 4_000 }, (_, n) => `+4670${1_000_000 + n * 7_919}`);
    const inShare = numbers.filter((ani) => versions(ani) === B);
    expect(inShare.length / numbers.length).toBeGreaterThan(0.22);
    expect(inShare.length / numbers.length).toBeLessThan(0.28);
    expect(inShare.every((ani) => versions(ani) === B)).toBe(true);
  });
});

describe('an entry is refused', () => {
  it.each([
    ['that publishes what is live', [publish(A)], publish(A), 'is live already'],
    ['that reverts to what never was', [publish(A)], revert(C), 'was never published'],
    ['that shares before anything was published', [], share(B, 5), 'publish first'],
    ['that shares what is live', [publish(A)], share(A, 5), 'is live already'],
    ['that withdraws nothing', [], withdraw, 'no version of "menu" is published'],
  ])('%s', (_title, log, entry, why) => {
    expect(refusal(log, entry)).toContain(why);
  });

  it('never when it would change what callers get', () => {
    const entry = fc.constantFrom(publish(A), publish(B), publish(C), revert(A), revert(B), share(B, 10), share(C, 10), withdraw);
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 12 }), (entries) => {
        const log: Release[] = [];
        for (const one of entries) if (refusal(log, one) === null) log.push(one);
        const refused = entries.filter((one) => refusal(log, one) !== null && one.action === 'publish');
        for (const one of refused) expect(liveVersions([...log, one])).toEqual(liveVersions(log));
      }),
      { numRuns: 200 },
    );
  });
});
