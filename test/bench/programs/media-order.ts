import type { Evenness } from './evenness.js';
import { serve } from './stay.js';

/** What the bench asks of a program that carries streams. */
interface Order {
  readonly type: 'streams' | 'measure';
  readonly count: number;
  readonly ms: number;
}

export interface StreamCarrier {
  /** Opens or closes streams until there are so many. */
  setStreams(count: number): Promise<void>;
  /** What is counted, sums since the start; the bench gets the difference over the time measured. */
  totals(): Readonly<Record<string, number>>;
  readonly evenness: Evenness;
}

/** Carries out orders that come by IPC, and ends with the parent. */
export function serveStreams(carrier: StreamCarrier): void {
  const carryOut = async (order: Order): Promise<object> => {
    if (order.type === 'measure') return measure(carrier, order.ms);
    await carrier.setStreams(order.count);
    return {};
  };
  process.on('message', (order: Order) => {
    carryOut(order).then(
      (answer) => process.send?.(answer),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  });
  serve({});
}

async function measure(carrier: StreamCarrier, ms: number): Promise<object> {
  const [before, cpuBefore, begun] = [carrier.totals(), process.cpuUsage(), performance.now()];
  carrier.evenness.clear();
  await new Promise((resolve) => setTimeout(resolve, ms));
  const took = performance.now() - begun;
  const cpu = process.cpuUsage(cpuBefore);
  const counted = Object.entries(carrier.totals()).map(([name, total]) => [name, total - (before[name] ?? 0)] as const);
  return { ...Object.fromEntries(counted), ...carrier.evenness.figures(), took, cpuShare: (cpu.user + cpu.system) / 1_000 / took };
}
