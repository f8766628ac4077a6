import { describe, expect, it } from 'vitest';
import { readFact } from '../../../gateway/core/acd/queue-fact.js';

const line = JSON.stringify({ v: 1, id: 'r1', at: 5, type: 'call.abandoned', callId: 'c', queue: 'q', waitMs: 3_000 });

describe('a line of the queue log', () => {
  it('is read back as it was written', () => {
    expect(readFact(line)).toEqual(JSON.parse(line));
  });

  it.each([
    ['torn', line.slice(0, -7)],
    ['empty', ''],
    ['of a later version', line.replace('"v":1', '"v":2')],
    ['of a kind that a later release knows', line.replace('abandoned', 'teleported')],
    ['without a time', line.replace('"at":5,', '')],
  ])('is passed over when it is %s', (_, text) => expect(readFact(text)).toBeNull());

  it('of a release before, which does not say whose doing a hang-up was, is that of the caller', () => {
    expect(readFact(line)).not.toHaveProperty('isCutOff');
    const cutOff = { ...JSON.parse(line), isCutOff: true };
    expect(readFact(JSON.stringify(cutOff))).toEqual(cutOff);
  });

  it('may say more than this release knows', () => {
    expect(readFact(line.replace('"v":1', '"v":1,"weather":"rain"'))).not.toBeNull();
  });
});
