import { describe, expect, it } from 'vitest';
import { openingHoursSchema, toOpeningHours } from '../../../../gateway/core/flow/opening-hours.js';
import { largeFlow, LARGE_FLOW_NODES } from '../../../support/large-flow.js';
import { sampleFlow } from '../../../ivr-flows/sample-files.js';
import { COLLECT, MENU, VARS } from '../../flow/flows-of-tests.js';
import { RETRY, smallFlow } from '../../flow/small-flow.js';
import { faultsOf, proved } from './play-witness.js';

const office = toOpeningHours(openingHoursSchema.parse({ timeZone: 'Europe/Stockholm', holidays: 'SE', open: { 'mon-fri': '08:00-17:00' } }), () => new Set(['2026-12-25']));
const HOURS = { hours: new Map([['office', office]]) };
const DONE = 'done: { do: hangup, solved: true, prompt: p-done }';

describe('the sample flow', () => {
  const proof = proved(sampleFlow('invoice-extension'));

  it('is proved, with nothing left out and nothing to warn of', () => {
    expect([proof.verdict, proof.violations, proof.gaps, proof.warnings.filter(({ isOfAbsence }) => !isOfAbsence)]).toEqual(['proved', [], [], []]);
    // A part may have ways for other flows.
    expect(proof.warnings.filter(({ flow }) => flow === 'invoice-extension')).toEqual([]);
  });

  it('answers within three steps, and a person is one key away wherever the caller is asked', () => {
    expect(proof.distances.answers.map(({ node, steps }) => [node, steps])).toEqual([['invoice-extension.paid', 2], ['invoice-extension.read-back', 3], ['invoice-copy.paid', 3], ['invoice-copy.to-pay', 3], ['invoice-copy.copy-sent', 3]]);
    expect(proof.distances.person?.longest.steps).toBe(1);
  });
});

it('a flow of two hundred nodes is proved', () => {
  const flow = largeFlow();
  expect(flow.nodes.size).toBe(LARGE_FLOW_NODES);
  expect(LARGE_FLOW_NODES).toBe(200);
  const proof = proved(flow);
  expect([proof.verdict, proof.violations]).toEqual(['proved', []]);
  // Topic, service, number, yes: an honest generator makes a flow that is hard on callers.
  expect(new Set(proof.warnings.map(({ what }) => what))).toEqual(new Set(['the answer here takes at least 4 steps', 'the menu has 7 choices', 'callers are asked something after the look at opening hours, and may come to the queue "people" once it has closed']));
});

it('the silent way to a person has the words in it that are said before the question is asked again, whoever was asked it before', () => {
  const asked = 'q: { do: menu, prompt: p-a, keys: { 1: which }, noInput: { retries: 2, prompt: p-please-press-a-key-now, next: person }, noMatch: { retries: 0, next: person } }\nwhich: { do: branch, when: [{ value: $code, isSet: true, next: done }], else: person }';
  const silentS = (start: string): number | undefined => proved(smallFlow(`start: ${start}\n${asked}\n${DONE}`, `${VARS}\nanywhere: {}`, HOURS)).distances.person?.shortest.seconds;
  const once = silentS('{ do: set, values: { code: "7" }, next: q }');
  expect(silentS('{ do: hours, of: office, open: note, closed: q }\nnote: { do: set, values: { code: "7" }, next: q }')).toBe(once);
  expect(once).toBeGreaterThan(3 * 5);
});

it('what could not be looked at as a whole is not proved', () => {
  const proof = proved(largeFlow(), { mostSpots: 100 });
  expect([proof.verdict, proof.gaps]).toEqual(['not proved', ['there are more than 100 places to look at']]);
});

describe('what holds is proved', () => {
  const ORDER_OK = 'act: { do: connector, call: x.act, with: { code: $code }, into: got, exits: { ok: read, error: sorry } }\nread: { do: hangup, solved: true, prompt: p-read }\nsorry: { do: say, prompt: p-sorry, next: person }';

  it.each([
    ['a value that is set on every way', `start: { do: collect, prompt: p-ask, into: code, min: 2, max: 4, next: act, ${RETRY} }\n${ORDER_OK}`, VARS],
    ['a value that is asked for with isSet', `start: { do: menu, prompt: p-a, keys: { 1: ask, 2: has }, ${RETRY} }\nask: { do: collect, prompt: p-ask, into: code, max: 4, next: has, ${RETRY} }\nhas: { do: branch, when: [{ value: $code, isSet: true, next: act }], else: person }\n${ORDER_OK}`, VARS],
    ['a circle that a count of visits ends', `start: { do: connector, call: x.act, exits: { ok: done, error: again } }\nagain: { do: say, prompt: p-again, next: enough }\nenough: { do: branch, when: [{ value: $visits.again, atLeast: 3, next: person }], else: start }\n${DONE}`, ''],
    ['a circle that ends once the count is above a number', `start: { do: connector, call: x.act, exits: { ok: done, error: again } }\nagain: { do: say, prompt: p-again, next: enough }\nenough: { do: branch, when: [{ value: $visits.again, moreThan: 3, next: person }], else: start }\n${DONE}`, ''],
    ['a circle in which the caller keys what fits', `start: { do: menu, prompt: p-a, keys: { 1: start, 2: done }, ${RETRY} }\n${DONE}`, ''],
    ['a PIN with attempts, a survey, a consent', `start: { do: identify, by: pin, call: x.pin, with: { pin: $entered }, prompt: p-pin, min: 4, max: 4, wrong: { exits: [wrong], prompt: p-wrong, attempts: 2 }, exits: { ok: yes, wrong: person, error: person }, ${RETRY} }\nyes: { do: consent, to: recording, prompt: p-legal, yes: rate, no: rate, ${RETRY} }\nrate: { do: survey, questions: [{ id: helped, prompt: p-one, lowest: 1, highest: 2 }], next: done }\n${DONE}`, ''],
  ])('%s', (_what, nodes, vars) => {
    const proof = proved(smallFlow(nodes, vars));
    expect([proof.verdict, faultsOf(proof)]).toEqual(['proved', []]);
  });

  it('a call outside opening hours may end with an honest word, and one inside may not', () => {
    const nodes = (open: string): string => `start: { do: hours, of: office, open: ${open}, closed: shut }\nshut: { do: hangup, prompt: p-shut, outcome: told }\nmain: { do: menu, prompt: p-main, keys: { 1: shut }, noInput: { retries: 0, next: shut }, noMatch: { retries: 0, next: shut } }`;
    const closedMenu = `${nodes('person')}`.replace('closed: shut', 'closed: main');
    expect(faultsOf(proved(smallFlow(closedMenu, 'anywhere: {}', HOURS)))).toEqual([]);
    expect(faultsOf(proved(smallFlow(nodes('main'), 'anywhere: {}', HOURS)))).toEqual(['person main']);
  });

  it('a caller may need one key while open and another while closed', () => {
    const nodes = (night: string): string => `start: { do: menu, prompt: p-a, keys: { 1: by-day, 2: by-night }, ${RETRY.replaceAll('person', 'start')} }\nby-day: { do: hours, of: office, open: person, closed: start }\nby-night: { do: hours, of: office, ${night} }\nshut: { do: hangup, prompt: p-shut, outcome: told }`;
    const personFaults = (night: string): readonly string[] => faultsOf(proved(smallFlow(nodes(night), 'anywhere: {}', HOURS))).filter((fault) => fault.startsWith('person') || fault.startsWith('ends'));
    expect(personFaults('open: start, closed: shut')).toEqual([]);
    expect(personFaults('open: shut, closed: start')).toEqual(['ends start', 'person start']);
  });

  it('what is read at the end of a flow multiplies no place before it', () => {
    const menus = [1, 2, 3, 4, 5].map((n) => `m${n}: { do: menu, prompt: p-${n}, keys: { 1: m${n + 1} }, ${RETRY} }`).join('\n');
    const spots = (last: string): number => proved(smallFlow(`start: { do: say, prompt: p-a, next: m1 }\n${menus}\n${last}`, 'anywhere: {}', HOURS)).spots;
    const plain = spots('m6: { do: say, prompt: p-6, next: person }');
    expect(spots('m6: { do: hours, of: office, open: told, closed: told }\ntold: { do: say, prompt: p-6, next: person }')).toBeLessThan(plain + 6);
    expect(spots('m6: { do: share, percent: 50, to: told, else: told }\ntold: { do: say, prompt: p-6, next: person }')).toBe(plain);
  });

  it('opening hours are tried open, closed and on a holiday', () => {
    const flow = smallFlow(`start: { do: hours, of: office, open: person, closed: shut, holiday: feast }\nshut: { do: hangup, prompt: p-opens }\nfeast: { do: hangup, prompt: p-feast }`, '', HOURS, { 'p-opens': 'We open at {{hours.opensAt|time}}' });
    expect([proved(flow).verdict, proved(flow).warnings]).toEqual(['proved', []]);
  });

  it('of opening hours that are not known nothing is proved', () => {
    expect(proved(smallFlow('start: { do: hours, of: office, open: person, closed: person }')).gaps).toEqual(['opening hours are not known: office']);
  });
});

describe('it warns', () => {
  const warned = (nodes: string, extra = '', options = {}): readonly string[] => proved(smallFlow(nodes, extra), options).warnings.map(({ node, what }) => `${node ?? 'flow'}: ${what}`);

  it('of a menu with more than five choices', () => {
    expect(warned(`start: { do: menu, prompt: p-a, keys: { 1: done, 2: done, 3: done, 4: done, 5: done, 6: done }, ${RETRY} }\n${DONE}`)).toEqual(['start: the menu has 6 choices']);
  });

  it('of more than three steps to an answer', () => {
    const steps = [1, 2, 3, 4].map((n) => `m${n}: { do: menu, prompt: p-${n}, keys: { 1: ${n === 4 ? 'done' : `m${n + 1}`} }, ${RETRY} }`).join('\n');
    expect(warned(`start: { do: say, prompt: p-a, next: m1 }\n${steps}\n${DONE}`)).toEqual(['done: the answer here takes at least 4 steps']);
  });

  it('of words that take longer than twenty seconds', () => {
    const flow = smallFlow('start: { do: say, prompt: p-long, next: person }', '', {}, { 'p-long': 'word '.repeat(80) });
    expect(proved(flow).warnings.map(({ what }) => what)).toEqual(['the prompt "p-long" takes about 26 s to say']);
  });

  it('of a flow that only refers elsewhere', () => {
    expect(warned('start: { do: hangup, prompt: p-a, outcome: told }', 'anywhere: {}')).toEqual(['flow: this flow only refers elsewhere: nobody is served in it and nobody is put through']);
  });

  it('when the date of review has passed', () => {
    expect(proved(MENU, { today: '2030-01-02' }).warnings.map(({ what }) => what)).toEqual(['was to be looked at again by 2030-01-01']);
  });

  it('of a condition that never holds and an exit that never comes', () => {
    const nodes = `start: { do: connector, call: x.act, into: got, exits: { ok: which, error: person } }\nwhich: { do: branch, when: [{ value: $got.name, is: anna, next: done }, { value: $got.name, is: anna, next: other }], else: person }\nother: { do: say, prompt: p-other, next: person }\n${DONE}`;
    expect(warned(nodes, VARS)).toEqual(['which: condition 2 never leads to "other"', 'other: no caller comes here']);
    const operations = new Map([['x.act', { exits: ['ok', 'error'], response: { name: { type: 'text', optional: false } } }]] as const);
    // The flow wants `owed` too, which this back end does not send: its `ok` never fits.
    expect(warned(nodes, VARS, { operations })).toContain('start: exit ok never leads to "which"');
  });

  it('of an incident by area that nobody hears, as the area is not asked for before', () => {
    const tell = 'tell: { do: incident, services: [broadband], area: $code, next: was }\nwas: { do: branch, when: [{ value: $incidents.told, atLeast: 1, next: done }], else: person }';
    const ask = `ask: { do: collect, prompt: p-ask, into: code, min: 2, max: 5, next: NEXT, ${RETRY} }`;
    expect(warned(`start: { do: say, prompt: p-a, next: ask }\n${ask.replace('NEXT', 'tell')}\n${tell}\n${DONE}`, VARS)).toEqual([]);
    const late = warned(`start: { do: say, prompt: p-a, next: tell }\n${tell.replace('else: person', 'else: ask')}\n${ask.replace('NEXT', 'person')}\n${DONE}`, VARS);
    expect(late).toContain('was: condition 1 never leads to "done"');
  });

  it('of nothing in a flow that has nothing to warn of', () => {
    expect(proved(COLLECT).warnings).toEqual([]);
  });
});
