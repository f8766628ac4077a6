import { Worker } from 'node:worker_threads';
import type { ContentJobs, ContentPlace } from './content-jobs.js';
import { projectFile } from './project.js';

export interface Question {
  readonly id: number;
  readonly job: keyof ContentJobs;
  readonly args: readonly unknown[];
}

export type Answer = { readonly id: number; readonly value: unknown } | { readonly id: number; readonly error: string };

interface Waiting {
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
}

/** A thread, and who waits for its answers. */
interface Running {
  readonly worker: Worker;
  readonly waiting: Map<number, Waiting>;
}

/** Changes come in bunches. */
const IDLE_MS = 30_000;

/**
 * Carries out jobs about authors' files in a thread of its own: callers and agents of this process notice nothing. One after the other, in
 * the order asked. The thread begins with the first and ends when none was asked for a while.
 */
export class ContentThread {
  private running: Running | null = null;
  private idle: NodeJS.Timeout | undefined;
  private asked = 0;

  constructor(
    private readonly place: ContentPlace,
    private readonly idleMs = IDLE_MS,
  ) {}

  get isRunning(): boolean {
    return this.running !== null;
  }

  /** Rejects with what the job throws, or when the thread ends under it. */
  ask<J extends keyof ContentJobs>(job: J, ...args: Parameters<ContentJobs[J]>): Promise<ReturnType<ContentJobs[J]>> {
    clearTimeout(this.idle);
    this.running ??= this.begin();
    const id = (this.asked += 1);
    const { worker, waiting } = this.running;
    return new Promise((resolve, reject) => {
      waiting.set(id, { resolve, reject });
      worker.postMessage({ id, job, args } satisfies Question);
    });
  }

  /** What is asked from now on is asked of another thread. */
  async close(): Promise<void> {
    clearTimeout(this.idle);
    const { running } = this;
    this.running = null;
    await running?.worker.terminate();
  }

  private begin(): Running {
    const { folder, environment } = this.place;
    const worker = new Worker(projectFile('dist', 'gateway', 'content-worker.js'), { workerData: { folder, environment: { ...environment } } satisfies ContentPlace });
    const running: Running = { worker, waiting: new Map() };
    let failure = new Error('the thread for the content ended');
    worker.on('message', (answer: Answer) => this.answered(running, answer));
    worker.on('error', (error) => (failure = error));
    worker.once('exit', () => {
      if (this.running === running) this.running = null;
      for (const { reject } of running.waiting.values()) reject(failure);
    });
    worker.unref();
    return running;
  }

  private answered({ waiting }: Running, answer: Answer): void {
    const asked = waiting.get(answer.id);
    waiting.delete(answer.id);
    if ('error' in answer) asked?.reject(new Error(answer.error));
    else asked?.resolve(answer.value as never);
    if (waiting.size > 0) return;
    clearTimeout(this.idle);
    this.idle = setTimeout(() => void this.close(), this.idleMs).unref();
  }
}
