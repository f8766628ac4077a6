import { canPlayDigits, hasSipp } from '../support/sipp.js';
import type { BenchResult } from './bench-result.js';
import { startBackend, type BenchBackend } from './rig/backend.js';
import { startBareApp } from './rig/bare-app.js';
import { cleanRate } from './rig/clean-rate.js';
import { NUMBERS, startGateway } from './rig/gateway.js';
import type { Highest } from './rig/highest.js';
import { writePrompts, type BenchPrompts } from './rig/prompts.js';
import { sippLoad } from './rig/sipp-load.js';
import type { RowOptions } from './rows.js';
import { rounded } from './statistics.js';
import { judge, notMeasured } from './verdict.js';

const ROW = { name: 'sip-ivr-cps', kind: 'ratio', unit: 'clean cps / bare drachtio-fsmrf clean cps', goal: { atLeast: 0.8 } } as const;

/**
 * `sip-ivr-cps`: calls a second through a flow with two prompts that keys stop and one that is heard out, next to an application on
 * drachtio-srf and drachtio-fsmrf that does only this, on the same backend. SIPp keys by RFC 4733.
 */
export async function run({ isQuick }: RowOptions): Promise<BenchResult[]> {
  if (!hasSipp) return [notMeasured(ROW, 'SIPp is not installed (apt-get install sip-tester)')];
  if (!canPlayDigits) return [notMeasured(ROW, 'SIPp plays digits only as root')];
  const backend = await startBackend();
  const prompts = await writePrompts();
  const under = { backend, prompts, isQuick };
  try {
    const bare = await bareApp(under);
    // The gateway's limit is looked for around the other's, which saves the way up.
    const gateway = await gatewayFlow({ ...under, from: Math.max(3, bare.amount * 0.75) });
    const { kind } = backend;
    return [
      judge({
        ...ROW, rounds: [gateway.amount / bare.amount], anchors: [...bare.machine, ...gateway.machine],
        detail: { anchor: 'speed of the machine between the tries', backend: kind, cps: rounded(gateway.amount), bareCps: rounded(bare.amount), tried: gateway.tried, bareTried: bare.tried },
      }),
    ];
  } finally {
    await backend.close();
  }
}

interface Under {
  readonly backend: BenchBackend;
  readonly prompts: BenchPrompts;
  readonly isQuick: boolean;
  readonly from?: number;
}

async function bareApp(under: Under): Promise<Highest> {
  const program = await startBareApp({ ...under, mode: 'ivr' });
  try {
    return await search(under, 'bench');
  } finally {
    await program.stop();
  }
}

async function gatewayFlow(under: Under): Promise<Highest> {
  const gateway = await startGateway(under.backend, under.prompts);
  try {
    return await search(under, NUMBERS.ivr);
  } finally {
    await gateway.close();
  }
}

function search({ backend, isQuick, from }: Under, service: string): Promise<Highest> {
  const seconds = isQuick ? 1.5 : 3;
  const { host, port } = backend.sip;
  const limits = { from: from ?? (isQuick ? 4 : 20), atMost: isQuick ? 8 : 600, closeness: isQuick ? 1.7 : 1.08, budgetMs: isQuick ? 10_000 : 24_000 };
  return cleanRate(limits, async (cps) => {
    const result = await sippLoad({ scenario: 'uac-ivr.xml', target: `${host}:${port}`, service, cps, calls: Math.max(3, Math.round(cps * seconds)), callLimitMs: 4_000 });
    await backend.whenIdle(8_000);
    return result;
  });
}
