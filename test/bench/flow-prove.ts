import { prove } from '../../gateway/core/authoring/prove/prove.js';
import { largeFlow, LARGE_FLOW_NODES } from '../support/large-flow.js';
import type { BenchResult } from './bench-result.js';
import { machineSpeed } from './rig/machine-anchor.js';
import type { RowOptions } from './rows.js';
import { judge } from './verdict.js';

/** `flow-prove`: seconds of CPU to prove a flow of 200 nodes, every way of it, on the live interpreter. */
export function run({ isQuick }: RowOptions): Promise<BenchResult[]> {
  const flow = largeFlow();
  const anchors: number[] = [];
  const seconds: number[] = [];
  const proofs = Array.from({ length: isQuick ? 1 : 5 }, () => {
    anchors.push(machineSpeed());
    const begun = process.cpuUsage();
    const proof = prove(flow, { today: '2026-11-28' });
    const { user, system } = process.cpuUsage(begun);
    seconds.push((user + system) / 1_000_000);
    return proof;
  });
  const [first] = proofs;
  return Promise.resolve([
    judge({
      name: 'flow-prove', kind: 'value', unit: `s to prove a flow of ${LARGE_FLOW_NODES} nodes`, goal: { atMost: 2 }, rounds: seconds, anchors,
      also: { 'the flow is proved': proofs.every(({ verdict }) => verdict === 'proved') },
      detail: { anchor: 'speed of the machine before each round', clock: 'CPU time', places: first?.spots, moves: first?.moves, ways: first?.ways },
    }),
  ]);
}
