import { describe, expect, it } from 'vitest';
import { replayCall, type Outcome } from '../../../../gateway/core/authoring/replay/replay-call.js';
import { replayOne, ReplayTally } from '../../../../gateway/core/authoring/replay/report.js';
import type { CallOrder } from '../../../../gateway/core/authoring/virtual-call.js';
import type { Flow } from '../../../../gateway/core/flow/flow-schema.js';
import { tapeCall, type CallerMove } from '../../../support/taped-call.js';
import { RETRY, smallFlow } from '../../flow/small-flow.js';

const listen: CallerMove = { do: 'listen' };
const press = (keys: string, gapMs = 200): CallerMove => ({ do: 'press', keys, gapMs });
const wait = (ms: number): CallerMove => ({ do: 'wait', ms });

const VARS = `vars:
  number: { type: digits }
  pin: { type: digits, secret: true }
  seen: { type: record, fields: { state: text } }`;
const NODES = {
  start: `{ do: menu, prompt: p-menu, keys: { 1: ask, 2: told, 3: ask-pin }, ${RETRY} }`,
  ask: `{ do: collect, prompt: p-number, into: number, min: 2, max: 8, next: look, ${RETRY} }`,
  look: '{ do: connector, call: x.look, with: { number: $number }, into: seen, exits: { ok: state, notFound: ask, error: person } }',
  state: '{ do: branch, when: [{ value: $seen.state, is: open, next: solved }], else: person }',
  told: '{ do: hangup, prompt: p-told, outcome: told }',
  'ask-pin': `{ do: collect, prompt: p-pin, into: pin, min: 4, max: 4, terminator: none, next: check, ${RETRY} }`,
  check: '{ do: connector, call: x.check, with: { pin: $pin }, exits: { ok: told, wrong: person, error: person } }',
};

/** The flow with some nodes otherwise; null = gone. */
const flowOf = (changes: Readonly<Record<string, string | null>> = {}, vars = VARS): Flow =>
  smallFlow(Object.entries({ ...NODES, ...changes }).flatMap(([id, node]) => (node === null ? [] : [`${id}: ${node}`])).join('\n'), vars);

const LIVE = flowOf();
const back = ({ operation, arguments: given }: CallOrder) => {
  if (operation === 'x.check') return { exit: given['pin'] === '2580' ? 'ok' : 'wrong', result: null };
  return given['number'] === '99' ? { exit: 'notFound', result: null } : { exit: 'ok', result: { state: 'open', more: 'unseen' } };
};
const record = (...moves: readonly CallerMove[]) => tapeCall(LIVE, moves, { callId: 'c-1', at: 1_000_000, answer: back }).recording;
const outcome = (draft: Flow, ...moves: readonly CallerMove[]): Outcome => replayCall(draft, record(...moves)).outcome;
const ended = (end: object) => ({ kind: 'ended', end });
const SOLVED = ended({ kind: 'hangup', outcome: 'solved' });
const TOLD = ended({ kind: 'hangup', outcome: 'told' });
const PERSON = ended({ kind: 'queue', queue: 'people' });

describe('a message of a recorded call in a draft', () => {
  const leaving = (minSeconds: number): Flow => flowOf({ start: `{ do: record, prompt: p-menu, minSeconds: ${minSeconds}, next: told, empty: person, failed: person }`, ask: null, look: null, state: null, 'ask-pin': null, check: null });
  const left = (...moves: readonly CallerMove[]) => tapeCall(leaving(1), moves, { callId: 'c-1', at: 1_000_000, answer: back }).recording;
  const speak: CallerMove = { do: 'speak', ms: 5_000 };

  it('is as long as it was: a draft that wants more takes it for none', () => {
    const recording = left(speak, press('#'), listen);
    expect(replayCall(leaving(1), recording).outcome).toMatchObject(TOLD);
    expect(replayCall(leaving(8), recording).outcome).toMatchObject(PERSON);
  });

  it('of a caller who hung up while speaking is sent where it is long enough', () => {
    const recording = left(speak);
    expect(replayCall(leaving(1), recording).outcome).toMatchObject(ended({ kind: 'callerLeft', as: 'messageLeft' }));
    expect(replayCall(leaving(8), recording).outcome).toMatchObject(ended({ kind: 'callerLeft', as: 'unsolved' }));
  });

  it('that was never asked for is something new', () => {
    expect(outcome(leaving(1), listen, press('1'), listen)).toMatchObject({ kind: 'askedNew', node: 'start' });
  });
});

describe('keys of a recorded call in a draft', () => {
  const toSolved = [listen, press('1'), listen, press('4711#'), listen] as const;

  it('are pressed at the question with the same id, whatever it says and wherever it stands', () => {
    const turned = flowOf({ start: `{ do: say, prompt: p-new, next: ask }`, ask: `{ do: collect, prompt: p-other, into: number, min: 2, max: 8, next: menu-later, ${RETRY} }`, 'menu-later': '{ do: set, next: look }', told: null, 'ask-pin': null, check: null });
    expect(outcome(turned, ...toSolved)).toMatchObject(SOLVED);
  });

  it('lead where they lead in the draft', () => {
    expect(outcome(flowOf({ start: `{ do: menu, prompt: p-menu, keys: { 1: told, 2: ask, 3: ask-pin }, ${RETRY} }` }), ...toSolved)).toMatchObject(TOLD);
  });

  it('of a question that is gone are taken in order by one that the recording does not know', () => {
    const renamed = flowOf({ look: NODES.look.replace('notFound: ask', 'notFound: ask-number'), ask: null, 'ask-number': NODES.ask, start: NODES.start.replace('1: ask,', '1: ask-number,') });
    expect(outcome(renamed, ...toSolved)).toMatchObject(SOLVED);
  });

  it('are none for a question that is new: the caller is asked something new', () => {
    const more = flowOf({ start: NODES.start.replace('1: ask,', '1: sure,'), sure: `{ do: confirm, prompt: p-sure, yes: ask, no: person, ${RETRY} }` });
    expect(outcome(more, ...toSolved)).toEqual({ kind: 'askedNew', node: 'sure' });
  });

  it('that the draft does not ask for are left out', () => {
    expect(outcome(flowOf({ start: '{ do: say, prompt: p-told, next: told }', ask: null, look: null, state: null, 'ask-pin': null, check: null }), ...toSolved)).toMatchObject(TOLD);
  });

  it('that were pressed late come after the question again, where the draft waits less', () => {
    const hasty = flowOf({ start: NODES.start.replace('noInput: { retries: 1', 'timers: { noInputMs: 1000 }, noInput: { retries: 0') });
    expect(outcome(hasty, listen, wait(4_000), press('2'), listen)).toMatchObject(PERSON);
    expect(outcome(hasty, listen, wait(700), press('2'), listen)).toMatchObject(TOLD);
    const patient = flowOf({ start: NODES.start.replace('noInput: { retries: 1', 'timers: { noInputMs: 1000 }, noInput: { retries: 1') });
    expect(outcome(patient, listen, wait(4_000), press('2'), listen)).toMatchObject(TOLD);
  });

  it('of a slow entry are cut off where the draft waits less between them', () => {
    const strict = flowOf({ ask: NODES.ask.replace('min: 2', 'timers: { interDigitMs: 500 }, min: 2').replace('noMatch: { retries: 1', 'noMatch: { retries: 0') });
    expect(outcome(strict, listen, press('1'), listen, press('4711#', 1_000), listen)).toMatchObject(PERSON);
  });

  it('stay silences where the caller was silent', () => expect(outcome(LIVE, listen, wait(20_000))).toMatchObject(PERSON));

  it('end with a caller who hangs up where they did, and is asked something new elsewhere', () => {
    expect(outcome(LIVE, listen, press('1'), listen)).toMatchObject(ended({ kind: 'callerLeft', as: 'unsolved' }));
    const more = flowOf({ start: NODES.start.replace('1: ask,', '1: sure,'), sure: `{ do: confirm, prompt: p-sure, yes: ask, no: person, ${RETRY} }` });
    expect(outcome(more, listen, press('1'), listen)).toEqual({ kind: 'askedNew', node: 'sure' });
  });
});

describe('answers of back ends in a draft', () => {
  const once = [listen, press('1'), listen, press('4711#'), listen] as const;
  const twice = [listen, press('1'), listen, press('99#'), listen, press('4711#'), listen] as const;
  const unknown = (why: string) => ({ kind: 'unknown', why });

  it('come to the same operation, with other input too where there was one', () => {
    expect(outcome(flowOf({ look: NODES.look.replace('number: $number', 'number: $number, days: 14') }), ...once)).toMatchObject(SOLVED);
  });

  it('come to the same input where there were several', () => {
    expect(outcome(LIVE, ...twice)).toMatchObject(SOLVED);
    expect(outcome(flowOf({ look: NODES.look.replace('number: $number', 'number: $number, days: 14') }), ...twice)).toMatchObject(unknown('asks x.look with other values than were recorded'));
  });

  it.each([
    ['an operation that was not asked', { look: NODES.look.replace('x.look', 'x.find') }, 'asks x.find, which was not recorded'],
    ['one that was asked less often', { state: '{ do: connector, call: x.look, with: { number: $number }, exits: { ok: solved, error: person } }' }, 'asks x.look twice, recorded once'],
  ])('are not guessed for %s', (_what, changes, why) => expect(outcome(flowOf(changes), ...once)).toMatchObject(unknown(why)));

  it('are not known in fields that the recorded flow did not look at', () => {
    expect(outcome(flowOf({}, VARS.replace('{ state: text }', '{ state: text, more: text }')), ...once)).toMatchObject(unknown('looks at "more" of x.look, which was not kept'));
  });
});

describe('secrets in a draft', () => {
  const pin = (code: string) => [listen, press('3'), listen, press(code), listen] as const;

  it('are right or wrong as they were', () => {
    expect(outcome(LIVE, ...pin('2580'))).toMatchObject(TOLD);
    expect(outcome(LIVE, ...pin('1234'))).toMatchObject(PERSON);
  });

  it('decide nothing that a draft compares and the recorded flow did not', () => {
    const branches = flowOf({ check: '{ do: branch, when: [{ value: $pin, is: "2580", next: told }], else: person }' });
    expect(replayCall(branches, record(...pin('2580')), LIVE).outcome).toMatchObject({ kind: 'unknown', node: 'check', why: 'decides by a secret, which was not kept' });
    expect(outcome(branches, ...pin('2580'))).toMatchObject({ kind: 'unknown', node: 'check', why: `decides by a secret, which was not kept; version ${LIVE.version}, which was live then, is not at hand to show how it decided` });
  });

  describe('that a branch compared', () => {
    const comparing = (condition: string, more: Readonly<Record<string, string>> = {}): Flow => flowOf({ check: `{ do: branch, when: [${condition}], else: person }`, ...more });
    const recorded = (flow: Flow, code: string) => tapeCall(flow, pin(code), { callId: 'c-1', at: 1_000_000, answer: back }).recording;

    it.each([
      ['with what the flow names', '{ value: $pin, is: "2580", next: told }', '2580', '1234'],
      ['with a list', '{ value: $pin, in: ["1111", "2580"], next: told }', '2580', '1234'],
      ['with how it begins', '{ value: $pin, startsWith: "25", next: told }', '2580', '1234'],
      ['with another value', '{ value: $pin, is: $number, next: told }', '4711', '1234'],
      ['the other way round', '{ value: $pin, isNot: "1234", next: told }', '2580', '1234'],
    ])('lead where they did, as long as the branch is as it was: %s', (_how, condition, right, wrong) => {
      const flow = smallFlow(`start: { do: set, values: { number: "4711" }, next: ask-pin }\nask-pin: ${NODES['ask-pin']}\ncheck: { do: branch, when: [${condition}], else: person }\ntold: ${NODES.told}`, VARS);
      for (const [code, end] of [[right, TOLD], [wrong, PERSON]] as const) {
        const { recording } = tapeCall(flow, [listen, press(code), listen], { callId: 'c-1', at: 1_000_000, answer: back });
        expect(replayCall(flow, recording).outcome).toMatchObject(end);
      }
    });

    it('lead there also in a draft that changes something else', () => {
      const live = comparing('{ value: $pin, is: "2580", next: told }');
      const draft = comparing('{ value: $pin, is: "2580", next: told }', { told: '{ do: say, prompt: p-told, next: solved }' });
      expect(replayCall(draft, recorded(live, '2580'), live).outcome).toMatchObject(SOLVED);
      expect(replayCall(draft, recorded(live, '1234'), live).outcome).toMatchObject(PERSON);
    });

    it('are not known where the draft compares otherwise', () => {
      const live = comparing('{ value: $pin, is: "2580", next: told }');
      expect(replayCall(comparing('{ value: $pin, is: "2581", next: told }'), recorded(live, '2580'), live).outcome).toMatchObject({ kind: 'unknown', node: 'check' });
    });

    it('do not matter where a comparison before decided', () => {
      const draft = comparing('{ value: $seen.state, isSet: false, next: solved }, { value: $pin, is: "2580", next: told }');
      expect(outcome(draft, ...pin('2580'))).toMatchObject(SOLVED);
    });
  });

  it('do not tell where the caller lives', () => {
    const draft = flowOf({ check: '{ do: incident, services: [power], area: $pin, next: told }' });
    expect(outcome(draft, ...pin('2580'))).toMatchObject({ kind: 'unknown', node: 'check' });
  });

  it('that were given to the flow stand there too', () => {
    const draft = flowOf({ start: '{ do: branch, when: [{ value: $pin, isSet: true, next: told }], else: menu }', menu: NODES.start });
    expect(replayCall(draft, { ...record(listen), vars: { pin: '••••' } }).outcome).toMatchObject(TOLD);
  });

  it('are no keys of a question that asks openly', () => {
    expect(outcome(flowOf({}, VARS.replace('secret: true', 'secret: false')), ...pin('2580'))).toMatchObject({ kind: 'unknown', why: 'asks for keys of which only the number was kept' });
  });
});

describe('a prompt that could not be played', () => {
  it('cannot be played in the replay', () => {
    const { recording } = tapeCall(LIVE, [listen], { callId: 'c-1', at: 1_000_000, answer: back, unplayable: new Set(['p-menu']) });
    expect(replayCall(LIVE, recording).outcome).toMatchObject(PERSON);
  });
});

describe('the results of many callers', () => {
  it('are counted, and grouped with the node at which most of them part', () => {
    const draft = flowOf({ start: NODES.start.replace('2: told', '2: person') });
    const tally = new ReplayTally();
    for (const moves of [[listen, press('2')], [press('2')], [listen, press('1'), listen, press('4711#'), listen]]) tally.add(replayOne(draft, record(...moves, { do: 'wait', ms: 9_000 })));
    tally.skip();
    expect(tally.figures).toEqual({ replayed: 3, same: 1, different: 2, askedNew: 0, unknown: 0, unusable: 0, otherVersions: 0, unknownVersions: 0, otherFlows: 1 });
    expect(tally.results).toEqual([{ verdict: 'different', was: 'told', now: 'queue people', calls: 2, parting: { node: 'start', was: 'told', now: 'person' } }]);
    expect(tally.isAsBefore).toBe(false);
  });

  it('tell queues apart by what the caller needs there', () => {
    const draft = smallFlow(Object.entries(NODES).map(([id, node]) => `${id}: ${node.replaceAll('person', 'expert')}`).join('\n') + '\nexpert: { do: queue, queue: people, needs: [{ skill: talk, minLevel: 5 }] }', VARS);
    const { was, now } = replayOne(draft, record(listen, wait(20_000)));
    expect([was, now]).toEqual(['queue people (reason not stated)', 'queue people (reason not stated, needs talk 5)']);
  });

  it('say of whom another version was live than the files hold, as one with published parts', () => {
    const tally = new ReplayTally();
    const published = { ...record(listen, press('2')), version: '0123456789abcdef' };
    const result = replayOne(LIVE, published, LIVE);
    tally.add(result);
    tally.add(replayOne(LIVE, record(listen, press('2')), LIVE));
    expect([result.isOtherVersion, tally.figures]).toEqual([true, expect.objectContaining({ replayed: 2, otherVersions: 1 })]);
  });

  it('leave out calls that cannot be replayed', () => {
    expect(replayOne(LIVE, { ...record(listen), unusable: 'tooLarge' })).toMatchObject({ verdict: 'unusable', now: 'too long to be kept' });
  });
});
