import fc from 'fast-check';
import type { Flow } from '../../../../gateway/core/flow/flow-schema.js';
import { loadFlow } from '../../../../gateway/core/flow/load.js';
import { openingHoursSchema, toOpeningHours } from '../../../../gateway/core/flow/opening-hours.js';
import type { Prompt } from '../../../../gateway/core/flow/prompt-schema.js';
import { VARS } from '../../flow/flows-of-tests.js';
import { flowText, smallFlow } from '../../flow/small-flow.js';

export const HOURS = new Map([['office', toOpeningHours(openingHoursSchema.parse({ timeZone: 'Europe/Stockholm', open: { 'mon-fri': '08:00-17:00' } }), () => new Set())]]);

/** A part that comes back by two exits, and counts. */
const PART = smallFlow(
  `start: { do: collect, prompt: p-number, into: number, max: 4, next: which, noInput: { retries: 0, next: none }, noMatch: { retries: 1, next: miss } }\nwhich: { do: branch, when: [{ value: $number, is: $known, next: right }], else: miss }\nmiss: { do: say, prompt: p-miss, next: enough }\nenough: { do: branch, when: [{ value: $visits.miss, atLeast: 2, next: none }], else: start }\nright: { do: return, exit: right }\nnone: { do: return, exit: none }`,
  'vars: { number: { type: digits }, known: { type: digits } }', {}, {}, ['sv', 'en'], 'part',
);

/** A part that asks a back end and hands over what it answered. */
const ASKING = smallFlow(
  `start: { do: connector, call: x.act, into: found, exits: { ok: whose, refused: again, error: none } }\nwhose: { do: branch, when: [{ value: $found.name, is: anna, next: right }, { value: $found.owed, atLeast: 500, next: none }], else: again }\nagain: { do: menu, prompt: p-whose, keys: { 1: right, 2: start }, noInput: { retries: 0, next: none }, noMatch: { retries: 0, next: none } }\nright: { do: return, exit: right }\nnone: { do: return, exit: none }`,
  'vars: { found: { type: record, fields: { name: { type: text, label: Name }, owed: { type: amount, label: Owed } } } }', {}, {}, ['sv', 'en'], 'asking',
);

/** `N`: the node after it; `T`, `U`: any; `P`: its own prompts. */
const NODES = [
  'do: menu, prompt: P, keys: { 1: N, 2: T }, noInput: { retries: 1, prompt: p-again, next: U }, noMatch: { retries: 1, next: T }',
  'do: menu, prompt: P, keys: { 1: N, 2: T, 3: U }, noInput: { retries: 0, next: person }, noMatch: { retries: 2, prompt: p-again, next: person }',
  'do: say, prompt: P, next: N',
  'do: say, solved: true, prompt: P, next: N',
  'do: collect, prompt: P, into: code, max: 3, next: N, noInput: { retries: 1, prompt: p-again, next: T }, noMatch: { retries: 0, next: U }',
  'do: confirm, prompt: P, yes: N, no: T, noInput: { retries: 0, next: U }, noMatch: { retries: 1, next: person }',
  'do: connector, call: x.act, into: got, exits: { ok: N, refused: T, error: U }',
  'do: branch, when: [{ value: $visits.start, atLeast: 2, next: T }], else: N',
  'do: branch, when: [{ value: $language, is: sv, next: T }], else: N',
  'do: branch, when: [{ value: $code, isSet: true, next: T }, { value: $code, is: $pin, next: U }], else: N',
  'do: branch, when: [{ value: $got.name, is: anna, next: T }], else: N',
  'do: branch, when: [{ value: $got.owed, atLeast: 100, next: T }, { value: $got.name, isSet: true, next: U }], else: N',
  'do: set, values: { pin: $code }, next: N',
  'do: set, values: { pin: "77" }, next: N',
  'do: language, to: en, next: N',
  'do: language, to: sv, next: N',
  'do: language, byNumber: { "+46": sv, "+44": en }, next: N',
  'do: language, from: $got.name, next: N',
  'do: hours, of: office, open: N, closed: T',
  'do: share, percent: 30, to: T, else: N',
  'do: record, prompt: P, next: N, empty: T, failed: U',
  'do: subflow, flow: part, with: { known: $pin }, into: { code: number }, exits: { right: N, none: T }',
  'do: subflow, flow: asking, into: { got: found }, exits: { right: N, none: T }',
] as const;

/** What a prompt says by language; null: as it is written. */
const TEXTS: readonly (Partial<Prompt> | null)[] = [
  null,
  { sv: 'Kod {{code|digits}}', en: 'Code {{code|digits}}' },
  { sv: 'Koden, tack', en: 'Your code {{code|digits}}' },
  { sv: 'Namn {{got.name}}', en: 'Name {{got.name|text}} owes {{got.owed|amount}}' },
  { sv: 'Ett mycket längre sätt att säga detsamma, med många ord', en: 'Brief' },
  { sv: 'Bara svenska', en: undefined } as Partial<Prompt>,
  { sv: undefined, en: 'English only' } as Partial<Prompt>,
  { sv: 'Ord', en: ' ' },
  { sv: 'På svenska, tryck ett', en: undefined, offers: 'sv' } as Partial<Prompt>,
  { en: 'In English, press one', sv: undefined, offers: 'en' } as Partial<Prompt>,
  { sv: 'Villkor', en: 'Terms', bargeIn: false },
];

interface Drawn {
  readonly node: (typeof NODES)[number];
  readonly to: readonly [number, number];
  readonly texts: readonly number[];
}

const drawn: fc.Arbitrary<Drawn> = fc.record({
  node: fc.constantFrom(...NODES),
  to: fc.tuple(fc.nat(9), fc.nat(9)),
  // One that tells languages apart does so for the whole flow, mostly: few at a time.
  texts: fc.array(fc.oneof({ weight: 12, arbitrary: fc.constant(0) }, { weight: 3, arbitrary: fc.nat(TEXTS.length - 1) }), { minLength: 1, maxLength: 2 }),
});

/** Small flows in two languages, most of them with faults: none where the checks at load refuse it. */
export const randomFlow: fc.Arbitrary<Flow | null> = fc.tuple(fc.array(drawn, { minLength: 2, maxLength: 7 }), fc.boolean()).map(([nodes, hasWayOut]) => toFlow(nodes, hasWayOut));

function toFlow(nodes: readonly Drawn[], hasWayOut: boolean): Flow | null {
  const nameOf = (index: number): string => (index === 0 ? 'start' : index < nodes.length ? `n${index}` : index % 2 === 0 ? 'person' : 'done');
  const written = nodes.map(({ node, to, texts }, index) => {
    const prompts = texts.map((_, nth) => `p-${index}-${nth}`).join(', ');
    return `${nameOf(index)}: { ${node.replace('prompt: P', `prompt: [${prompts}]`).replaceAll(/\bN\b/g, nameOf(index + 1)).replaceAll(/\bT\b/g, nameOf(to[0])).replaceAll(/\bU\b/g, nameOf(to[1]))} }`;
  });
  const text = flowText([...written, 'done: { do: hangup, prompt: p-done }'].join('\n'), `${VARS}${hasWayOut ? '' : '\nanywhere: {}'}`, { languages: ['sv', 'en'] });
  const loaded = loadFlow(text, 'test/small.yaml', { hours: HOURS, flows: new Map([['part', PART], ['asking', ASKING]]) });
  if (!loaded.ok) return null;
  const texts = nodes.flatMap((node, index) => node.texts.map((text, nth) => [`p-${index}-${nth}`, TEXTS[text] ?? null] as const));
  return { ...loaded.value, prompts: texts.reduce((all, [id, change]) => changed(all, id, change), loaded.value.prompts) };
}

function changed(prompts: Flow['prompts'], id: string, change: Partial<Prompt> | null): Flow['prompts'] {
  const prompt = prompts.get(id);
  return prompt === undefined || change === null ? prompts : new Map(prompts).set(id, { ...prompt, ...change });
}
