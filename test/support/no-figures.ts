import type { DayFigures, QueueFigures } from '../../gateway/app/queue-figures.js';

const EMPTY: DayFigures = { figures: { from: 0, to: 86_400_000, blockedCallers: { byNumber: 0, withheld: 0 }, queues: [], agents: [], agentsByPhase: {} }, intervals: [], estimates: [] };

/** A gateway on a day on which nobody called. */
export const noFigures: Pick<QueueFigures, 'today' | 'ofDay' | 'onChange' | 'offersOf'> = { today: () => EMPTY.figures, ofDay: () => Promise.resolve(EMPTY), onChange: () => () => undefined, offersOf: () => Promise.resolve(null) };
