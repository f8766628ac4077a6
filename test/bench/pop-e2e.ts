import { sampleContext } from '../support/sample-context.js';
import type { BenchResult } from './bench-result.js';
import { rest } from './rig/backend.js';
import { monotonicMs } from './rig/monotonic.js';
import { PopHouse } from './rig/pop-house.js';
import { Program } from './rig/program.js';
import { SocketHouse } from './rig/socket-house.js';
import type { RowOptions } from './rows.js';
import { median, percentile, rounded } from './statistics.js';
import { judge } from './verdict.js';

/** What is on its way has arrived after this. */
const SETTLE_MS = 500;
/** An agent is free again so long after the pop. */
const OFFER_MS = 300;
const MOST_MS = 10;

interface Counts {
  readonly agents: number;
  readonly rounds: number;
  readonly pops: number;
  readonly perSecond: number;
}

/**
 * `pop-e2e`: from the order to the queue's script to the agent's socket, through Redis, the outbox and WebSocket, at 100 pops a second to
 * 1,000 agents; next to a server that writes the same to one of 1,000 bare sockets. Rounds alternate; the far ends are one other process.
 */
export async function run({ isQuick }: RowOptions): Promise<BenchResult[]> {
  const counts: Counts = isQuick ? { agents: 50, rounds: 2, pops: 40, perSecond: 40 } : { agents: 1_000, rounds: 5, pops: 350, perSecond: 100 };
  const { program: clients } = await Program.start({ path: 'test/bench/programs/fan-out-clients.js' });
  const house = await PopHouse.open();
  const sockets = await SocketHouse.open();
  try {
    await clients.ask({ type: 'screens', count: counts.agents, port: house.port });
    await clients.ask({ type: 'sockets', count: counts.agents, port: sockets.port });
    await house.staff(counts.agents);
    const filling = JSON.stringify(sampleContext(Date.now()));
    const pop = async (id: string): Promise<void> => {
      await house.arrive(id);
      setTimeout(() => void house.leave(id), OFFER_MS);
    };
    const line = (id: string): Promise<void> => Promise.resolve(sockets.send(`{"id":"${id}","context":${filling}}`));
    const times: { readonly pop: readonly number[]; readonly line: readonly number[] }[] = [];
    for (let round = 0; round <= counts.rounds; round += 1) {
      const ofRound = { line: await deliver(clients, { ...counts, send: line, name: `l${round}` }), pop: await deliver(clients, { ...counts, send: pop, name: `p${round}` }) };
      // The first round warms up.
      if (round > 0) times.push(ofRound);
    }
    return [judged(times, counts)];
  } finally {
    sockets.close();
    await house.close();
    await clients.stop();
  }
}

/** Sends so many at a steady rate. @returns how long each took, ms */
async function deliver(clients: Program, plan: Counts & { readonly name: string; readonly send: (id: string) => Promise<void> }): Promise<readonly number[]> {
  const sentAt = new Map<string, number>();
  const begun = performance.now();
  const sending: Promise<void>[] = [];
  for (let at = 0; at < plan.pops; at += 1) {
    await rest(Math.max(0, begun + (at * 1_000) / plan.perSecond - performance.now()));
    const id = `${plan.name}-${at}`;
    sentAt.set(id, monotonicMs());
    sending.push(plan.send(id));
  }
  await Promise.all(sending);
  await rest(SETTLE_MS);
  const { arrivals } = (await clients.ask({ type: 'collect' })) as { arrivals: [string, number][] };
  const took = arrivals.map(([id, at]) => at - (sentAt.get(id) ?? Number.NaN)).filter(Number.isFinite);
  if (took.length !== plan.pops) throw new Error(`${plan.pops - took.length} of ${plan.pops} did not arrive`);
  return took;
}

function judged(times: readonly { readonly pop: readonly number[]; readonly line: readonly number[] }[], counts: Counts): BenchResult {
  const p99 = (kind: 'pop' | 'line'): readonly number[] => times.map((round) => percentile(round[kind], 99));
  const lines = p99('line');
  const popMs = median(p99('pop'));
  const all = (kind: 'pop' | 'line'): readonly number[] => times.flatMap((round) => round[kind]);
  return judge({
    name: 'pop-e2e', kind: 'ratio', unit: 'p99 script -> socket / p99 raw TCP fan-out', goal: { atMost: 8 },
    rounds: p99('pop').map((pop, at) => pop / (lines[at] ?? Number.NaN)), anchors: times.map((round) => median(round.line)),
    also: { [`p99 <= ${MOST_MS} ms`]: popMs <= MOST_MS },
    detail: {
      anchor: 'p50 of the raw fan-out, ms', popP99Ms: rounded(popMs), popP50Ms: rounded(median(all('pop'))), tcpP99Ms: rounded(median(lines)), tcpP50Ms: rounded(median(all('line'))),
      agents: counts.agents, popsPerSecond: counts.perSecond, popsPerRound: counts.pops,
    },
  });
}
