import type { BenchResult } from './bench-result.js';
import { BenchAgent } from './rig/agent.js';
import { startBackend } from './rig/backend.js';
import { BenchCaller } from './rig/caller.js';
import { AGENTS, NUMBERS, startGateway } from './rig/gateway.js';
import { machineSpeed } from './rig/machine-anchor.js';
import { writePrompts } from './rig/prompts.js';
import type { RowOptions } from './rows.js';
import { median, percentile, rounded } from './statistics.js';
import { judge } from './verdict.js';

/** A call that is not over by then is given up. */
const CALL_LIMIT_MS = 15_000;
const PHONE: { readonly answerAfterMs: number; readonly talkMs: number } = { answerAfterMs: 20, talkMs: 40 };

/**
 * `pop-before-ring`: the share of offers that the agent's client had acknowledged before the INVITE arrived at the phone, seen at the far
 * ends. Whole calls: caller, queue, pop, ring, talk, the agent hangs up.
 */
export async function run({ isQuick }: RowOptions): Promise<BenchResult[]> {
  const { calls, agents, callers, limitMs } = isQuick ? { calls: 8, agents: 2, callers: 2, limitMs: 20_000 } : { calls: 1_000, agents: 8, callers: 6, limitMs: 45_000 };
  const backend = await startBackend();
  const gateway = await startGateway(backend, await writePrompts());
  const caller = await BenchCaller.open(backend.sip);
  const watched = await Promise.all(
    AGENTS.slice(0, agents).map(async (id) => new WatchedAgent(await BenchAgent.open({ id, http: gateway.http, sip: backend.sip, rule: { kind: 'after', ms: PHONE.answerAfterMs }, talkMs: PHONE.talkMs }))),
  );
  try {
    const machine = [machineSpeed()];
    for (const { agent } of watched) await agent.ready();
    const placed = await keepCalling(caller, { calls, callers, until: performance.now() + limitMs });
    machine.push(machineSpeed());
    const leads = watched.flatMap((one) => one.leadsMs);
    const share = leads.filter((lead) => lead >= 0).length / leads.length;
    return [
      judge({
        name: 'pop-before-ring', kind: 'value', unit: 'share of offers', goal: { atLeast: 0.999 }, rounds: [share], anchors: machine,
        detail: {
          anchor: 'speed of the machine before and after', backend: backend.kind, offers: leads.length, calls: placed, late: leads.filter((lead) => lead < 0).length,
          leadP50Ms: rounded(median(leads)), leadP1Ms: rounded(percentile(leads, 1)), leastLeadMs: rounded(Math.min(...leads)),
        },
      }),
    ];
  } finally {
    await Promise.all(watched.map(({ agent }) => agent.close()));
    await caller.close();
    await gateway.close();
    await backend.close();
  }
}

/** How far ahead of each INVITE the pop was. */
class WatchedAgent {
  /** Acknowledgement to INVITE, ms; -Infinity when the phone rang without a pop. */
  readonly leadsMs: number[] = [];
  private poppedAt: number | null = null;

  constructor(readonly agent: BenchAgent) {
    agent.on('screen', (event, at) => {
      if (event.type === 'offer') this.poppedAt = at;
      // One that came after its INVITE must not count for the next.
      if (event.type === 'offerClosed') this.poppedAt = null;
    });
    agent.on('invite', (arrivedAt) => {
      this.leadsMs.push(this.poppedAt === null ? -Infinity : arrivedAt - this.poppedAt);
      this.poppedAt = null;
    });
  }
}

/** So many callers, each of whom calls again as soon as the agent has hung up. @returns how many calls there were */
async function keepCalling(caller: BenchCaller, plan: { readonly calls: number; readonly callers: number; readonly until: number }): Promise<number> {
  let placed = 0;
  const one = async (): Promise<void> => {
    while (placed < plan.calls && performance.now() < plan.until) {
      placed += 1;
      const call = await caller.call(NUMBERS.queue);
      const limit = setTimeout(() => call.hangUp(), CALL_LIMIT_MS);
      await call.ended;
      clearTimeout(limit);
    }
  };
  await Promise.all(Array.from({ length: plan.callers }, one));
  return placed;
}
