import type { Answer, FlowDriver } from './flow-driver.js';
import { RETRY, smallFlow } from './small-flow.js';

/** Variables that the flows of the tests share. */
export const VARS = 'vars: { code: { type: digits, label: Code }, pin: { type: digits, secret: true, label: PIN }, got: { type: record, fields: { name: { type: text, label: Name }, owed: { type: amount, label: Owed } } } }';

export const MENU = smallFlow(`start: { do: menu, prompt: p-menu, keys: { 1: one, 2: solved }, noInput: { retries: 1, prompt: p-hurry, next: person }, noMatch: { retries: 1, prompt: p-what, next: person } }\none: { do: hangup, prompt: p-one, outcome: told }`);

export const COLLECT = smallFlow(`start: { do: collect, prompt: p-ask, into: code, min: 3, max: 6, next: solved, noInput: { retries: 1, next: person }, noMatch: { retries: 1, prompt: p-what, next: person } }`, VARS);

/** Confirm, act once, read back, and round again. */
export const ORDER = smallFlow(
  `start: { do: confirm, prompt: p-sure, yes: act, no: person, ${RETRY} }\nact: { do: connector, call: x.act, with: { code: $code }, into: got, exits: { ok: done, refused: person, error: broken } }\ndone: { do: say, prompt: p-done, next: again }\nagain: { do: menu, prompt: p-again, keys: { 1: start, 2: solved }, ${RETRY} }\nbroken: { do: say, prompt: p-broken, next: person }`,
  `${VARS.replace('code: { type: digits,', 'code: { type: digits, initial: "4711",')}`,
);

export const GOOD: Answer = { exit: 'ok', result: { name: 'Anna', owed: 12.5, more: 'dropped' } };

/** All that was said, in order. */
export const heardIn = (call: FlowDriver): string => call.heard.join(' | ');
