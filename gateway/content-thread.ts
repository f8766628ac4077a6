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

/** Changes come in bunches. */
const IDLE_MS = 30_000;

/**
 * Carries out jobs about authors' files in a thread of its own: callers and agents of this process notice nothing. One after the other, in
 * the order asked. The thread begins with the first and ends when none was asked for a while.
 */
export class ContentThread {
  private worker: Worker | null = null;
  private readonly waiting = new Map<number, Waiting>();
  private idle: NodeJS.Timeout | undefined;
  private asked = 0;

  constructor(
    private readonly place: ContentPlace,
    private readonly idleMs = IDLE_MS,
  ) {}

  get isRunning(): boolean {
    return this.worker !== null;
  }

  /** Rejects with what the job throws, or when the thread ends under it. */
  ask<J extends keyof ContentJobs>(job: J, ...args: Parameters<ContentJobs[J]>): Promise<ReturnType<ContentJobs[J]>> {
    clearTimeout(this.idle);
    this.worker ??= this.begin();
    const id = (this.asked += 1);
    const { worker } = this;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      worker.postMessage({ id, job, args } satisfies Question);
    });
  }

  async close(): Promise<void> {
    clearTimeout(this.idle);
    await this.worker?.terminate();
  }

  private begin(): Worker {
    const { folder, environment } = this.place;
    const worker = new Worker(projectFile('dist', 'gateway', 'content-worker.js'), { workerData: { folder, environment: { ...environment } } satisfies ContentPlace });
    let failure = new Error('the thread for the content ended');
    worker.on('message', (answer: Answer) => this.answered(answer));
    worker.on('error', (error) => (failure = error));
    worker.once('exit', () => {
      this.worker = null;
      for (const { reject } of this.waiting.values()) reject(failure);
      this.waiting.clear();
    });
    worker.unref();
    return worker;
  }

  private answered(answer: Answer): void {
    const waiting = this.waiting.get(answer.id);
    this.waiting.delete(answer.id);
    if ('error' in answer) waiting?.reject(new Error(answer.error));
    else waiting?.resolve(answer.value as never);
    if (this.waiting.size === 0) this.idle = setTimeout(() => void this.close(), this.idleMs).unref();
  }
}
