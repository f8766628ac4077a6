import type { BenchResult } from './bench-result.js';
import { startBackend } from './rig/backend.js';
import { BenchCaller, placeCalls } from './rig/caller.js';
import { NUMBERS, startGateway } from './rig/gateway.js';
import { machineSpeed } from './rig/machine-anchor.js';
import { writePrompts } from './rig/prompts.js';
import type { RowOptions } from './rows.js';
import { median, percentile, rounded } from './statistics.js';
import { judge } from './verdict.js';

/** `answer-to-audio`: how long a caller hears nothing: from the 200 to the first RTP packet of the first prompt, at the caller's end. */
export async function run({ isQuick }: RowOptions): Promise<BenchResult[]> {
  const { rounds, calls, cps, warmUp } = isQuick ? { rounds: 2, calls: 5, cps: 5, warmUp: 3 } : { rounds: 5, calls: 100, cps: 15, warmUp: 60 };
  const backend = await startBackend();
  const gateway = await startGateway(backend, await writePrompts());
  const caller = await BenchCaller.open(backend.sip);
  try {
    const place = async (count: number) => {
      const placed = await placeCalls(caller, { service: NUMBERS.hello, calls: count, cps, talkMs: 400 });
      await backend.whenIdle(5_000);
      return placed;
    };
    await place(warmUp);
    const machine: number[] = [];
    const times: (readonly number[])[] = [];
    for (let round = 0; round < rounds; round += 1) {
      machine.push(machineSpeed());
      times.push((await place(calls)).answerToSoundMs);
    }
    const silent = rounds * calls - times.flat().length;
    return [
      judge({
        name: 'answer-to-audio', kind: 'value', unit: 'p99 ms, 200 -> first prompt packet', goal: { atMost: 150 },
        rounds: times.map((round) => percentile(round, 99)), anchors: machine, also: { 'every call hears it': silent === 0 },
        detail: { anchor: 'speed of the machine before each round', backend: backend.kind, p50Ms: rounded(median(times.flat())), maxMs: rounded(percentile(times.flat(), 100)), calls: rounds * calls, silent, cps },
      }),
    ];
  } finally {
    await caller.close();
    await gateway.close();
    await backend.close();
  }
}
