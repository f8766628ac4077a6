import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openQueue } from '../../adapters/redis/queue.js';
import { simulate, type SimulationPlan } from '../../app/queue-simulation.js';
import type { QueueFact } from '../../core/acd/queue-fact.js';
import type { Log } from '../../ports/log.js';
import { projectFile } from '../../project.js';
import { Child } from '../supervisor/child.js';

const silent: Log = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent };

/** The queue with a Redis of its own that nobody else uses, for as long as the command runs. */
export class QueueLab {
  private runs = 0;

  private constructor(
    private readonly folder: string,
    private readonly redis: Child,
  ) {}

  static async open(): Promise<QueueLab> {
    const folder = mkdtempSync(join(tmpdir(), 'vaxel-lab-'));
    const redis = new Child({
      name: 'redis',
      command: process.execPath,
      args: [projectFile('dist', 'gateway', 'cli', 'supervisor', 'redis-child.js')],
      env: { REDIS_SOCKET: join(folder, 'redis.sock'), REDIS_DIR: folder },
      logFile: join(folder, 'redis.log'),
      isReady: (line) => line['event'] === 'ready',
    });
    await redis.ready;
    return new QueueLab(folder, redis);
  }

  /** Plays a plan to its end. @returns its facts, in order */
  async play(plan: SimulationPlan): Promise<readonly QueueFact[]> {
    const clock = { now: 0 };
    const facts: QueueFact[] = [];
    const queue = openQueue({ url: join(this.folder, 'redis.sock'), tenant: `run${(this.runs += 1)}`, log: silent, now: () => clock.now, deadlineMs: 30_000 });
    try {
      await simulate(plan, { clock, queue, onFact: (fact) => facts.push(fact) });
      return facts;
    } finally {
      await queue.close();
    }
  }

  async close(): Promise<void> {
    await this.redis.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
