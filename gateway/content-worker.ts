import { parentPort, workerData } from 'node:worker_threads';
import { contentJobs, type ContentPlace } from './content-jobs.js';
import type { Answer, Question } from './content-thread.js';

/* The thread that ContentThread asks. */
const jobs = contentJobs(workerData as ContentPlace);

function answerTo({ id, job, args }: Question): Answer {
  try {
    return { id, value: (jobs[job] as (...all: readonly unknown[]) => unknown)(...args) };
  } catch (error) {
    return { id, error: error instanceof Error ? error.message : String(error) };
  }
}

parentPort?.on('message', (question: Question) => parentPort?.postMessage(answerTo(question)));
