import type { Finding } from '../flow/problem.js';
import { own } from '../own.js';
import type { QueueFile } from './queue-config.js';

/** Rules of a queue that change nothing, whoever calls: their author meant something by each. */
export function idleRules(queue: QueueFile, maxWaitMs: number): readonly Finding[] {
  return [...idleRelaxations(queue), ...idleAgeing(queue), ...idlePreferences(queue), ...idleWrapUp(queue), ...tooLate(queue, maxWaitMs)];
}

/** What a relaxation does to one skill. */
interface Relaxed {
  readonly skill: string;
  /** 0 = dropped. */
  readonly level: number;
  readonly afterSeconds: number;
  readonly path: readonly (string | number)[];
}

const relaxedBy = ({ relax }: QueueFile): readonly Relaxed[] =>
  relax.flatMap(({ afterSeconds, drop, lower }, at) => [
    ...drop.map((skill, index) => ({ skill, level: 0, afterSeconds, path: ['relax', at, 'drop', index] })),
    ...Object.entries(lower).map(([skill, level]) => ({ skill, level, afterSeconds, path: ['relax', at, 'lower', skill] })),
  ]);

function idleRelaxations(queue: QueueFile): readonly Finding[] {
  const empty = queue.relax.flatMap(({ drop, lower }, at) =>
    drop.length > 0 || Object.keys(lower).length > 0 ? [] : [{ path: ['relax', at], what: 'this step changes nothing', fix: 'say which skills to drop (`drop: [<skill>]`) or which levels to lower (`lower: { <skill>: <level> }`)' }],
  );
  const late = relaxedBy(queue).flatMap((one, at, all) => {
    const before = all.find((other, index) => other.skill === one.skill && hasCome({ before: other.afterSeconds, it: one.afterSeconds }, { before: other.level, it: one.level }, index < at));
    return before === undefined ? [] : [{ path: one.path, what: `after ${before.afterSeconds} s ${one.skill} is ${before.level === 0 ? 'dropped' : `lowered to ${before.level}`} already, so this changes nothing`, fix: 'remove it, or let it come earlier or lower the level further' }];
  });
  return [...empty, ...late];
}

function idleAgeing({ ageing }: QueueFile): readonly Finding[] {
  return ageing.flatMap((one, at) => {
    const before = ageing.find((other, index) => index !== at && hasCome({ before: other.afterSeconds, it: one.afterSeconds }, { before: other.band, it: one.band }, index < at));
    return before === undefined ? [] : [{ path: ['ageing', at], what: `after ${before.afterSeconds} s callers are in band ${before.band} already, so this step changes nothing`, fix: 'remove it, or write a lower band: 0 is the most urgent' }];
  });
}

interface Pair {
  readonly before: number;
  readonly it: number;
}

/** Whether the other step has come by then and went as far; of two that are the same, the first one counts. */
const hasCome = (seconds: Pair, reached: Pair, isFirst: boolean): boolean =>
  seconds.before <= seconds.it && reached.before <= reached.it && (isFirst || seconds.before < seconds.it || reached.before < reached.it);

/** Everybody who can serve a queue has what it needs in the end. */
function idlePreferences(queue: QueueFile): readonly Finding[] {
  const relaxed = relaxedBy(queue);
  return Object.entries(queue.prefer).flatMap(([skill, level]) => {
    const atLeast = Math.min(own(queue.needs, skill) ?? 0, ...relaxed.filter((one) => one.skill === skill).map((one) => one.level));
    return level > atLeast ? [] : [{ path: ['prefer', skill], what: `who serves the queue has ${skill} ${atLeast} anyway, so this preference changes nothing`, fix: 'prefer a higher level, or remove it' }];
  });
}

function idleWrapUp({ wrapUpMs, wrapUpLongestMs }: QueueFile): readonly Finding[] {
  if (wrapUpLongestMs === undefined || (wrapUpMs > 0 && wrapUpLongestMs >= wrapUpMs)) return [];
  const path = ['wrapUpLongestMs'];
  if (wrapUpMs === 0) return [{ path, what: 'there is no wrap-up (wrapUpMs is 0), so this says nothing', fix: 'remove it, or write a wrapUpMs' }];
  return [{ path, what: `the wrap-up lasts ${wrapUpMs} ms anyway (wrapUpMs), so it gets no longer`, fix: `write ${wrapUpMs} (agents get no more time) or more, or lower wrapUpMs` }];
}

/** What is to happen in the line once callers are out of it. */
function tooLate({ overflow, callback }: QueueFile, maxWaitMs: number): readonly Finding[] {
  const times = [{ path: ['overflow', 'wait', 'overSeconds'], seconds: overflow.wait?.overSeconds }, { path: ['callback', 'offerAfterSeconds'], seconds: callback.offerAfterSeconds }];
  return times.flatMap(({ path, seconds = 0 }) =>
    seconds * 1_000 <= maxWaitMs ? [] : [{ path, what: `callers go to the last resort before that, after ${maxWaitMs} ms`, fix: 'write fewer seconds, or raise maxWaitMs under limits' }],
  );
}
