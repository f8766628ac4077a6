import { describe, expect, it } from 'vitest';
import type { Violation } from '../../../../gateway/core/authoring/prove/finding.js';
import type { Flow } from '../../../../gateway/core/flow/flow-schema.js';
import { VARS } from '../../flow/flows-of-tests.js';
import { RETRY, smallFlow } from '../../flow/small-flow.js';
import { brokenSample, faultsOf, playWitness, proved } from './play-witness.js';

const DONE = 'done: { do: hangup, solved: true, prompt: p-done }';
const ASK = `ask: { do: collect, prompt: p-ask, into: code, max: 4, next: tell, ${RETRY} }`;

/** The violation of a rule at a node. */
function violation(flow: Flow, rule: string, node: string): Violation {
  const proof = proved(flow);
  const found = proof.violations.find((one) => one.rule === rule && one.node === node);
  if (found === undefined) throw new Error(`not found: ${rule} at ${node}, but ${faultsOf(proof).join(', ')}`);
  return found;
}

describe('a value that is not set on one way', () => {
  const says = { 'p-tell': 'Your code {{code|digits}}' };

  it.each([
    ['a prompt says it', smallFlow(`start: { do: menu, prompt: p-a, keys: { 1: ask, 2: tell }, ${RETRY} }\n${ASK}\ntell: { do: say, prompt: p-tell, next: done }\n${DONE}`, VARS, {}, says), 'tell', 'the prompt "p-tell" says {{code}}, which is not set on this way', ['2']],
    ['a back end is sent it', smallFlow(`start: { do: menu, prompt: p-a, keys: { 1: ask, 2: tell }, ${RETRY} }\n${ASK}\ntell: { do: connector, call: x.act, with: { code: $code }, exits: { ok: done, error: person } }\n${DONE}`, VARS), 'tell', 'x.act lacks code: it is taken from $code, which is not set on this way', ['2']],
    ['another variable is set to it', smallFlow(`start: { do: menu, prompt: p-a, keys: { 1: ask, 2: tell }, ${RETRY} }\n${ASK}\ntell: { do: set, values: { pin: $code }, next: done }\n${DONE}`, VARS), 'tell', 'the step cannot be done: value of pin is missing or of the wrong type', ['2']],
    ['a question says it', smallFlow(`start: { do: confirm, prompt: p-tell, yes: done, no: person, ${RETRY} }\n${DONE}`, VARS, {}, says), 'start', 'the prompt "p-tell" says {{code}}, which is not set on this way', []],
  ] as const)('and %s', (_how, flow, node, what, keys) => {
    const found = violation(flow, 'values', node);
    expect(found.what).toBe(what);
    expect(found.witness?.moves.flatMap((move) => (move.kind === 'key' ? [move.key] : []))).toEqual(keys);
    const call = playWitness(flow, found);
    expect(call.state.path.some(({ node: at, did }) => at === node && /lacks|missing/.test(did ?? ''))).toBe(true);
  });

  it('and a receipt says it, which then is not sent', () => {
    const receipt = { 'p-receipt': 'Done for {{code|digits}}' };
    const flow = smallFlow(`start: { do: menu, prompt: p-a, keys: { 1: ask, 2: tell }, ${RETRY} }\n${ASK}\ntell: { do: connector, call: x.act, receipt: { prompt: p-receipt, channel: sms }, exits: { ok: done, error: person } }\n${DONE}`, VARS, {}, receipt);
    const found = violation(flow, 'values', 'tell');
    expect(found.what).toBe('the receipt says {{code}}, which is not set on this way, so that none is sent');
    expect(playWitness(flow, found).messages).toEqual([]);
  });

  it('and another exit than ok brings what leads there', () => {
    const flow = smallFlow(`start: { do: connector, call: x.act, into: got, exits: { ok: done, known: which, error: person } }\nwhich: { do: branch, when: [{ value: $got.name, is: anna, next: tell }], else: person }\ntell: { do: say, prompt: p-tell, next: person }\n${DONE}`, VARS, {}, says);
    const found = violation(flow, 'values', 'tell');
    expect(found.witness?.moves).toContainEqual(expect.objectContaining({ kind: 'answer', exit: 'known', result: expect.objectContaining({ name: 'anna' }) as unknown }));
    expect(playWitness(flow, found).state.path.some(({ node, did }) => node === 'tell' && did === 'prompt lacks a value')).toBe(true);
  });

  it('although the other way to the same place sets it', () => {
    const flow = smallFlow(`start: { do: menu, prompt: p-a, keys: { 1: give, 2: middle }, ${RETRY} }\ngive: { do: set, values: { code: "7" }, next: middle }\nmiddle: { do: say, prompt: p-b, next: tell }\ntell: { do: say, prompt: p-tell, next: done }\n${DONE}`, VARS, {}, says);
    const found = violation(flow, 'values', 'tell');
    expect(found.witness?.moves).toEqual([{ kind: 'key', key: '2', isFit: true }, { kind: 'listens' }]);
    expect(playWitness(flow, found).exit).toMatchObject({ kind: 'queue' });
  });

  it.each([
    ['from the menu', 'start: { do: menu, prompt: p-a, keys: { 1: ask }, TRIES }\nask: { do: menu, prompt: p-b, keys: { 1: miss }, TRIES }', 'ask', 'start', 4],
    ['back to where the call began', 'start: { do: menu, prompt: p-a, keys: { 1: miss }, TRIES }\nhub: { do: menu, prompt: p-b, keys: { 1: start }, TRIES }', 'start', 'hub', 3],
  ])('once the caller has come a second time, %s', (_how, nodes, inner, outer, keys) => {
    const flow = smallFlow(
      `${nodes.replaceAll('TRIES', RETRY)}\nmiss: { do: say, prompt: p-miss, next: check }\ncheck: { do: branch, when: [{ value: $visits.miss, atLeast: 2, next: tell }, { value: $code, isSet: true, next: ${inner} }], else: ${outer} }\ntell: { do: say, prompt: p-tell, next: done }\n${DONE}`,
      VARS, {}, says,
    );
    const found = violation(flow, 'values', 'tell');
    expect(found.witness?.moves.filter(({ kind }) => kind === 'key')).toHaveLength(keys);
    expect(playWitness(flow, found).exit).toMatchObject({ kind: 'queue' });
  });

  it('as the back end may leave it out', () => {
    const flow = smallFlow(`start: { do: connector, call: x.act, into: got, exits: { ok: tell, error: person } }\ntell: { do: say, prompt: p-tell, next: done }\n${DONE}`, 'vars: { got: { type: record, fields: { name: text, owed: { type: amount, optional: true } } } }', {}, { 'p-tell': 'You owe {{got.owed|amount}}' });
    const found = violation(flow, 'values', 'tell');
    expect(found.witness?.moves).toEqual([{ kind: 'answer', operation: 'x.act', exit: 'ok', result: { name: 'other' } }]);
    expect(playWitness(flow, found).exit).toMatchObject({ kind: 'queue' });
  });

  it('as only some callers come by the node that sets it', () => {
    const flow = smallFlow(`start: { do: share, percent: 5, to: tell, else: ask }\n${ASK}\ntell: { do: say, prompt: p-tell, next: done }\n${DONE}`, VARS, {}, says);
    const found = violation(flow, 'values', 'tell');
    expect(playWitness(flow, found).state.shares).toEqual({ start: true });
  });

  it('as the part came back by another exit', () => {
    const part = smallFlow(`start: { do: collect, prompt: p-ask, into: number, max: 4, next: right, noInput: { retries: 0, next: none }, noMatch: { retries: 0, next: none } }\nright: { do: return, exit: right }\nnone: { do: return, exit: none }`, 'vars: { number: { type: digits } }', {}, {}, ['en'], 'part');
    const flow = smallFlow(`start: { do: subflow, flow: part, into: { code: number }, exits: { right: tell, none: tell } }\ntell: { do: say, prompt: p-tell, next: done }\n${DONE}`, VARS, { flows: new Map([['part', part]]) }, says);
    const found = violation(flow, 'values', 'tell');
    expect(found.witness?.moves.map(({ kind }) => kind)).toEqual(['waits']);
    expect(playWitness(flow, found).exit).toMatchObject({ kind: 'queue' });
  });

  it('as two values have to be the same for it', () => {
    const flow = smallFlow(
      `start: { do: collect, prompt: p-a, into: code, max: 4, next: second, ${RETRY} }\nsecond: { do: collect, prompt: p-b, into: pin, max: 4, next: same, ${RETRY} }\nsame: { do: branch, when: [{ value: $code, is: $pin, next: tell }], else: done }\ntell: { do: say, prompt: p-owed, next: done }\n${DONE}`,
      VARS, {}, { 'p-owed': 'You owe {{got.owed|amount}}' },
    );
    const found = violation(flow, 'values', 'tell');
    const entries = found.witness?.moves.flatMap((move) => (move.kind === 'entry' ? [move.keys] : [])) ?? [];
    expect(entries).toHaveLength(2);
    expect(entries[0]).toBe(entries[1]);
    expect(playWitness(flow, found).exit).toMatchObject({ kind: 'queue' });
  });
});

describe('a circle without an exit', () => {
  it.each([
    ['a silent caller', `start: { do: menu, prompt: p-a, keys: { 1: done }, noInput: { retries: 1, next: start }, noMatch: { retries: 1, next: person } }\n${DONE}`, 'start', 'a caller who does nothing is led round here for ever'],
    ['a caller who keys what fits nothing', `start: { do: menu, prompt: p-a, keys: { 1: done }, noInput: { retries: 0, next: person }, noMatch: { retries: 0, next: sorry } }\nsorry: { do: say, prompt: p-sorry, next: start }\n${DONE}`, 'start', 'a caller who keys what fits nothing is led round here for ever'],
    ['a caller who waits for a back end that is down', `start: { do: connector, call: x.act, exits: { ok: done, error: again } }\nagain: { do: say, prompt: p-again, next: start }\n${DONE}`, 'start', 'a caller who waits is led round here for ever, as long as x.act answers error'],
  ])('%s', (_who, nodes, node, what) => {
    const flow = smallFlow(nodes);
    const found = violation(flow, 'loops', node);
    expect(found.what).toBe(what);
    for (const rounds of [0, 1, 3]) expect(playWitness(flow, found, rounds).node).toBe(node);
  });

  it('a count of visits that does not reach far enough ends nothing', () => {
    const flow = smallFlow(`start: { do: connector, call: x.act, exits: { ok: done, error: again } }\nagain: { do: say, prompt: p-again, next: enough }\nenough: { do: branch, when: [{ value: $visits.again, is: 0, next: person }], else: start }\n${DONE}`);
    expect(playWitness(flow, violation(flow, 'loops', 'again'), 9).node).toBe('again');
  });

  it('a condition that never lets the caller out', () => {
    const flow = smallFlow(`start: { do: menu, prompt: p-a, keys: { 1: which }, noInput: { retries: 0, next: which }, noMatch: { retries: 0, next: which } }\nwhich: { do: branch, when: [{ value: $code, is: "7", next: done }], else: start }\n${DONE}`, `${VARS}\nanywhere: {}`);
    expect(faultsOf(proved(flow))).toEqual(['ends start', 'loops start', 'person start']);
    expect(playWitness(flow, violation(flow, 'ends', 'start')).node).toBe('start');
  });
});

describe('a person out of reach', () => {
  it('is told for the node from which no key leads there', () => {
    const flow = smallFlow(`start: { do: menu, prompt: p-a, keys: { 1: info, 9: person }, noInput: { retries: 0, next: bye }, noMatch: { retries: 0, next: bye } }\ninfo: { do: menu, prompt: p-b, keys: { 1: bye }, noInput: { retries: 0, next: bye }, noMatch: { retries: 0, next: bye } }\nbye: { do: hangup, prompt: p-bye }`, 'anywhere: {}');
    expect(faultsOf(proved(flow))).toEqual(['person info']);
    expect(playWitness(flow, violation(flow, 'person', 'info')).node).toBe('info');
  });

  it('counts when it is only the back end that can open the way', () => {
    const flow = smallFlow(`start: { do: menu, prompt: p-a, keys: { 1: act }, noInput: { retries: 0, next: bye }, noMatch: { retries: 0, next: bye } }\nact: { do: connector, call: x.act, exits: { ok: bye, refused: person, error: bye } }\nbye: { do: hangup, prompt: p-bye }`, 'anywhere: {}');
    expect(faultsOf(proved(flow))).toEqual(['person start']);
  });
});

describe('silence', () => {
  it.each([
    ['a call that ends without a word', `start: { do: menu, prompt: p-a, keys: { 1: bye }, ${RETRY} }\nbye: { do: hangup }`, 'bye', 'the call ends here without a word'],
    ['a question without words, right after a key', `start: { do: menu, prompt: p-a, keys: { 1: ask }, ${RETRY} }\nask: { do: collect, into: code, max: 4, next: done, noInput: { retries: 0, next: person }, noMatch: { retries: 0, next: person } }\n${DONE}`, 'ask', 'on this way nothing is said before the question, so that the caller waits in silence'],
    ['words that are none', `start: { do: say, prompt: p-none, next: person }`, 'start', 'what is said here has no words'],
  ])('%s', (_what, nodes, node, what) => {
    const flow = smallFlow(nodes, VARS, {}, nodes.includes('p-none') ? { 'p-none': ' ' } : {});
    const found = violation(flow, 'silence', node);
    expect(found.what).toBe(what);
    const call = playWitness(flow, found);
    expect(call.heard.filter((words) => words.trim() !== '' && words !== 'p-a words')).toEqual([]);
  });

  it('a filler that speaks of what is not known yet', () => {
    const flow = smallFlow(`start: { do: connector, call: x.act, into: got, filler: p-wait, exits: { ok: done, error: person } }\n${DONE}`, VARS, {}, { 'p-wait': 'One moment, {{got.name}}' });
    const found = violation(flow, 'silence', 'start');
    expect(found.what).toBe('a slow back end would be silent: the prompt "p-wait" says {{got.name}}, which is not set on this way');
    expect(playWitness(flow, found).wait(5_000).heard).toEqual([]);
  });

  it('a question that a caller comes to over words may have none of its own', () => {
    const flow = smallFlow(`start: { do: say, prompt: p-a, next: ask }\nask: { do: collect, into: code, max: 4, next: done, noInput: { retries: 0, next: person }, noMatch: { retries: 0, next: person } }\n${DONE}`, VARS);
    expect(faultsOf(proved(flow))).toEqual([]);
  });
});

describe('bad ends', () => {
  it('an end as failed', () => {
    const flow = smallFlow(`start: { do: menu, prompt: p-a, keys: { 1: bad }, ${RETRY} }\nbad: { do: hangup, prompt: p-bad, outcome: failed }`);
    expect(playWitness(flow, violation(flow, 'ends', 'bad')).exit).toEqual({ kind: 'hangup', outcome: 'failed' });
  });

  it('a way for broken steps that breaks itself', () => {
    const flow = { ...smallFlow(`start: { do: menu, prompt: p-a, keys: { 1: sorry }, ${RETRY} }\nsorry: { do: set, values: { pin: $code }, next: person }`, VARS), error: 'sorry' };
    const found = proved(flow).violations.filter(({ rule }) => rule === 'ends');
    expect(found.map(({ what }) => what)).toContain('the way for broken steps breaks too, or is silent, so that the last resort of the number has to help');
    expect(found.map((one) => playWitness(flow, one).exit)).toContainEqual({ kind: 'broken' });
  });

  it('a flow that talks to itself', () => {
    const whole = smallFlow(`start: { do: menu, prompt: p-a, keys: { 1: round }, ${RETRY} }\nround: { do: set, values: {}, next: done }\n${DONE}`);
    const flow = { ...whole, nodes: new Map(whole.nodes).set('round', { do: 'set', values: {}, next: 'round' }) };
    const found = proved(flow).violations.find(({ rule }) => rule === 'ends');
    expect(found?.what).toBe('the flow goes in circles here until the call fails');
    expect(found === undefined ? null : playWitness(flow, found).exit).toEqual({ kind: 'broken' });
  });
});

it('a prompt that callers of one language never hear is told', () => {
  const flow = smallFlow('start: { do: language, to: en, next: tell }\ntell: { do: say, prompt: p-a, next: person }', '', {}, {}, ['sv', 'en']);
  expect(violation(flow, 'languages', 'tell').what).toBe('the prompt "p-a" is never said in sv');
});

it('a prompt without a text in one language is told with the way there', () => {
  const whole = smallFlow('start: { do: say, prompt: p-a, next: person }', '', {}, {}, ['sv', 'en']);
  const flow = { ...whole, prompts: new Map(whole.prompts).set('p-a', { sv: 'Hej', bargeIn: true }) };
  const found = violation(flow, 'values', 'start');
  expect([found.what, found.witness?.start.language]).toEqual(['the prompt "p-a" has no text in en', 'en']);
});

describe('the sample flow, broken', () => {
  it.each([
    ['the new date is read back although nothing was moved', [['notFound: refused, error: unsure', 'notFound: read-back, error: unsure']], 'values read-back'],
    ['an invoice is read out that was not found', [['ok: already-extended, notFound: refused', 'ok: already-extended, notFound: already-extended']], 'values already-extended'],
    ['silence leads back to the same menu', [['noInput: { retries: 2, prompt: no-input, next: person }', 'noInput: { retries: 2, prompt: no-input, next: main }']], 'loops main'],
    ['a back end that is down is asked again and again', [['unsure: { do: say, prompt: unsure, next: person }', 'unsure: { do: say, prompt: unsure, next: extend }']], 'loops extend'],
    ['nobody is put through', [['person: { do: queue, prompt: to-a-person, queue: billing }', 'person: { do: hangup, prompt: to-a-person, outcome: told }']], 'person main'],
    ['the last words are gone', [['goodbye: { do: hangup, prompt: goodbye }', 'goodbye: { do: hangup }']], 'silence goodbye'],
    ['the due date is spoken before an invoice is keyed', [['2: copy, 7: to-swedish', '2: copy, 3: overdue, 7: to-swedish']], 'values overdue'],
  ] as const)('%s', (_how, changes, fault) => {
    const flow = brokenSample(...changes);
    const [rule = '', node = ''] = fault.split(' ');
    const found = violation(flow, rule, node);
    const call = playWitness(flow, found);
    if (rule === 'values') expect(call.state.path.some((entry) => entry.node === node && entry.did === 'prompt lacks a value')).toBe(true);
    else if (rule === 'silence') expect([call.exit?.kind, call.lastHeard]).toEqual(['hangup', expect.not.stringMatching(/Hej då|Ha det|Goodbye/)]);
    else expect(call.node).toBe(node);
    if (rule === 'loops') expect(playWitness(flow, found, 3).node).toBe(node);
  });
});
