import type { BenchResult } from './bench-result.js';
import { startBackend, type BenchBackend } from './rig/backend.js';
import { startBareApp } from './rig/bare-app.js';
import { BenchCaller, placeCalls, type Placed } from './rig/caller.js';
import { NUMBERS, startGateway } from './rig/gateway.js';
import { machineSpeed } from './rig/machine-anchor.js';
import type { Program } from './rig/program.js';
import { writePrompts, type BenchPrompts } from './rig/prompts.js';
import type { RowOptions } from './rows.js';
import { median, percentile, rounded } from './statistics.js';
import { judge } from './verdict.js';

const ROW = { name: 'setup', kind: 'ratio', unit: 'p99 INVITE->200 / bare drachtio-fsmrf', goal: { atMost: 1.25 } } as const;
const CPU_ROW = { name: 'setup-cpu', kind: 'ratio', unit: 'CPU per call / bare drachtio-fsmrf', goal: { atMost: 1.5 } } as const;

/** How long each caller listens. */
const TALK_MS = 300;

interface Counts {
  readonly rounds: number;
  readonly calls: number;
  readonly cps: number;
  /** Calls before the measured ones: a gateway runs for weeks, so its compiled code is there. */
  readonly warmUp: number;
}

/** An application that answers calls, whichever it is. */
interface Side {
  readonly service: string;
  readonly backend: BenchBackend;
  readonly program: Program;
  close(): Promise<void>;
}

interface RoundFigures {
  readonly p50: number;
  readonly p99: number;
  readonly cpuMs: number;
  readonly failed: number;
}

/**
 * `setup`: how long a caller waits for the 200, and what a call costs the application's process (answer, one prompt, caller hangs up),
 * next to an application on drachtio-srf and drachtio-fsmrf alone; rounds alternate. The softswitch is there twice, so that both stay
 * up; real servers are there once, so each side is started anew for its round.
 */
export async function run({ isQuick }: RowOptions): Promise<BenchResult[]> {
  const counts: Counts = isQuick ? { rounds: 2, calls: 10, cps: 10, warmUp: 5 } : { rounds: 5, calls: 100, cps: 25, warmUp: 500 };
  const prompts = await writePrompts();
  const probe = await startBackend();
  const isShared = probe.kind === 'real';
  if (!isShared) await probe.close();
  const open = { bare: () => openBare(prompts, isShared ? probe : null), gateway: () => openGateway(prompts, isShared ? probe : null) };
  const sides = isShared ? [once(open.bare, counts), once(open.gateway, counts)] : await Promise.all([kept(await open.bare(), counts), kept(await open.gateway(), counts)]);
  const [bare = [], gateway = [], machine] = await alternate(sides, counts);
  return judged({ bare, gateway, machine, backend: probe.kind, counts });
}

interface RoundRunner {
  round(): Promise<RoundFigures>;
  close(): Promise<void>;
}

async function alternate(sides: readonly RoundRunner[], counts: Counts): Promise<[RoundFigures[], RoundFigures[], number[]]> {
  const figures: [RoundFigures[], RoundFigures[], number[]] = [[], [], []];
  try {
    for (let round = 0; round < counts.rounds; round += 1) {
      figures[2].push(machineSpeed());
      for (const [at, side] of sides.entries()) figures[at === 0 ? 0 : 1].push(await side.round());
    }
    return figures;
  } finally {
    for (const side of sides) await side.close();
  }
}

/** A side that stays up over all rounds. */
async function kept(side: Side, counts: Counts): Promise<RoundRunner> {
  await place(side, { ...counts, calls: counts.warmUp });
  return { round: () => measure(side, counts), close: () => side.close() };
}

/** A side that is there for its own round only. */
function once(open: () => Promise<Side>, counts: Counts): RoundRunner {
  const round = async (): Promise<RoundFigures> => {
    const side = await open();
    try {
      await place(side, { ...counts, calls: counts.warmUp });
      return await measure(side, counts);
    } finally {
      await side.close();
    }
  };
  return { round, close: () => Promise.resolve() };
}

async function measure(side: Side, counts: Counts): Promise<RoundFigures> {
  const before = side.program.cpuMs;
  const { setupMs, failed } = await place(side, counts);
  return { p50: median(setupMs), p99: percentile(setupMs, 99), cpuMs: (side.program.cpuMs - before) / counts.calls, failed };
}

async function place(side: Side, counts: Pick<Counts, 'calls' | 'cps'>): Promise<Placed> {
  const { backend, service } = side;
  const caller = await BenchCaller.open(backend.sip);
  const placed = await placeCalls(caller, { service, calls: counts.calls, cps: counts.cps, talkMs: TALK_MS });
  await caller.close();
  await backend.whenIdle(5_000);
  return placed;
}

async function openBare(prompts: BenchPrompts, shared: BenchBackend | null): Promise<Side> {
  const backend = shared ?? (await startBackend());
  const program = await startBareApp({ backend, prompts, mode: 'hello' });
  const close = async (): Promise<void> => {
    await program.stop();
    if (shared === null) await backend.close();
  };
  return { service: 'bench', backend, program, close };
}

async function openGateway(prompts: BenchPrompts, shared: BenchBackend | null): Promise<Side> {
  const backend = shared ?? (await startBackend());
  const gateway = await startGateway(backend, prompts);
  const close = async (): Promise<void> => {
    await gateway.close();
    if (shared === null) await backend.close();
  };
  return { service: NUMBERS.hello, backend, program: gateway.program, close };
}

function judged(of: { readonly bare: readonly RoundFigures[]; readonly gateway: readonly RoundFigures[]; readonly machine: readonly number[]; readonly backend: string; readonly counts: Counts }): BenchResult[] {
  const { bare, gateway, machine, backend, counts } = of;
  const ratios = (figure: 'p99' | 'cpuMs'): readonly number[] => gateway.map((round, at) => round[figure] / (bare[at]?.[figure] ?? Number.NaN));
  const medianOf = (rounds: readonly RoundFigures[], figure: keyof RoundFigures): number => rounded(median(rounds.map((round) => round[figure])));
  const failed = [...bare, ...gateway].reduce((sum, round) => sum + round.failed, 0);
  const common = { backend, callsPerRound: counts.calls, cps: counts.cps };
  const also = { 'no failed call': failed === 0 };
  const times = { p50Ms: medianOf(gateway, 'p50'), p99Ms: medianOf(gateway, 'p99'), bareP50Ms: medianOf(bare, 'p50'), bareP99Ms: medianOf(bare, 'p99') };
  const costs = { cpuMsPerCall: medianOf(gateway, 'cpuMs'), bareCpuMsPerCall: medianOf(bare, 'cpuMs'), machine: machine.map((speed) => rounded(speed)) };
  return [
    judge({ ...ROW, rounds: ratios('p99'), anchors: bare.map((round) => round.p50), also, detail: { anchor: 'p50 of the bare application, ms', ...times, ...common } }),
    judge({ ...CPU_ROW, rounds: ratios('cpuMs'), anchors: bare.map((round) => round.cpuMs), also, detail: { anchor: 'CPU per call of the bare application, ms', ...costs, ...common } }),
  ];
}
