import { oneOf } from '../../meant.js';
import type { FlowLibrary } from '../library.js';
import type { Finding } from '../problem.js';

/** A queue that does not exist, or in which a caller would wait in vain. */
export function faultsOfQueue(queue: string, { queues, queuesForCalls }: FlowLibrary): readonly Finding[] {
  if (queues !== undefined && !queues.has(queue)) return [{ path: ['queue'], what: `the queue "${queue}" does not exist`, fix: oneOf(queue, queues) }];
  if (queuesForCalls === undefined || queuesForCalls.has(queue)) return [];
  return [{ path: ['queue'], what: `nobody who takes calls serves the queue "${queue}"`, fix: `${queuesForCalls.size === 0 ? '' : `use one of ${[...queuesForCalls].join(', ')}, or `}give an agent with voice its skills` }];
}
