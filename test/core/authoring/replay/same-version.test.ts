import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { replayCall } from '../../../../gateway/core/authoring/replay/replay-call.js';
import type { Flow } from '../../../../gateway/core/flow/flow-schema.js';
import { readRecording } from '../../../../gateway/core/recording/recording.js';
import { billingByLot, lots, tapeCall, type CallerMove } from '../../../support/taped-call.js';
import { sampleContent } from '../../../support/sample-content.js';

const RUNS = process.env['VAXEL_LONG'] === '1' ? 20_000 : 400;
const content = sampleContent();

const keys = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('1', '2', '3', '1', '2', '9', '8', '7') },
  { weight: 3, arbitrary: fc.constantFrom('471100#', '1001#', '2580', '72211#', '1', '11', '4711#', '1002#') },
  { weight: 1, arbitrary: fc.constantFrom('0', '*', '#', '47*1', '25', '0#', '1471100#1', '32', '99999999999999') },
);
const move: fc.Arbitrary<CallerMove> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('press' as const), keys, gapMs: fc.constantFrom(90, 250, 250, 1_400, 3_100) }) },
  { weight: 4, arbitrary: fc.constant({ do: 'listen' as const }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('speak' as const), ms: fc.constantFrom(200, 4_000, 200_000) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(1, 400, 1_600, 5_990, 6_010, 15_000, 31_000) }) },
);
/** Around the minute at which the office closes too. */
const at = fc.constantFrom(Date.parse('2026-11-27T11:00:00Z'), Date.parse('2026-11-27T15:59:20Z'), Date.parse('2026-11-28T11:00:00Z'));

describe('a replay against the version that was live', () => {
  it.each(['main-menu', 'invoice-extension', 'satisfaction'])('gives every caller of %s the same end, by the same way', (id) => {
    const flow = content.flows.get(id) as Flow;
    fc.assert(
      fc.property(fc.array(move, { maxLength: 14 }), at, fc.nat(), fc.constantFrom('+46701234567', '+4790012345', null), fc.constantFrom(undefined, 'welcome', 'main-menu', 'read-back', 'please-wait'), (moves, began, seed, ani, broken) => {
        const { recording, call } = tapeCall(flow, moves, { callId: `call-${seed % 7}`, at: began, ani, dnis: '+46771000200', language: 'sv', incidents: seed % 3 === 0 ? content.incidents : [], answer: billingByLot(lots(seed)), ...(broken === undefined ? {} : { unplayable: new Set([broken]) }) });
        // A code that is somebody's customer number is masked there as well: see the test on what is decided by a secret.
        fc.pre(call.orders.every(({ arguments: { pin } }) => pin !== '1001' && pin !== '1002'));
        const read = readRecording(JSON.stringify(recording));
        if (!read.ok) throw new Error(read.what);
        const replayed = replayCall(flow, read.recording);
        expect(replayed).toMatchObject({ outcome: { kind: 'ended', end: recording.end }, way: recording.way });
      }),
      { numRuns: RUNS },
    );
  });
});
