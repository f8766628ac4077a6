import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openQueue } from '../../adapters/redis/queue.js';
import { simulate, type SimulationPlan } from '../../app/queue-simulation.js';
import type { QueueFact } from '../../core/acd/queue-fact.js';
import type { Log } from '../../ports/log.js';
import { projectFile } from '../../project.js';
import { Child } from '../supervisor/child.js';

/** Ctrl-C and the like, with the exit status that a shell expects then. */
const SIGNALS = { SIGINT: 130, SIGTERM: 143 } as const;

const SIGNAL_NAMES = ['SIGINT', 'SIGTERM'] as const;

const silent: Log = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent };

/** The queue with a Redis of its own that nobody else uses, for as long as the command runs. */
export class QueueLab {
  private runs = 0;
  private readonly folder: string;
  private readonly redis: Child;

  private readonly interrupted = (signal: keyof typeof SIGNALS): void => {
    this.remove();
    // Redis ends with our end of its pipe.
    process.exit(SIGNALS[signal]);
  };

  private constructor() {
    for (const signal of SIGNAL_NAMES) process.on(signal, this.interrupted);
    this.folder = mkdtempSync(join(tmpdir(), 'vaxel-lab-'));
    this.redis = new Child({
      name: 'redis',
      command: process.execPath,
      args: [projectFile('dist', 'gateway', 'cli', 'supervisor', 'redis-child.js')],
      env: { REDIS_SOCKET: join(this.folder, 'redis.sock'), REDIS_DIR: this.folder },
      logFile: join(this.folder, 'redis.log'),
      isReady: (line) => line['event'] === 'ready',
    });
  }

  static async open(): Promise<QueueLab> {
    const lab = new QueueLab();
    await lab.redis.ready;
    return lab;
  }

  /** Plays a plan to its end, told of each fact as it comes. @returns its facts, in order */
  async play(plan: SimulationPlan, onFact: (fact: QueueFact, count: number) => void): Promise<readonly QueueFact[]> {
    const clock = { now: 0 };
    const facts: QueueFact[] = [];
    const queue = openQueue({ url: join(this.folder, 'redis.sock'), tenant: `run${(this.runs += 1)}`, log: silent, now: () => clock.now, deadlineMs: 30_000 });
    try {
      await simulate(plan, { clock, queue, onFact: (fact) => onFact(fact, facts.push(fact)) });
      return facts;
    } finally {
      await queue.close();
    }
  }

  async close(): Promise<void> {
    for (const signal of SIGNAL_NAMES) process.off(signal, this.interrupted);
    await this.redis.stop();
    this.remove();
  }

  private remove(): void {
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
