import { replayOne, ReplayTally } from '../../gateway/core/authoring/replay/report.js';
import type { Flow } from '../../gateway/core/flow/flow-schema.js';
import { readRecording } from '../../gateway/core/recording/recording.js';
import { sampleContent } from '../support/sample-content.js';
import { billingByLot, lots, tapeCall, type CallerMove } from '../support/taped-call.js';
import type { BenchResult } from './bench-result.js';
import { machineSpeed } from './rig/machine-anchor.js';
import type { RowOptions } from './rows.js';
import { judge } from './verdict.js';

const KEYS = ['1', '2', '3', '1', '2', '471100#', '2580', '72211#', '1001#', '0', '1', '2'];
const BEGAN_AT = Date.parse('2026-11-27T09:00:00Z');

/**
 * `flow-replay`: seconds of CPU to read 10,000 recorded calls of the sample main menu, with its parts, from their lines and to replay
 * them on the version that was live, in which all have to end as they did.
 */
export function run({ isQuick }: RowOptions): Promise<BenchResult[]> {
  const { rounds, calls } = isQuick ? { rounds: 1, calls: 200 } : { rounds: 3, calls: 10_000 };
  const flow = sampleContent().flows.get('main-menu');
  if (flow === undefined) throw new Error('there is no sample flow');
  const lines: string[] = [];
  for (let seed = 0; lines.length < calls; seed += 1) {
    const { recording, call } = tapeCall(flow, movesOf(seed), { callId: `call-${seed}`, at: BEGAN_AT + seed * 1_000, ani: '+46701234567', dnis: '+46771000200', language: 'sv', answer: billingByLot(lots(seed)) });
    // A code that is somebody's customer number is masked there as well, so that nobody knows how that call went on.
    if (call.orders.every(({ arguments: { pin } }) => pin !== '1001')) lines.push(JSON.stringify(recording));
  }
  const anchors: number[] = [];
  const seconds: number[] = [];
  const tallies: ReplayTally[] = [];
  for (let round = 0; round < rounds; round += 1) {
    anchors.push(machineSpeed());
    const begun = process.cpuUsage();
    tallies.push(replayAll(flow, lines));
    const { user, system } = process.cpuUsage(begun);
    seconds.push((user + system) / 1_000_000);
  }
  return Promise.resolve([
    judge({
      name: 'flow-replay', kind: 'value', unit: `s to replay ${calls} calls`, goal: { atMost: 10 }, rounds: seconds, anchors,
      also: { 'all end as they did': tallies.every(({ figures }) => figures.same === calls) },
      detail: { anchor: 'speed of the machine before each round', clock: 'CPU time', calls, charactersACall: Math.round(lines.reduce((sum, { length }) => sum + length, 0) / calls) },
    }),
  ]);
}

function replayAll(flow: Flow, lines: readonly string[]): ReplayTally {
  const tally = new ReplayTally();
  for (const line of lines) {
    const read = readRecording(line);
    if (!read.ok) throw new Error(read.what);
    tally.add(replayOne(flow, read.recording));
  }
  return tally;
}

/** Two to eight answers of a caller, some before the question was heard. */
function movesOf(seed: number): readonly CallerMove[] {
  const lot = lots(seed + 1_000_000);
  return Array.from({ length: 2 + lot(7) }).flatMap((): readonly CallerMove[] => [...(lot(4) === 0 ? [] : [{ do: 'listen' } as const]), { do: 'press', keys: KEYS[lot(KEYS.length)] ?? '1', gapMs: 250 }]);
}
