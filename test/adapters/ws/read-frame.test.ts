import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readFrame } from '../../../gateway/adapters/ws/screen-socket.js';

const numRuns = process.env['VAXEL_LONG'] === '1' ? 20_000 : 1_000;
const SEED = 20_261_122;

/** Messages that are nearly right: real fields with any values, plus fields that nobody knows. */
const nearly = fc.record(
  {
    type: fc.oneof(fc.constantFrom('signIn', 'ack', 'ready', 'notReady', 'accept', 'decline', 'hangUp', 'wrapUp', 'signOut', 'ping'), fc.string()),
    id: fc.oneof(fc.string({ maxLength: 80 }), fc.anything()),
    token: fc.anything(),
    seq: fc.oneof(fc.double(), fc.anything()),
    lastSeq: fc.anything(),
    reason: fc.anything(),
    offerId: fc.string(),
    callId: fc.string(),
    __proto__: fc.anything(),
    constructor: fc.anything(),
  },
  { requiredKeys: ['type'] },
);

describe('a frame from a screen', () => {
  it('is a message, refused with a reason, or unreadable, whatever it holds', () => {
    const text = fc.oneof(
      nearly.map((value) => JSON.stringify(value) ?? ''),
      fc.json(),
      fc.string({ unit: 'binary', maxLength: 500 }),
    );
    fc.assert(
      fc.property(text, (frame) => {
        const read = readFrame(frame);
        if (read.kind === 'refused') {
          expect(read.re.length).toBeGreaterThan(0);
          expect(read.detail.length).toBeGreaterThan(0);
        }
        if (read.kind === 'message') expect(typeof read.message.type).toBe('string');
      }),
      { numRuns, seed: SEED },
    );
  });

  it('names the field that is wrong', () => {
    expect(readFrame('{"type":"accept","id":"1","offerId":7}')).toMatchObject({ kind: 'refused', re: '1', detail: expect.stringMatching(/^offerId: /) });
  });
});
