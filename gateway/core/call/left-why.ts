import type { CallerLoss } from '../acd/queue-types.js';
import type { VainTry } from './callback-state.js';

/** Why a call leaves its line, for the figures. `cutOff`: not by the caller's wish. */
export type LeftWhy = 'callerLeft' | 'cutOff' | 'lastResort' | 'overflow' | VainTry;

const LOSSES: Readonly<Record<Exclude<LeftWhy, VainTry>, CallerLoss>> = { callerLeft: 'callerLeft', cutOff: 'cutOff', lastResort: 'elsewhere', overflow: 'elsewhere' };

/** As an agent hears of it to whom the call was offered. */
export const lossOf = (why: LeftWhy): CallerLoss => (typeof why === 'string' ? LOSSES[why] : 'notReached');
