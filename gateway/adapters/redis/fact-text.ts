import { FACT_VERSION, type FactOfWait, type NewFact } from '../../core/acd/queue-fact.js';

/** A fact as log-fact.lua takes it: its JSON, which holds no control characters; '' for none. */
export const factText = (fact?: NewFact | FactOfWait): string => (fact === undefined ? '' : JSON.stringify({ v: FACT_VERSION, ...fact }));
