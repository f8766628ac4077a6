import type { BenchResult } from './bench-result.js';
import { rest } from './rig/backend.js';
import { highest } from './rig/highest.js';
import { Program } from './rig/program.js';
import type { RowOptions } from './rows.js';
import { rounded } from './statistics.js';
import { judge } from './verdict.js';

const JITTER_MS = 5;
const FRAMES_PER_SECOND = 50;
/** New streams have settled after this. */
const SETTLE_MS = 700;
/** Packets and keys that must come through. Keys begin and end across the edges of the time measured. */
const COMPLETE = 0.99;
const KEYS_COMPLETE = 0.9;
const KEYS_UNDER_WAY = 3;

interface Trial {
  readonly streams: number;
  /** Distance of two packets of a stream from 20 ms, ms. */
  readonly jitterP99: number;
  readonly jitterMax: number;
  /** Processor time a second of time. */
  readonly cores: number;
  readonly peerCores: number;
  readonly wrong: string | null;
}

/**
 * `media-streams`: how many G.711 streams one core carries both ways, playing a prompt and taking sound and RFC 4733 keys, before packets
 * leave unevenly. The softswitch's media is one process of one thread, the far ends are another.
 */
export async function run({ isQuick }: RowOptions): Promise<BenchResult[]> {
  const { measureMs, from, atMost, budgetMs } = isQuick ? { measureMs: 500, from: 20, atMost: 40, budgetMs: 8_000 } : { measureMs: 3_000, from: 400, atMost: 3_000, budgetMs: 50_000 };
  const [{ program: media }, { program: peer }] = await Promise.all([Program.start({ path: 'test/bench/programs/media-switch.js' }), Program.start({ path: 'test/bench/programs/media-peer.js' })]);
  try {
    const { ports: peerPorts } = await peer.ask({ type: 'open' });
    const trials: Trial[] = [];
    const found = await highest({ from, atMost, budgetMs, closeness: 1.08 }, async (streams) => {
      const { ports } = await media.ask({ type: 'streams', count: streams, peerPorts });
      await peer.ask({ type: 'targets', ports });
      await rest(SETTLE_MS);
      const [ours, theirs] = await Promise.all([media.ask({ type: 'measure', ms: measureMs }), peer.ask({ type: 'measure', ms: measureMs })]);
      const trial = trialOf(streams, ours as Record<string, number>, theirs as Record<string, number>);
      trials.push(trial);
      // The speed of the machine is measured without streams.
      await Promise.all([peer.ask({ type: 'targets', ports: [] }), media.ask({ type: 'streams', count: 0, peerPorts })]);
      return trial.wrong;
    });
    const best = trials.findLast((trial) => trial.streams === found.amount && trial.wrong === null);
    return [
      judge({
        name: 'media-streams', kind: 'value', unit: `streams a core, p99 send jitter < ${JITTER_MS} ms`, goal: { atLeast: 1_000 },
        rounds: [found.amount / Math.max(1, best?.cores ?? 1)], anchors: found.machine,
        detail: {
          anchor: 'speed of the machine between the tries', streams: found.amount, coresUsed: rounded(best?.cores ?? 0, 2), peerCoresUsed: rounded(best?.peerCores ?? 0, 2),
          jitterP99Ms: best?.jitterP99 ?? null, jitterMaxMs: best?.jitterMax ?? null, tried: found.tried,
        },
      }),
    ];
  } finally {
    await Promise.all([media.stop(), peer.stop()]);
  }
}

function trialOf(streams: number, ours: Readonly<Record<string, number>>, theirs: Readonly<Record<string, number>>): Trial {
  const of = (figures: Readonly<Record<string, number>>, name: string): number => figures[name] ?? Number.NaN;
  const expected = (figures: Readonly<Record<string, number>>): number => (streams * FRAMES_PER_SECOND * of(figures, 'took')) / 1_000;
  const jitterP99 = of(ours, 'p99');
  const wrong = (): string | null => {
    if (jitterP99 >= JITTER_MS) return `jitter ${jitterP99} ms`;
    // Late slots are caught up with, so what is missing was dropped.
    if (of(ours, 'sent') < expected(ours) * COMPLETE) return `only ${of(ours, 'sent')} packets left`;
    if (of(theirs, 'sent') < expected(theirs) * 0.9) return 'the far end did not keep up';
    if (of(ours, 'received') < of(theirs, 'sent') * COMPLETE) return `${of(ours, 'received')} of ${of(theirs, 'sent')} packets taken`;
    return of(ours, 'keys') < of(theirs, 'keys') * KEYS_COMPLETE - KEYS_UNDER_WAY ? `${of(ours, 'keys')} of ${of(theirs, 'keys')} keys taken` : null;
  };
  return { streams, jitterP99, jitterMax: of(ours, 'max'), cores: of(ours, 'cpuShare'), peerCores: of(theirs, 'cpuShare'), wrong: wrong() };
}
