import { describe, expect, it } from 'vitest';
import { summarise } from '../../../../gateway/core/flow/summarise.js';
import { FlowDriver, type Answer, type CallOrder } from '../flow-driver.js';
import { problemsOf, RETRY, smallFlow } from '../small-flow.js';

describe('a consent', () => {
  const flow = smallFlow(`start: { do: consent, to: recording, prompt: p-legal, yes: solved, no: told, ${RETRY} }\ntold: { do: hangup, prompt: p-told }`);

  it('is given only after the legal text was heard to its end', () => {
    const driver = new FlowDriver(flow).press('1');
    expect(driver.state.consents).toEqual({});
    driver.settle();
    expect(driver.state.consents['recording']?.isGiven).toBe(true);
  });

  it('is kept with the version of the text, whether given or not', () => {
    const driver = new FlowDriver(flow).settle().press('2').settle();
    expect(driver.state.consents).toEqual({ recording: { isGiven: false, at: expect.any(Number), version: flow.version } });
    expect(summarise(flow, driver.state).consents).toEqual({ recording: false });
  });

  it('is not there without an answer', () => {
    expect(new FlowDriver(flow).settle().wait(60_000).settle().state.consents).toEqual({});
  });

  it('with a text that a key could stop is refused', () => {
    expect(problemsOf(`start: { do: consent, to: recording, prompt: p-easy, yes: solved, no: solved, ${RETRY} }`)).toEqual(['a key would stop the legal text "p-easy"']);
  });
});

describe('a survey', () => {
  const flow = smallFlow('start: { do: survey, reason: invoice.copy, questions: [{ id: helped, prompt: p-one, lowest: 1, highest: 2 }, { id: mood, prompt: p-two }], retries: 1, noMatch: p-sorry, next: told }\ntold: { do: hangup, prompt: p-told }');
  const answers = (driver: FlowDriver) => driver.state.answers.map(({ question, answer }) => [question, answer]);

  it('keeps each answer with the reason of the call and the version of the flow', () => {
    const driver = new FlowDriver(flow).settle().press('1').settle().press('5').settle();
    expect(driver.state.answers).toEqual([
      { survey: 'start', question: 'helped', answer: 1, reason: 'invoice.copy', version: flow.version },
      { survey: 'start', question: 'mood', answer: 5, reason: 'invoice.copy', version: flow.version },
    ]);
    expect(driver.lastHeard).toBe('p-told words');
  });

  it('asks again after a key that is no answer, and leaves out a question that stays unanswered', () => {
    const driver = new FlowDriver(flow).settle().press('7');
    expect(driver.settle().lastHeard).toBe('p-sorry words p-one words');
    expect(answers(driver.press('8').settle())).toEqual([['helped', null]]);
    expect(answers(driver.wait(30_000).settle())).toEqual([['helped', null], ['mood', null]]);
  });

  it('takes keys typed ahead for both questions', () => {
    expect(answers(new FlowDriver(flow).press('24').settle())).toEqual([['helped', 2], ['mood', 4]]);
  });

  it('goes on with the question it stood at after a crash', () => {
    expect(answers(new FlowDriver(flow).settle().press('1').crash().settle().press('3').settle())).toEqual([['helped', 1], ['mood', 3]]);
  });

  it.each([
    ['{ id: a, prompt: p-one, lowest: 3, highest: 3 }', 'the lowest key 3 is not below the highest 3'],
    ['{ id: a, prompt: p-one, lowest: 0, highest: 3 }', 'key 0 leads out of the flow from everywhere'],
  ])('with the question %s is refused', (question, what) => {
    expect(problemsOf(`start: { do: survey, questions: [${question}], next: solved }`)).toEqual([what]);
  });
});

describe('identifying a caller', () => {
  const VARS = 'vars: { who: { type: record, fields: { customer: digits, name: text } } }';
  const ASK = 'prompt: p-pin, min: 4, max: 4, wrong: { exits: [wrong], prompt: p-wrong, attempts: 3 }, noInput: { retries: 1, next: person }, noMatch: { retries: 1, next: person }';
  const byPin = smallFlow(`start: { do: identify, by: pin, call: crm.checkPin, with: { number: $call.ani, pin: $entered }, into: who, customer: { id: $who.customer, name: $who.name }, ${ASK}, exits: { ok: solved, wrong: locked, error: person } }\nlocked: { do: hangup, prompt: p-locked, outcome: told }`, VARS);
  const known: Answer = { exit: 'ok', result: { customer: '1001', name: 'Anna' } };
  const checks = (right: string) => (order: CallOrder): Answer => (order.arguments['pin'] === right ? known : { exit: 'wrong' });
  const call = (right = '4711'): FlowDriver => new FlowDriver(byPin, checks(right), { ani: '+46701234567' }).settle();

  it('by PIN makes the caller a verified customer', () => {
    const driver = call().press('4711').settle();
    expect(driver.exit).toMatchObject({ outcome: 'solved' });
    expect(driver.state.customer).toEqual({ id: '1001', name: 'Anna', confidence: 'verified' });
  });

  it('asks again while attempts are left, each a request of its own, and then takes the exit', () => {
    const driver = call('9999').press('1111').settle();
    expect(driver.lastHeard).toBe('p-wrong words p-pin words');
    driver.press('2222').settle().press('3333').settle();
    expect(driver.lastHeard).toBe('p-locked words');
    expect(new Set(driver.orders.map((order) => order.idempotencyKey)).size).toBe(3);
    expect(driver.state.customer).toBeNull();
  });

  it('leaves no trace of what was keyed: not on the way, not in the state, not in what agents see', () => {
    const driver = call().press('4711').settle();
    expect(JSON.stringify(driver.state)).not.toContain('4711');
    expect(driver.state.path.some((entry) => entry.entered === '••••')).toBe(true);
    expect(JSON.stringify(summarise(byPin, driver.state))).not.toContain('4711');
  });

  it('does not take keys as a PIN that were pressed before it was asked for', () => {
    const flow = smallFlow(`start: { do: say, prompt: p-legal, next: pin }\npin: { do: identify, by: pin, call: crm.checkPin, with: { pin: $entered }, ${ASK}, exits: { ok: solved, wrong: person, error: person } }`);
    expect(new FlowDriver(flow, checks('4711')).press('4711', 10).settle().orders).toEqual([]);
  });

  it('a PIN may begin with the key that leads to a person; alone it does lead there', () => {
    expect(call('0815').press('0815').settle().exit).toMatchObject({ outcome: 'solved' });
    expect(call().press('0').wait(4_000).settle().exit).toMatchObject({ kind: 'queue' });
  });

  it('by number asks nothing', () => {
    const flow = smallFlow('start: { do: identify, by: number, call: crm.find, with: { number: $call.ani }, into: who, customer: { id: $who.customer, name: $who.name }, exits: { ok: solved, unknown: person, error: person } }', VARS);
    const driver = new FlowDriver(flow, () => known, { ani: '+46701234567' }).settle();
    expect(driver.heard).toEqual([]);
    expect(driver.state.customer).toMatchObject({ id: '1001', confidence: 'numberOnly' });
    expect(new FlowDriver(flow, () => ({ exit: 'unknown' }), { ani: '+1' }).settle().state.customer).toBeNull();
  });

  it('is taken up after a crash under the same request', () => {
    let asked = 0;
    const driver = new FlowDriver(byPin, (order) => ((asked += 1) > 1 ? checks('4711')(order) : { exit: 'ok', afterMs: 'never' }), { ani: '+46701234567' }).settle();
    driver.press('4711').crash().settle();
    expect(driver.orders.map((order) => order.idempotencyKey)).toEqual([driver.orders[0]?.idempotencyKey, driver.orders[0]?.idempotencyKey]);
    expect(driver.exit).toMatchObject({ outcome: 'solved' });
  });

  it.each([
    [`by: pin, call: crm.x, with: { pin: "1" }, ${ASK}, exits: { ok: solved, wrong: solved, error: person }`, 'what is keyed is not sent to the back end'],
    [`by: pin, call: crm.x, with: { pin: $entered }, ${ASK}, exits: { ok: solved, error: person }`, 'the exit "wrong" leads nowhere once the attempts are used up'],
    ['by: number, call: crm.x, with: { number: $call.ani }, prompt: p-ask, exits: { ok: solved, error: person }', 'nothing is keyed when a caller is identified by number, so "prompt" has no meaning'],
  ])('with %s is refused', (fields, what) => {
    expect(problemsOf(`start: { do: identify, ${fields} }`)).toEqual([what]);
  });
});

describe('a receipt', () => {
  const flow = smallFlow('start: { do: connector, call: billing.extend, with: {}, into: done, receipt: { prompt: p-receipt, channel: sms }, exits: { ok: solved, error: person } }', 'vars: { done: { type: record, fields: { due: date, fee: amount } } }', {}, { 'p-receipt': 'Due {{done.due|dateWithYear}}, {{done.fee|amount:SEK}}.' });
  const messages = (driver: FlowDriver) => driver.effects.flatMap((effect) => (effect.type === 'flow.message' ? [effect] : []));

  it('says in writing what was done: figures instead of words', () => {
    const driver = new FlowDriver(flow, () => ({ exit: 'ok', result: { due: '2026-12-15', fee: 1249.5 } })).settle();
    expect(messages(driver)).toMatchObject([{ channel: 'sms', language: 'en', text: 'Due 15 December 2026, SEK 1,249.50.' }]);
  });

  it('is not sent when it was not done, and is the same message after a crash', () => {
    expect(messages(new FlowDriver(flow).settle())).toEqual([]);
    const driver = new FlowDriver(flow, () => ({ exit: 'ok', result: { due: '2026-12-15', fee: 1 }, afterMs: 500 })).crash().settle();
    expect(new Set(messages(driver).map((message) => message.messageId)).size).toBe(1);
  });
});
