import { once } from 'node:events';
import type { BenchResult } from './bench-result.js';
import { BenchAgent } from './rig/agent.js';
import { rest, startBackend } from './rig/backend.js';
import { BenchCaller } from './rig/caller.js';
import { AGENTS, NUMBERS, startGateway } from './rig/gateway.js';
import { machineSpeed } from './rig/machine-anchor.js';
import { writePrompts } from './rig/prompts.js';
import type { RowOptions } from './rows.js';
import { median, percentile, rounded } from './statistics.js';
import { judge } from './verdict.js';

/** Between two offers, so that none is measured among the clearing up of the one before. */
const REST_MS = 60;
const INVITE_LIMIT_MS = 5_000;

/**
 * `ready-to-invite`: a caller waits, an agent chooses Ready, until the INVITE arrives at the phone. Client and phone are on loopback; the
 * phone is busy (486), so that the same caller waits on. Agents take turns: no screen may send more than a person would.
 */
export async function run({ isQuick }: RowOptions): Promise<BenchResult[]> {
  const { rounds, offers, warmUp } = isQuick ? { rounds: 2, offers: 5, warmUp: 3 } : { rounds: 5, offers: 60, warmUp: 60 };
  const backend = await startBackend();
  const gateway = await startGateway(backend, await writePrompts());
  const caller = await BenchCaller.open(backend.sip);
  const agents = await Promise.all(AGENTS.map((id) => BenchAgent.open({ id, http: gateway.http, sip: backend.sip, rule: { kind: 'reject', status: 486 } })));
  try {
    await someOffers({ agents, caller }, warmUp);
    const machine: number[] = [];
    const times: (readonly number[])[] = [];
    for (let round = 0; round < rounds; round += 1) {
      machine.push(machineSpeed());
      times.push(await someOffers({ agents, caller }, offers));
    }
    return [
      judge({
        name: 'ready-to-invite', kind: 'value', unit: 'p99 ms, Ready -> INVITE at the phone', goal: { atMost: 25 }, rounds: times.map((round) => percentile(round, 99)), anchors: machine,
        detail: { anchor: 'speed of the machine before each round', backend: backend.kind, p50Ms: rounded(median(times.flat())), maxMs: rounded(percentile(times.flat(), 100)), offers: rounds * offers },
      }),
    ];
  } finally {
    await Promise.all(agents.map((agent) => agent.close()));
    await caller.close();
    await gateway.close();
    await backend.close();
  }
}

/** A caller waits while agents get ready, so often, one after the other. It sends no sound, so that one call must not last for all rounds. */
async function someOffers({ agents, caller }: { readonly agents: readonly BenchAgent[]; readonly caller: BenchCaller }, count: number): Promise<readonly number[]> {
  const call = await caller.call(NUMBERS.queue);
  if ((await call.setupMs) === null) throw new Error('the caller was refused');
  const times: number[] = [];
  for (let done = 0; done < count; done += 1) {
    const agent = agents[done % agents.length];
    if (agent !== undefined) times.push(await oneOffer(agent));
  }
  call.hangUp();
  await call.ended;
  return times;
}

async function oneOffer(agent: BenchAgent): Promise<number> {
  await rest(REST_MS);
  const over = agent.nextPhase('notReady');
  const invite = once(agent, 'invite', { signal: AbortSignal.timeout(INVITE_LIMIT_MS) });
  const askedAt = performance.now();
  await agent.ready();
  const [arrivedAt] = (await invite) as [number];
  await over;
  return arrivedAt - askedAt;
}
