import type { CallerLoss } from '../acd/queue-types.js';

/** Why a call leaves its line, for the figures. `cutOff`: not by the caller's wish. `rest`: a callback that comes again, or was given up; what came of it is told apart. */
export type LeftWhy = 'callerLeft' | 'cutOff' | 'lastResort' | 'overflow' | 'rest';

const LOSSES: Readonly<Record<LeftWhy, CallerLoss>> = { callerLeft: 'callerLeft', cutOff: 'cutOff', lastResort: 'elsewhere', overflow: 'elsewhere', rest: 'notReached' };

/** As an agent hears of it to whom the call was offered. */
export const lossOf = (why: LeftWhy): CallerLoss => LOSSES[why];
