import { describe, expect, it } from 'vitest';
import { openingHoursSchema, toOpeningHours } from '../../../../gateway/core/flow/opening-hours.js';
import { summarise } from '../../../../gateway/core/flow/summarise.js';
import { FlowDriver } from '../flow-driver.js';
import { problemsOf, RETRY, smallFlow } from '../small-flow.js';

const office = toOpeningHours(openingHoursSchema.parse({ timeZone: 'Europe/Stockholm', holidays: 'SE', open: { 'mon-fri': '08:00-17:00' } }), () => new Set(['2026-12-25']));
const HOURS = { hours: new Map([['office', office]]) };
const at = (local: string): { at: never } => ({ at: Date.parse(`${local}:00+01:00`) as never });

describe('an hours node', () => {
  const OPEN = 'start: { do: hours, of: office, open: solved, closed: told }\ntold: { do: hangup, prompt: p-told }';
  const WITH_HOLIDAY = `${OPEN.replace('told }', 'told, holiday: feast }')}\nfeast: { do: hangup, prompt: p-feast }`;

  it.each([
    ['2026-11-30T09:00', 'solved', ''],
    ['2026-11-30T18:00', 'told', 'p-told words'],
    ['2026-12-25T09:00', 'told', 'p-feast words'],
  ])('at %s: %s', (local, outcome, heard) => {
    const driver = new FlowDriver(smallFlow(WITH_HOLIDAY, '', HOURS), undefined, at(local)).settle();
    expect([driver.exit, driver.lastHeard]).toMatchObject([{ kind: 'hangup', outcome }, heard]);
  });

  it('takes a holiday as closed where the author says nothing of holidays', () => {
    expect(new FlowDriver(smallFlow(OPEN, '', HOURS), undefined, at('2026-12-25T09:00')).settle().lastHeard).toBe('p-told words');
  });

  it('lets prompts say when it opens', () => {
    const flow = smallFlow('start: { do: hours, of: office, open: solved, closed: told }\ntold: { do: hangup, prompt: p-opens }', '', HOURS, { 'p-opens': 'We open on {{hours.opensOn|weekday}} at {{hours.opensAt|time}}' });
    expect(new FlowDriver(flow, undefined, at('2026-11-28T12:00')).settle().lastHeard).toBe('We open on Monday at eight a.m.');
  });

  it('of hours that nobody wrote down is refused', () => {
    expect(problemsOf('start: { do: hours, of: shop, open: solved, closed: person }', '', HOURS)).toEqual(['there are no opening hours "shop"']);
  });
});

describe('a share node', () => {
  const flow = smallFlow('start: { do: share, percent: 30, to: solved, else: person }');
  const wayOf = (ani: string): string | undefined => new FlowDriver(flow, undefined, { ani }).exit?.kind;

  it('sends about that share of the callers the other way', () => {
    const inShare = Array.from({ length: 2_000 }, (_, n) => wayOf(`+4670${1_000_000 + n * 7_919}`)).filter((kind) => kind === 'hangup').length;
    expect(inShare / 2_000).toBeGreaterThan(0.26);
    expect(inShare / 2_000).toBeLessThan(0.34);
  });

  it('sends the same caller the same way each time', () => {
    expect(new Set(Array.from({ length: 5 }, () => wayOf('+46701234567'))).size).toBe(1);
  });

  it.each([[0, 'queue'], [100, 'hangup']])('of %i percent sends everybody to the %s', (percent, kind) => {
    const all = smallFlow(`start: { do: share, percent: ${percent}, to: solved, else: person }`);
    expect(new FlowDriver(all, undefined, { ani: '+1' }).exit?.kind).toBe(kind);
  });
});

describe('a language node', () => {
  const spoken = (fields: string, start: { ani?: string; vars?: Record<string, string> } = {}, vars = ''): string =>
    new FlowDriver(smallFlow(`start: { do: language, ${fields}, next: told }\ntold: { do: hangup, prompt: p-told }`, vars, {}, {}, ['en', 'sv']), undefined, start).settle().state.language;

  it('goes by the beginning of the number, the longest first', () => {
    const by = 'byNumber: { "+46": sv, "+4": en, "+44": en }';
    expect(spoken(by, { ani: '+46701234567' })).toBe('sv');
    expect(spoken(by, { ani: '+4512345678' })).toBe('en');
    expect(spoken(by, { ani: '+15551234' })).toBe('en');
    expect(spoken(by)).toBe('en');
  });

  it('goes by a stored preference, and leaves the language alone when the flow does not speak it', () => {
    const vars = 'vars: { wish: { type: text } }';
    expect(spoken('from: $wish', { vars: { wish: 'sv' } }, vars)).toBe('sv');
    expect(spoken('from: $wish', { vars: { wish: 'fi' } }, vars)).toBe('en');
    expect(spoken('from: $wish', {}, vars)).toBe('en');
  });

  it('that says nothing, or two things, is refused', () => {
    expect(problemsOf('start: { do: language, next: solved }')).toEqual(['the node must say one of to, from and byNumber']);
    expect(problemsOf('start: { do: language, to: en, byNumber: { "+46": en }, next: solved }')).toEqual(['the node must say one of to, from and byNumber']);
    expect(problemsOf('start: { do: language, to: sv, next: solved }')).toEqual(['the flow does not speak "sv"']);
  });
});

describe('an incident', () => {
  const NOW = Date.parse('2026-11-30T10:00:00Z') as never;
  const incident = (changes: object = {}) => ({ id: 'cable', texts: { en: 'A cable is cut.' }, from: (NOW - 1) as never, until: (NOW + 60_000) as never, services: [], areas: [], flows: [], ...changes });
  const call = (incidents: readonly ReturnType<typeof incident>[], nodes = `start: { do: menu, prompt: p-menu, keys: { 1: solved }, ${RETRY} }`): FlowDriver => new FlowDriver(smallFlow(nodes), undefined, { at: NOW, incidents });

  it('is told first in every flow, before its own first words', () => {
    expect(call([incident()]).settle().heard).toEqual(['A cable is cut.', 'p-menu words']);
  });

  it('is not told before its time, after it, in another language, or in another flow', () => {
    for (const changes of [{ from: NOW + 1 }, { until: NOW }, { texts: { sv: 'x' } }, { flows: ['other'] }]) expect(call([incident(changes as object)]).settle().heard).toEqual(['p-menu words']);
    expect(call([incident({ flows: ['small'] })]).settle().heard).toHaveLength(2);
  });

  it('counts who hangs up after it, before the next key, as informed', () => {
    const driver = call([incident()]).settle();
    expect(summarise(driver.flow, driver.state).informedOf).toBe('cable');
    driver.press('5');
    expect(summarise(driver.flow, driver.state).informedOf).toBeNull();
  });

  it('of a service or an area is told where the flow asks for it, and nowhere else', () => {
    const nodes = 'start: { do: set, values: { postcode: "72130" }, next: local }\nlocal: { do: incident, services: [broadband], area: $postcode, next: solved }';
    const heard = (changes: object): readonly string[] => new FlowDriver(smallFlow(nodes, 'vars: { postcode: { type: digits } }'), undefined, { at: NOW, incidents: [incident(changes)] }).settle().heard;
    expect(heard({ services: ['broadband'], areas: ['721'] })).toEqual(['A cable is cut.']);
    expect(heard({ services: ['phone'] })).toEqual([]);
    expect(heard({ areas: ['9'] })).toEqual([]);
    expect(call([incident({ areas: ['721'] })]).settle().heard).toEqual(['p-menu words']);
  });

  it('is told once in a call, also by a flow that is a part of another', () => {
    const part = smallFlow('start: { do: return, exit: done }', '', {}, {}, ['en'], 'part');
    const whole = smallFlow('start: { do: subflow, flow: part, exits: { done: solved } }', '', { flows: new Map([['part', part]]) });
    expect(new FlowDriver(whole, undefined, { at: NOW, incidents: [incident()] }).settle().heard).toEqual(['A cable is cut.']);
  });
});

describe('a flow that is a part of another', () => {
  const part = smallFlow(
    `start: { do: collect, prompt: p-ask, into: number, max: 4, next: check, ${RETRY} }\ncheck: { do: branch, when: [{ value: $number, is: $wanted, next: right }], else: wrong }\nright: { do: return, exit: right }\nwrong: { do: return, exit: wrong }`,
    'vars: { number: { type: digits, label: Number keyed }, wanted: { type: digits } }', {}, {}, ['en'], 'part',
  );
  const around = { flows: new Map([['part', part]]) };
  const whole = smallFlow('start: { do: subflow, flow: part, with: { wanted: $code }, into: { keyed: number }, exits: { right: solved, wrong: told } }\ntold: { do: hangup, prompt: p-told }', 'vars: { code: { type: digits, initial: "4711" }, keyed: { type: digits } }', around);

  it('runs with its own variables and comes back by its exit, with what was asked for', () => {
    const driver = new FlowDriver(whole).settle().press('4711').settle();
    expect(driver.exit).toMatchObject({ kind: 'hangup', outcome: 'solved' });
    expect(driver.state.vars).toEqual({ code: '4711', keyed: '4711' });
    expect(driver.state.frames).toEqual([]);
  });

  it('what it did not set this time is not set afterwards either', () => {
    const keyed = 'vars: { keyed: { type: digits, initial: "1234" } }';
    const early = smallFlow('start: { do: return, exit: right }', 'vars: { number: { type: digits } }', {}, {}, ['en'], 'part');
    const above = smallFlow('start: { do: subflow, flow: part, into: { keyed: number }, exits: { right: solved } }', keyed, { flows: new Map([['part', early]]) });
    expect(new FlowDriver(above).settle().state.vars).toEqual({});
  });

  it('is shown to agents with its values while it runs', () => {
    const driver = new FlowDriver(whole).settle().press('4712#');
    expect(new FlowDriver(whole).settle().press('47').state.inFlow).toBe('part');
    expect(driver.settle().lastHeard).toBe('p-told words');
    const inside = new FlowDriver(whole).settle().press('4').press('0');
    expect(Object.keys(summarise(inside.flow, inside.state).shown)).not.toContain('keyed');
  });

  it('is taken up after a crash where it stood', () => {
    const driver = new FlowDriver(whole).settle().press('47').crash().settle().press('4711').settle();
    expect(driver.exit).toMatchObject({ outcome: 'solved' });
  });

  it('called by a number of its own, ends the call where it would come back', () => {
    expect(new FlowDriver(part, undefined, { vars: { wanted: '1' } }).settle().press('1#').settle().exit).toMatchObject({ kind: 'hangup', outcome: 'told' });
  });

  it('changes the version of the whole when it changes', () => {
    const other = smallFlow('start: { do: return, exit: right }\nx: { do: return, exit: wrong }'.replace(/\nx.*/, ''), 'vars: { number: { type: digits }, wanted: { type: digits } }', {}, {}, ['en'], 'part');
    const again = smallFlow('start: { do: subflow, flow: part, exits: { right: solved } }', '', { flows: new Map([['part', other]]) });
    const before = smallFlow('start: { do: subflow, flow: part, exits: { right: solved } }', '', { flows: new Map([['part', smallFlow('start: { do: return, exit: right }', '', {}, {}, ['en'], 'part')]]) });
    expect(again.version).not.toBe(before.version);
  });

  it.each([
    ['{ right: solved }', 'with: {}', '"part" can come back with "wrong", which leads nowhere'],
    ['{ right: solved, wrong: solved, other: solved }', 'with: {}', '"part" never comes back with "other"'],
    ['{ right: solved, wrong: solved }', 'with: { colour: red }', '"part" has no variable "colour"'],
  ])('with exits %s and %s is refused', (exits, fields, what) => {
    expect(problemsOf(`start: { do: subflow, flow: part, ${fields}, exits: ${exits} }`, '', around)).toEqual([what]);
  });

  it('that does not exist is refused', () => {
    expect(problemsOf('start: { do: subflow, flow: nowhere, exits: { done: solved } }', '', around)).toEqual(['there is no flow "nowhere"']);
  });
});
