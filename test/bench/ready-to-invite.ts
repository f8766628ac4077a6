import { once } from 'node:events';
import type { BenchResult } from './bench-result.js';
import { BenchAgent } from './rig/agent.js';
import { rest, startBackend } from './rig/backend.js';
import { BenchCaller } from './rig/caller.js';
import { AGENTS, NUMBERS, startGateway, TENANT } from './rig/gateway.js';
import { machineSpeed } from './rig/machine-anchor.js';
import { writePrompts } from './rig/prompts.js';
import { fillHouse, type HouseSize } from './rig/quiet-house.js';
import { WakeChain } from './rig/wake-chain.js';
import type { RowOptions } from './rows.js';
import { median, percentile, rounded } from './statistics.js';
import { judge } from './verdict.js';

/** Between two offers, so that none is measured among the clearing up of the one before. */
const REST_MS = 60;
const INVITE_LIMIT_MS = 5_000;
const P50_AT_MOST_MS = 5;
const P99_AT_MOST_MS = 10;
/** An offer wakes at least these: gateway, Redis, gateway, SIP server. */
const WOKEN = 4;

/** One house after the other, each fuller than the one before, with what mod_callcenter of FreeSWITCH 1.10.12 took there, ms. */
const HOUSES: readonly (HouseSize & { readonly name: string; readonly modCallcenter: { readonly p50Ms: number; readonly p99Ms: number } })[] = [
  { name: 'ready-to-invite', waiting: 0, onBreak: 0, modCallcenter: { p50Ms: 50, p99Ms: 100 } },
  { name: 'ready-to-invite-50', waiting: 50, onBreak: 100, modCallcenter: { p50Ms: 83, p99Ms: 128 } },
  { name: 'ready-to-invite-200', waiting: 200, onBreak: 200, modCallcenter: { p50Ms: 207, p99Ms: 308 } },
  { name: 'ready-to-invite-500', waiting: 500, onBreak: 500, modCallcenter: { p50Ms: 1_150, p99Ms: 1_283 } },
];

interface Scene {
  readonly agents: readonly BenchAgent[];
  readonly caller: BenchCaller;
  readonly chain: WakeChain;
}

/**
 * `ready-to-invite`: a caller waits, an agent chooses Ready, until the INVITE arrives at the phone, in a house with others who wait and others
 * on break. Client and phone are on loopback; the phone is busy (486), so that the same caller waits on. Agents take turns: no screen may
 * send more than a person would. Before each round idle programs are woken as often, which tells what the machine alone adds to the p99.
 */
export async function run({ isQuick }: RowOptions): Promise<BenchResult[]> {
  const { rounds, offers, warmUp } = isQuick ? { rounds: 2, offers: 5, warmUp: 3 } : { rounds: 5, offers: 60, warmUp: 150 };
  const backend = await startBackend();
  const gateway = await startGateway(backend, await writePrompts());
  const caller = await BenchCaller.open(backend.sip);
  const agents = await Promise.all(AGENTS.map((id) => BenchAgent.open({ id, http: gateway.http, sip: backend.sip, rule: { kind: 'reject', status: 486 } })));
  const chain = await WakeChain.open(WOKEN);
  const scene: Scene = { agents, caller, chain };
  const results: BenchResult[] = [];
  try {
    await someOffers(scene, warmUp);
    for (const house of HOUSES) {
      await fillHouse({ redisUrl: gateway.redisUrl, tenant: TENANT, skill: 'talk' }, house);
      const { times, machine, alone } = await measure(scene, { rounds, offers });
      const p50Ms = median(times.flat());
      results.push(judge({
        name: house.name, kind: 'value', unit: 'p99 ms, Ready -> INVITE at the phone', goal: { atMost: P99_AT_MOST_MS }, rounds: times.map((round) => percentile(round, 99)), anchors: machine,
        machineAlone: { ms: median(alone), atMostMs: P99_AT_MOST_MS / 2 },
        also: { [`p50 <= ${P50_AT_MOST_MS}`]: p50Ms <= P50_AT_MOST_MS },
        detail: {
          anchor: 'speed of the machine before each round', backend: backend.kind, waiting: house.waiting, onBreak: house.onBreak, p50Ms: rounded(p50Ms), p90Ms: rounded(percentile(times.flat(), 90)),
          maxMs: rounded(percentile(times.flat(), 100)), offers: rounds * offers, modCallcenter: house.modCallcenter,
        },
      }));
    }
    return results;
  } finally {
    await chain.close();
    await Promise.all(agents.map((agent) => agent.close()));
    await caller.close();
    await gateway.close();
    await backend.close();
  }
}

interface Measured {
  readonly times: readonly (readonly number[])[];
  readonly machine: readonly number[];
  /** P99 of waking idle programs, ms. */
  readonly alone: readonly number[];
}

async function measure(scene: Scene, { rounds, offers }: { readonly rounds: number; readonly offers: number }): Promise<Measured> {
  const measured: { times: (readonly number[])[]; machine: number[]; alone: number[] } = { times: [], machine: [], alone: [] };
  for (let round = 0; round < rounds; round += 1) {
    measured.machine.push(machineSpeed());
    measured.alone.push(percentile(await scene.chain.passes(offers, REST_MS / 2), 99));
    measured.times.push(await someOffers(scene, offers));
  }
  return measured;
}

/** A caller waits while agents get ready, so often, one after the other. It sends no sound, so that one call must not last for all rounds. */
async function someOffers({ agents, caller }: Pick<Scene, 'agents' | 'caller'>, count: number): Promise<readonly number[]> {
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
