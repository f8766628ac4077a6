import { describe, expect, it } from 'vitest';
import { stepFlow } from '../../../gateway/core/flow/interpret.js';
import { summarise } from '../../../gateway/core/flow/summarise.js';
import { FlowDriver } from './flow-driver.js';
import { COLLECT, GOOD, heardIn, MENU, ORDER, VARS } from './flows-of-tests.js';
import { RETRY, smallFlow } from './small-flow.js';

describe('names that every object has', () => {
  const KEYS = 'noInput: { retries: 1, next: person }, noMatch: { retries: 1, next: person }';

  it('are names of nodes as any other: visits are counted', () => {
    const flow = smallFlow(`start: { do: branch, when: [{ value: $visits.constructor, atLeast: 2, next: solved }], else: constructor }\nconstructor: { do: menu, prompt: p-a, keys: { 1: start }, ${KEYS} }`);
    const call = new FlowDriver(flow).settle();
    expect(call.state.visits).toMatchObject({ start: 1, constructor: 1 });
    expect(call.press('1').settle().press('1').settle().exit).toEqual({ kind: 'hangup', outcome: 'solved' });
  });

  it('are names of variables as any other: one that is not set is not shown', () => {
    const flow = smallFlow(`start: { do: collect, prompt: p-a, into: constructor, max: 4, next: solved, ${KEYS} }`, 'vars: { constructor: { type: digits, label: Number } }');
    const call = new FlowDriver(flow).settle();
    expect(summarise(flow, call.state).shown).toEqual({});
  });
});

describe('taking up a run after a crash', () => {
  it('orders the pending call again under the same ids and says the filler at once', () => {
    const call = new FlowDriver(ORDER, () => ({ ...GOOD, afterMs: 5_000 })).settle().press('1', 0).crash();
    expect(call.orders).toHaveLength(2);
    expect(call.orders[1]).toEqual(call.orders[0]);
    expect(call.lastHeard).toBe('One moment');
    expect(call.settle().node).toBe('again');
  });

  it('says a say node again from its beginning', () => {
    const flow = smallFlow('start: { do: say, prompt: [p-legal, p-b], next: solved }');
    const call = new FlowDriver(flow).wait(1_000).crash();
    expect(heardIn(call)).toBe('p-legal words | p-b words | p-legal words');
    expect(call.settle().exit).toEqual({ kind: 'hangup', outcome: 'solved' });
  });

  it('asks again, forgets half an entry and keeps the count of tries', () => {
    const call = new FlowDriver(COLLECT).settle().wait(6_000).settle().press('47').crash();
    expect(call.lastHeard).toBe('p-ask words');
    call.settle().press('123#');
    expect(call.state.vars['code']).toBe('123');
    const tried = new FlowDriver(COLLECT).settle().wait(6_000).crash().settle().wait(6_000);
    expect(tried.exit).toMatchObject({ kind: 'queue' });
  });

  it('goes on with an answer that had come before', () => {
    const flow = smallFlow(`start: { do: connector, call: x.get, exits: { ok: solved, error: person } }`);
    const call = new FlowDriver(flow, () => ({ exit: 'ok', afterMs: 1_300 })).wait(1_400).crash();
    expect(call.orders).toHaveLength(1);
    expect(call.exit).toEqual({ kind: 'hangup', outcome: 'solved' });
  });

  it('keys from before are not taken for answers to what is said again', () => {
    const flow = smallFlow(`start: { do: menu, prompt: [p-legal, p-menu], keys: { 1: solved }, ${RETRY} }`);
    const call = new FlowDriver(flow).press('1', 0).crash().settle();
    expect(call.exit).toBeNull();
  });

  it('does not count as another visit', () => {
    const call = new FlowDriver(COLLECT).settle().crash().crash();
    expect(call.state.visits).toMatchObject({ start: 1 });
  });

  it('a node that the flow no longer has leads to the error node', () => {
    const call = new FlowDriver(COLLECT).settle();
    const { state } = call;
    const moved = { ...state, activity: { ...state.activity, node: 'gone' } } as typeof state;
    expect(stepFlow(COLLECT, moved, { type: 'flow.digit', at: call.now, digit: '4' }).effects.at(-1)).toMatchObject({ type: 'flow.left', exit: { kind: 'queue' } });
  });
});

describe('what breaks', () => {
  it('a prompt that cannot be played leads to the error node, and what fails on the way out is left out', () => {
    const withSorry = smallFlow(`start: { do: menu, prompt: p-a, keys: { 1: solved, 2: sorry }, ${RETRY} }\nsorry: { do: say, prompt: p-sorry, next: person }`);
    const call = new FlowDriver({ ...withSorry, error: 'sorry' });
    const sayId = call.effects.flatMap((effect) => (effect.type === 'flow.say' ? [effect.sayId] : []));
    call.feed({ type: 'flow.sayFailed', at: call.now, sayId: sayId[0] ?? '' });
    expect(call.node).toBe('sorry');
    const next = call.effects.findLast((effect) => effect.type === 'flow.say');
    call.feed({ type: 'flow.sayFailed', at: call.now, sayId: next?.type === 'flow.say' ? next.sayId : '' });
    expect(call.exit).toMatchObject({ kind: 'queue' });
  });

  it('half a sentence is never said: a value that is missing leads to the error node', () => {
    const flow = smallFlow('start: { do: say, prompt: p-a, next: solved }', VARS);
    const prompts = new Map([...flow.prompts, ['p-a', { en: 'You owe {{got.owed|amount}}', bargeIn: true }]]);
    const call = new FlowDriver({ ...flow, prompts });
    expect(call.heard).toEqual([]);
    expect(call.exit).toMatchObject({ kind: 'queue' });
  });

  it('the step that breaks is noted where it breaks, not where the caller came from', () => {
    const nodes = (broken: string): string => `start: { do: menu, prompt: p-a, keys: { 1: next, 2: solved }, ${RETRY} }\nnext: ${broken}`;
    for (const broken of ['{ do: say, prompt: p-owed, next: person }', '{ do: connector, call: x.get, with: { code: $code }, exits: { ok: person, error: person } }', '{ do: set, values: { pin: $code }, next: person }', '{ do: transfer, to: "{{code}}" }']) {
      const call = new FlowDriver(smallFlow(nodes(broken), VARS, {}, broken.includes('p-owed') ? { 'p-owed': '{{got.owed|amount}}' } : {})).settle().press('1');
      expect(call.state.path.filter(({ did }) => did !== undefined && /lacks|missing/.test(did)).map(({ node }) => node)).toEqual(['next']);
    }
  });

  it('a circle that no check saw ends the run instead of spinning', () => {
    const flow = smallFlow(`start: { do: language, to: en, next: solved }`);
    const nodes = new Map([...flow.nodes, ['start', { do: 'language', to: 'en', next: 'start' } as const]]);
    expect(new FlowDriver({ ...flow, nodes }).exit).toEqual({ kind: 'broken' });
  });

  describe('on the error way', () => {
    const flow = smallFlow(
      `start: { do: menu, prompt: p-a, keys: { 1: solved, 2: sorry, 3: regret, 4: mute, 5: out }, ${RETRY} }
sorry: { do: hangup, prompt: p-sorry }
regret: { do: say, prompt: p-regret, next: mute }
mute: { do: hangup }
out: { do: transfer, to: "{{code}}" }`,
      VARS,
    );
    const failSay = (call: FlowDriver): FlowDriver => {
      const say = call.effects.findLast((effect) => effect.type === 'flow.say');
      return call.feed({ type: 'flow.sayFailed', at: call.now, sayId: say?.type === 'flow.say' ? say.sayId : '' });
    };
    const failing = (error: string): FlowDriver => failSay(new FlowDriver({ ...flow, error }));

    it.each([
      ['its words cannot be said', () => failSay(failing('sorry'))],
      ['none of its words were heard', () => failSay(failing('regret'))],
      ['it has no words', () => failing('mute')],
      ['it breaks itself', () => failing('out')],
    ])('the flow is broken, never left in silence, when %s', (_what, broken) => {
      expect(broken().exit).toEqual({ kind: 'broken' });
    });

    it.each(['sorry', 'regret'])('%s ends as it says when its words were heard', (error) => {
      expect(failing(error).settle().exit).toEqual({ kind: 'hangup', outcome: 'told' });
    });

    it('words that the caller cut short were heard', () => {
      expect(failing('sorry').press('5', 0).exit).toEqual({ kind: 'hangup', outcome: 'told' });
    });
  });

  it('nothing happens after the flow was left', () => {
    const call = new FlowDriver(MENU).press('2', 0);
    const { state } = call;
    for (const event of [
      { type: 'flow.digit', at: 0, digit: '1' },
      { type: 'flow.said', at: 0, sayId: 'flow.small.1', isWhole: true },
      { type: 'flow.sayFailed', at: 0, sayId: 'flow.small.1' },
      { type: 'flow.timerFired', at: 0, timer: 'noInput.1' },
      { type: 'flow.connectorReturned', at: 0, requestId: 'x', exit: 'ok', result: null },
    ] as const) expect(stepFlow(MENU, state, event)).toEqual({ state, effects: [] });
  });
});

describe('state and summary', () => {
  it('the state is plain JSON at every step', () => {
    const call = new FlowDriver(ORDER, () => GOOD);
    for (const key of ['1', '1', '2']) {
      expect(JSON.parse(JSON.stringify(call.state))).toEqual(call.state);
      call.press(key, 0).settle();
    }
    expect(JSON.parse(JSON.stringify(call.state))).toEqual(call.state);
  });

  it('a step never changes the state it is given', () => {
    const call = new FlowDriver(ORDER, () => GOOD).settle();
    const before = JSON.stringify(call.state);
    stepFlow(ORDER, call.state, { type: 'flow.digit', at: call.now, digit: '1' });
    expect(JSON.stringify(call.state)).toBe(before);
  });

  it('tells wording, keys and deeds in order, and masks secrets', () => {
    const flow = smallFlow(
      `start: { do: collect, reason: demo.test, prompt: p-pin, into: pin, max: 4, next: act, ${RETRY} }\nact: { do: connector, call: x.get, into: got, exits: { ok: who, error: person } }\nwho: { do: set, customer: { id: $got.name, name: $got.name, confidence: entered }, next: person }`,
      VARS,
    );
    const call = new FlowDriver(flow, () => GOOD).settle().press('8642').settle();
    const summary = summarise(flow, call.state);
    expect(summary.path.map(({ at: _at, ...entry }) => entry)).toEqual([
      { node: 'start', said: 'p-pin words', entered: '••••' },
      { node: 'act', did: 'x.get → ok' },
      { node: 'person', did: 'queue people' },
    ]);
    expect(summary).toMatchObject({ flowId: 'small', language: 'en', statedReason: 'demo.test', shown: { PIN: '••••', Name: 'Anna', Owed: '12.50' }, customer: { id: 'Anna', confidence: 'entered' } });
    expect(JSON.stringify(summary)).not.toContain('8642');
    expect(call.exit).toMatchObject({ reason: 'demo.test' });
  });

  it('keeps the newest 200 steps of a long call', () => {
    const flow = smallFlow(`start: { do: menu, prompt: p-a, keys: { 1: start, 2: solved }, ${RETRY} }`);
    const call = new FlowDriver(flow).press('1'.repeat(300), 0);
    expect(call.state.path).toHaveLength(200);
  });

  it('an endless caller ends at last', () => {
    const flow = smallFlow(`start: { do: menu, prompt: p-a, keys: { 1: start, 2: solved }, ${RETRY} }`);
    expect(new FlowDriver(flow).press('1'.repeat(1_100), 0).exit).toEqual({ kind: 'broken' });
  });
});

describe('other nodes', () => {
  it.each<[string, string]>([
    ['{ value: $code, is: "12" }', 'yes'],
    ['{ value: $code, is: "13" }', 'no'],
    ['{ value: $code, isNot: "13" }', 'yes'],
    ['{ value: $pin, isNot: "13" }', 'yes'],
    ['{ value: $code, in: ["11", "12"] }', 'yes'],
    ['{ value: $code, startsWith: "1" }', 'yes'],
    ['{ value: $code, startsWith: "2" }', 'no'],
    ['{ value: $count, moreThan: 2 }', 'yes'],
    ['{ value: $count, moreThan: 3 }', 'no'],
    ['{ value: $count, atLeast: 3 }', 'yes'],
    ['{ value: $count, lessThan: 3 }', 'no'],
    ['{ value: $count, atMost: 3 }', 'yes'],
    ['{ value: $count, atLeast: 1, atMost: 2 }', 'no'],
    ['{ value: $day, lessThan: "2026-10-02" }', 'yes'],
    ['{ value: $day, moreThan: "2026-09-30" }', 'yes'],
    ['{ value: $pin, isSet: true }', 'no'],
    ['{ value: $pin, isSet: false }', 'yes'],
    ['{ value: $pin, atLeast: "0" }', 'no'],
    ['{ value: $call.dnis, is: "100" }', 'yes'],
    ['{ value: $call.ani, isSet: false }', 'yes'],
    ['{ value: $language, is: en }', 'yes'],
    ['{ value: $visits.start, is: 1 }', 'yes'],
    ['{ value: $visits.person, is: 0 }', 'yes'],
  ])('branch %s → %s', (condition, way) => {
    const vars = 'vars: { code: { type: digits, initial: "12" }, pin: { type: digits }, count: { type: number, initial: 3 }, day: { type: date, initial: "2026-10-01" } }';
    const flow = smallFlow(`start: { do: branch, when: [${condition.replace(' }', ', next: solved }')}], else: person }`, vars);
    expect(new FlowDriver(flow).exit?.kind).toBe(way === 'yes' ? 'hangup' : 'queue');
  });

  it('language changes what is said from there on; an offer of the language spoken is left out', () => {
    const flow = smallFlow(`start: { do: menu, prompt: [p-menu, p-offer], keys: { 8: to-english }, ${RETRY} }\nto-english: { do: language, to: en, next: start-again }\nstart-again: { do: menu, prompt: [p-menu, p-offer], keys: { 1: solved }, ${RETRY} }`);
    const prompts = new Map([...flow.prompts, ['p-menu', { sv: 'meny', en: 'menu', bargeIn: true }], ['p-offer', { offers: 'en' as const, en: 'For English, press eight', bargeIn: true }]]);
    const call = new FlowDriver({ ...flow, languages: ['sv', 'en'], prompts }, undefined, { language: 'sv' });
    expect(call.effects[0]).toMatchObject({ utterances: [{ language: 'sv', text: 'meny' }, { language: 'en', text: 'For English, press eight' }] });
    call.press('8', 0);
    expect(call.lastHeard).toBe('menu');
  });

  it('speaks the first language when the one asked for is not among its own', () => {
    expect(new FlowDriver(MENU, undefined, { language: 'sv' }).state.language).toBe('en');
  });

  it('queue carries needs, band and reason; templates in skills follow the language', () => {
    const flow = smallFlow('start: { do: queue, reason: billing.question, queue: people, band: 10, needs: [{ skill: "language-{{language}}", minLevel: 5 }, { skill: billing }] }');
    expect(new FlowDriver(flow).exit).toEqual({ kind: 'queue', queue: 'people', band: 10, reason: 'billing.question', needs: [{ skill: 'language-en', minLevel: 5 }, { skill: 'billing', minLevel: 1 }] });
  });

  it('transfer leaves with its target', () => {
    const flow = smallFlow('start: { do: transfer, prompt: p-bye, to: "+46{{code}}" }', VARS);
    expect(new FlowDriver(flow, undefined, { vars: { code: '701', other: 'dropped' } }).settle().exit).toEqual({ kind: 'transfer', target: '+46701', headers: {} });
  });

  it('hangup without an outcome is solved when a node before said so, else told', () => {
    const flow = (solved: string): ReturnType<typeof smallFlow> => smallFlow(`start: { do: say, ${solved} prompt: p-a, next: bye }\nbye: { do: hangup, prompt: p-bye }`);
    expect(new FlowDriver(flow('solved: true,')).settle().exit).toEqual({ kind: 'hangup', outcome: 'solved' });
    expect(new FlowDriver(flow('')).settle().exit).toEqual({ kind: 'hangup', outcome: 'told' });
  });
});
