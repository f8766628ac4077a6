import { describe, expect, it } from 'vitest';
import type { FlowLibrary } from '../../../gateway/core/flow/library.js';
import { loadFlow, loadPrompts } from '../../../gateway/core/flow/load.js';
import { formatProblem } from '../../../gateway/core/flow/problem.js';
import { flowText, RETRY } from './small-flow.js';

const problemsOf = (text: string, library: FlowLibrary = {}, name = 'flows/x.yaml'): readonly string[] => {
  const loaded = loadFlow(text, name, library);
  return loaded.ok ? [] : loaded.problems.map(formatProblem);
};
const MENU = `start: { do: menu, prompt: p-menu, keys: { 1: solved }, ${RETRY} }`;
const LIBRARY: FlowLibrary = { operations: new Map([['billing.get', { exits: ['ok', 'notFound', 'error'], arguments: ['invoice'] }]]), queues: new Set(['people']) };
const VARS = 'vars: { code: { type: digits }, total: { type: amount }, pin: { type: digits, secret: true }, invoice: { type: record, fields: { status: text, days: number } } }';
const collect = (more: string): string => `start: { do: collect, prompt: p-ask, into: code, max: 4, next: solved, ${RETRY} }`.replace('into: code, max: 4', more);

describe('a flow that is right', () => {
  it('loads, with its file name as id and a version of its content', () => {
    const loaded = loadFlow(flowText(MENU), 'ivr-flows/flows/main-menu.yaml', LIBRARY);
    expect(loaded).toMatchObject({ ok: true, value: { id: 'main-menu', start: 'start' } });
    const again = loadFlow(`${flowText(MENU)}\n# changed`, 'main-menu.yaml');
    expect(loaded.ok && again.ok && loaded.value.version !== again.value.version).toBe(true);
  });

  it('gets another version when a shared prompt changes', () => {
    const shared = (words: string): FlowLibrary => {
      const prompts = loadPrompts(`prompts: { hello: { en: ${words} } }`, 'common.yaml');
      return prompts.ok ? { prompts: prompts.value } : {};
    };
    const text = flowText('start: { do: say, prompt: hello, next: solved }');
    const [one, other] = [loadFlow(text, 'x.yaml', shared('Hello')), loadFlow(text, 'x.yaml', shared('Hi'))];
    expect(one.ok && other.ok && one.value.version !== other.value.version).toBe(true);
  });
});

it('a queue in which a caller would wait in vain is told, of a queue node and of a callback', () => {
  const library: FlowLibrary = { queues: new Set(['people', 'invoices']), queuesForCalls: new Set(['invoices']) };
  const told = (node: string): string => `node "${node}": nobody who takes calls serves the queue "people". Fix: use one of invoices, or give an agent with voice its skills`;
  expect(problemsOf(flowText(MENU), library)).toEqual([expect.stringContaining(told('person'))]);
  const callback = `start: { do: callback, prompt: p-right, enter: p-enter, into: code, queue: people, ${RETRY}, confirmed: solved, refused: solved }`;
  expect(problemsOf(flowText(callback, VARS), library)).toContainEqual(expect.stringContaining(told('start')));
  expect(problemsOf(flowText(MENU), { ...library, queuesForCalls: new Set(['people']) })).toEqual([]);
});

describe('every error is told with place, node, what is wrong and the fix', () => {
  it.each<[string, string, RegExp]>([
    ['an unknown target', flowText('start: { do: menu, prompt: p-a, keys: { 3: sales, 1: solved }, ' + RETRY + ' }'), /^flows\/x\.yaml:\d+:\d+ node "start": digit 3 leads to "sales", which does not exist\. Fix: use one of start, person, solved/],
    ['an unknown start', flowText(MENU).replace('start: start', 'start: begin'), /:7:8: start leads to "begin", which does not exist/],
    ['an unknown anywhere target', flowText(MENU, 'anywhere: { 0: nobody }'), /digit 0 leads to "nobody"/],
    ['an unknown retry target', flowText(MENU.replace('next: person', 'next: limbo')), /node "start": after noInput it leads to "limbo"/],
    ['an unknown prompt', flowText(MENU.replace('p-menu', 'nowhere')), /node "start": the prompt "nowhere" does not exist/],
    ['a prompt without a language', flowText(MENU).replace('languages: [en]', 'languages: [en, sv]'), /the prompt "p-menu" has no text in sv\. Fix: add `sv:`/],
    ['a prompt nobody says', flowText(MENU, '', { texts: { 'p-idle': 'x' } }), /the prompt "p-idle" is never said/],
    ['a node nothing leads to', flowText(`${MENU}\nisland: { do: say, prompt: p-b, next: solved }`), /node "island": nothing leads to this node/],
    ['a node without a way out', flowText(`start: { do: menu, prompt: p-a, keys: { 1: start }, noInput: { retries: 0, next: start }, noMatch: { retries: 0, next: start } }`), /node "start": from here no way ends the call/],
    ['a circle that asks nothing', flowText(`start: { do: branch, when: [{ value: $language, is: en, next: round }], else: solved }\nround: { do: say, prompt: p-a, next: start }`), /node "(start|round)": the flow can go in circles here without asking/],
    ['an error way that can break again', flowText(MENU).replace('error: person', 'error: start'), /:8:8: the way from "start" meets "start", which can break again/],
    ['a missing retry', flowText('start: { do: menu, prompt: p-a, keys: { 1: solved }, noInput: { retries: 1, next: person } }'), /node "start": "noMatch" is missing/],
    ['a missing part of the file', flowText(MENU).replace('owner: tests\n', ''), /x\.yaml:\d+:\d+: "owner" is missing\. Fix: add "owner"/],
    ['a key that is not known', flowText(MENU.replace('prompt:', 'promt:')), /node "start": "promt" is not known here\. Fix: did you mean "prompt"\?/],
    ['a kind of node that is not known', flowText(MENU.replace('do: menu', 'do: dance')), /node "start": there is no node kind "dance"/],
    ['a node that does nothing', flowText(MENU.replace('do: menu, ', '')), /node "start": the node does not say what it does/],
    ['a key that no phone has', flowText(MENU.replace('1: solved', 'A: solved')), /"A" cannot be a key here: a key is one of 0-9/],
    ['a menu without keys', flowText(MENU.replace('1: solved', '')), /the menu has no keys/],
    ['a key that leads out everywhere', flowText(MENU.replace('1: solved', '1: solved, 0: solved')), /key 0 leads to "person" from everywhere/],
    ['a repeat in silence', flowText(MENU.replace('prompt: p-menu, ', '')), /a repeat after noInput would be silent/],
    ['yes and no on one key', flowText(`start: { do: confirm, prompt: p-a, keys: { yes: 1, no: 1 }, yes: solved, no: person, ${RETRY} }`), /yes and no are the same key/],
    ['too many retries', flowText(MENU.replace('retries: 1', 'retries: 9')), /node "start": "retries" is too large\. Fix: at most 5/],
    ['min above max', flowText(collect('into: code, min: 5, max: 4'), VARS), /min 5 is more than max 4/],
    ['a variable that is not declared', flowText(collect('into: other, max: 4'), VARS), /the variable "other" is not declared/],
    ['a variable that cannot hold keys', flowText(collect('into: total, max: 4'), VARS), /"total" is of type amount and cannot hold what is keyed/],
    ['a variable with a name of the interpreter', flowText(MENU, 'vars: { call: { type: text } }'), /"call" is set by the interpreter/],
    ['a first value of another type', flowText(MENU, 'vars: { code: { type: digits, initial: 71 } }'), /the first value of "code" is not of type digits/],
    ['a slot of an unknown variable', flowText(MENU, VARS).replace('p-menu words', '"{{who}}"'), /the prompt "p-menu" speaks of "who", which is not declared/],
    ['a slot with an unknown filter', flowText(MENU, VARS).replace('p-menu words', '"{{code|sing}}"'), /there is no filter "sing"/],
    ['a filter that cannot read the type', flowText(MENU, VARS).replace('p-menu words', '"{{code|date}}"'), /the filter "date" cannot read "code", which is of type digits/],
    ['a malformed slot', flowText(MENU, VARS).replace('p-menu words', '"{{code"'), /the prompt "p-menu" holds .* which is no slot/],
    ['a secret that would be said', flowText(MENU, VARS).replace('p-menu words', '"{{pin|digits}}"'), /would say the secret "pin"/],
    ['a comparison with something unknown', flowText('start: { do: branch, when: [{ value: $other.status, is: x, next: solved }], else: person }', VARS), /"\$other\.status" is not declared/],
    ['a comparison with nothing', flowText('start: { do: branch, when: [{ value: $code, next: solved }], else: person }', VARS), /the condition compares with nothing/],
    ['a comparison that never holds', flowText('start: { do: branch, when: [{ value: $invoice.status, is: 3, next: solved }], else: person }', VARS), /never compares with 3\. Fix: put the value in quotes/],
    ['setting what is not declared', flowText('start: { do: set, values: { other: 1 }, next: solved }', VARS), /the variable "other" is not declared/],
    ['setting a value of another type', flowText('start: { do: set, values: { code: 12 }, next: solved }', VARS), /the value is not of type digits/],
    ['a connector without the exit error', flowText('start: { do: connector, call: billing.get, with: { invoice: $code }, exits: { ok: solved, notFound: person } }', VARS), /the exit "error" is missing/],
    ['a connector without the exit ok', flowText('start: { do: connector, call: billing.get, with: { invoice: $code }, exits: { error: person, notFound: person } }', VARS), /the exit "ok" is missing/],
    ['an operation nobody declares', flowText('start: { do: connector, call: billing.fly, exits: { ok: solved, error: person } }', VARS), /no connector file declares "billing\.fly"\. Fix: use one of billing\.get/],
    ['an exit that leads nowhere', flowText('start: { do: connector, call: billing.get, with: { invoice: $code }, exits: { ok: solved, error: person } }', VARS), /can come back with "notFound", which leads nowhere/],
    ['an exit that never comes', flowText('start: { do: connector, call: billing.get, with: { invoice: $code }, exits: { ok: solved, notFound: person, gone: person, error: person } }', VARS), /never comes back with "gone"/],
    ['a missing argument', flowText('start: { do: connector, call: billing.get, exits: { ok: solved, notFound: person, error: person } }', VARS), /billing\.get needs "invoice"/],
    ['an argument too many', flowText('start: { do: connector, call: billing.get, with: { invoice: $code, x: 1 }, exits: { ok: solved, notFound: person, error: person } }', VARS), /billing\.get takes no "x"/],
    ['a slow back end in silence', flowText('start: { do: connector, call: billing.get, with: { invoice: $code }, exits: { ok: solved, notFound: person, error: person } }', `${VARS}\n# filler:`).replace('prompts:\n  wait-a-moment: { en: One moment }', 'prompts: {}'), /a slow back end would be silent/],
    ['a queue that does not exist', flowText(MENU).replace('queue: people', 'queue: nobody'), /node "person": the queue "nobody" does not exist\. Fix: use one of people/],
    ['a date that is none', flowText(MENU).replace('2030-01-01', '2030-13-01'), /"reviewBy" is not right/],
    ['a language that is not spoken', flowText(MENU).replace('languages: [en]', 'languages: [fi]'), /has a value that is not known\. Fix: use one of sv, nb, en/],
    ['a list in place of text', flowText(MENU).replace('owner: tests', 'owner: [tests]'), /"owner" has the wrong type\. Fix: give text/],
    ['a prompt reference of another type', flowText(MENU.replace('prompt: p-menu', 'prompt: { p-menu: 1 }')), /node "start": "prompt" is not right\. Fix: give/],
    ['a key written twice', flowText(MENU).replace('owner: tests', 'owner: tests\nowner: others'), /not valid YAML: Map keys must be unique/],
    ['a tag', flowText(MENU).replace('owner: tests', 'owner: !js tests'), /not valid YAML: Unresolved tag/],
    ['an alias that leads nowhere', flowText(MENU).replace('owner: tests', 'owner: *who'), /not (valid|readable as) YAML/],
    ['an empty file', '', /x\.yaml:1:1: the file is empty\. Fix: write purpose, owner, reviewBy, expect, languages, start, error, nodes$/],
    ['a file of remarks only', '# later\n', /x\.yaml:\d+:\d+: the file is empty\. Fix: write purpose, /],
    ['a file that is no map', '- a\n', /x\.yaml:1:1: the file has the wrong type\. Fix: give a map with purpose, owner, /],
  ])('%s', (_title, text, expected) => {
    expect(problemsOf(text, LIBRARY).join('\n')).toMatch(expected);
  });

  it('a file name that cannot be an id is refused', () => {
    expect(problemsOf(flowText(MENU), {}, 'flows/Main Menu.yaml')).toEqual([expect.stringMatching(/the file name is the flow's id/)]);
  });

  it('points at the line and column of what is wrong', () => {
    const text = flowText('start:\n  do: say\n  prompt: p-a\n  next: nowhere');
    const line = text.split('\n').findIndex((one) => one.includes('next: nowhere')) + 1;
    expect(problemsOf(text)[0]).toContain(`flows/x.yaml:${line}:${text.split('\n')[line - 1]?.indexOf('nowhere') ?? 0 + 1}`.replace(/:(\d+)$/, (_all, column) => `:${Number(column) + 1}`));
  });

  it('are collected, not told one at a time', () => {
    const problems = problemsOf(flowText(`start: { do: menu, prompt: p-a, keys: { 1: x1, 2: x2 }, noInput: { retries: 1, next: x3 }, noMatch: { retries: 1, next: x4 } }`));
    for (const missing of ['x1', 'x2', 'x3', 'x4']) expect(problems.join('\n')).toContain(`"${missing}"`);
  });

  it('deep nesting and alias bombs are refused, not obeyed', () => {
    const nested = problemsOf('['.repeat(100_000));
    expect(nested.length).toBeGreaterThan(0);
    expect(nested.length).toBeLessThanOrEqual(100);
    const bomb = ['a: &a [x, x, x, x, x, x, x, x, x, x]', ...Array.from({ length: 9 }, (_, i) => `${'bcdefghij'[i] ?? ''}: &${'bcdefghij'[i] ?? ''} [${Array.from({ length: 10 }, () => `*${'abcdefghi'[i] ?? ''}`).join(', ')}]`)].join('\n');
    expect(problemsOf(bomb)[0]).toMatch(/not readable as YAML|not valid YAML/);
  });
});
