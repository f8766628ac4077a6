import type { BenchResult } from './bench-result.js';
import { rest } from './rig/backend.js';
import { highest } from './rig/highest.js';
import { Program } from './rig/program.js';
import type { RowOptions } from './rows.js';
import { rounded } from './statistics.js';
import { judge } from './verdict.js';

const GOAL = 1_000;
const JITTER_MS = 5;
const FRAMES_PER_SECOND = 50;
/** New streams have settled after this. */
const SETTLE_MS = 700;
/** Packets and keys that must come through. Keys begin and end across the edges of the time measured. */
const COMPLETE = 0.99;
const KEYS_COMPLETE = 0.9;
const KEYS_UNDER_WAY = 3;
/** In the round before a key, and in two after it, nothing is sent. */
const SILENT_FRAMES_A_KEY = 3;

interface Trial {
  readonly streams: number;
  /** Distance of two packets of a stream from 20 ms, ms. */
  readonly jitterP99: number;
  readonly jitterMax: number;
  /** Processor time a second of time. */
  readonly cores: number;
  readonly wrong: string | null;
}

/**
 * `media-streams`: how many G.711 streams one core carries both ways, playing a prompt and taking sound and RFC 4733 keys, before packets
 * leave unevenly. All streams are in one process of one thread and each is the far end of another; what Node's UDP alone costs for as many
 * packets is measured beside it. Where not even that leaves evenly at the goal, a miss is not judged.
 */
export async function run({ isQuick }: RowOptions): Promise<BenchResult[]> {
  const { measureMs, from, atMost, budgetMs } = isQuick ? { measureMs: 500, from: 20, atMost: 40, budgetMs: 8_000 } : { measureMs: 3_000, from: 400, atMost: 3_000, budgetMs: 50_000 };
  const { program: media } = await Program.start({ path: 'test/bench/programs/media-switch.js' });
  try {
    const trials: Trial[] = [];
    const found = await highest({ from, atMost, budgetMs, closeness: 1.08 }, async (amount) => {
      const trial = trialOf(await carry(media, { amount, measureMs }));
      trials.push(trial);
      return trial.wrong;
    });
    const best = trials.findLast((trial) => trial.streams >= found.amount && trial.wrong === null);
    const alone = { amount: isQuick ? from : Math.max(GOAL, found.amount), measureMs };
    const bare = await carryBare(alone);
    return [
      judge({
        name: 'media-streams', kind: 'value', unit: `streams a core, p99 send jitter < ${JITTER_MS} ms`, goal: { atLeast: GOAL },
        rounds: [found.amount / Math.max(1, best?.cores ?? 1)], anchors: found.machine, machineAlone: { ms: of(bare, 'p99'), atMostMs: JITTER_MS },
        detail: {
          anchor: 'speed of the machine between the tries', streams: found.amount, coresUsed: rounded(best?.cores ?? 0, 2),
          bareUdp: { streams: alone.amount, coresUsed: rounded(of(bare, 'cpuShare'), 2) },
          jitterP99Ms: best?.jitterP99 ?? null, jitterMaxMs: best?.jitterMax ?? null, tried: found.tried,
        },
      }),
    ];
  } finally {
    await media.stop();
  }
}

type Figures = Readonly<Record<string, unknown>>;

interface Carried {
  readonly streams: number;
  readonly figures: Figures;
}

const of = (figures: Figures, name: string): number => Number(figures[name]);

/** Measures so many streams (in pairs) and ends them: the speed of the machine is measured without streams. */
async function carry(program: Program, { amount, measureMs }: { readonly amount: number; readonly measureMs: number }): Promise<Carried> {
  const streams = 2 * Math.ceil(amount / 2);
  await program.ask({ type: 'streams', count: streams });
  await rest(SETTLE_MS);
  const figures = await program.ask({ type: 'measure', ms: measureMs });
  await program.ask({ type: 'streams', count: 0 });
  return { streams, figures };
}

async function carryBare(load: { readonly amount: number; readonly measureMs: number }): Promise<Figures> {
  const { program } = await Program.start({ path: 'test/bench/programs/media-bare.js' });
  try {
    return (await carry(program, load)).figures;
  } finally {
    await program.stop();
  }
}

function trialOf({ streams, figures }: Carried): Trial {
  const figure = (name: string): number => of(figures, name);
  const expected = (streams * FRAMES_PER_SECOND * figure('took')) / 1_000 - figure('keysPressed') * SILENT_FRAMES_A_KEY;
  const jitterP99 = figure('p99');
  const wrong = (): string | null => {
    if (!(jitterP99 < JITTER_MS)) return `jitter ${jitterP99} ms`;
    // Late slots are caught up with, so what is missing was dropped.
    if (figure('sent') < expected * COMPLETE) return `only ${figure('sent')} of ${Math.round(expected)} packets left`;
    if (figure('received') < figure('sent') * COMPLETE) return `${figure('received')} of ${figure('sent')} packets taken`;
    if (figure('heard') < expected * COMPLETE * KEYS_COMPLETE) return `${figure('heard')} frames heard`;
    return figure('keys') < figure('keysPressed') * KEYS_COMPLETE - KEYS_UNDER_WAY ? `${figure('keys')} of ${figure('keysPressed')} keys taken` : null;
  };
  return { streams, jitterP99, jitterMax: figure('max'), cores: figure('cpuShare'), wrong: wrong() };
}
