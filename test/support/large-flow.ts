import type { Flow } from '../../gateway/core/flow/flow-schema.js';
import { loadFlow } from '../../gateway/core/flow/load.js';
import { openingHoursSchema, toOpeningHours } from '../../gateway/core/flow/opening-hours.js';
import { formatProblem } from '../../gateway/core/flow/problem.js';

const TOPICS = 6;
const SERVICES_A_TOPIC = 3;
const NODES_OF_A_SERVICE = 10;

/** What the back end says of a matter, as the flow tells it apart. */
const STATUSES = ['open', 'done', 'late'] as const;

/**
 * A flow of 200 nodes as a large company has: opening hours, three languages, a caller known by number, six topics of three services each.
 * A service asks for a number, looks it up, tells its state, and does something once the caller confirmed it.
 */
export function largeFlow(): Flow {
  const hours = new Map([['office', toOpeningHours(openingHoursSchema.parse({ timeZone: 'Europe/Stockholm', holidays: 'SE', open: { 'mon-fri': '08:00-17:00' } }), () => new Set(['2026-12-25']))]]);
  const loaded = loadFlow(largeFlowText(), 'flows/large.yaml', { hours });
  if (!loaded.ok) throw new Error(loaded.problems.map(formatProblem).join('\n'));
  return loaded.value;
}

/** How many nodes the flow has, written ones only. */
export const LARGE_FLOW_NODES = 20 + TOPICS * SERVICES_A_TOPIC * NODES_OF_A_SERVICE;

export function largeFlowText(): string {
  const services = Array.from({ length: TOPICS * SERVICES_A_TOPIC }, (_, index) => index + 1);
  const nodes = [...COMMON, ...topics(), ...services.flatMap(service)].join('\n');
  const prompts = [...new Set(nodes.match(/\bp-[a-z0-9-]+\b/g) ?? []), 'p-wait'];
  return `
purpose: Self-service for everything that customers ask most.
owner: tests
reviewBy: 2030-01-01
expect: fewer calls reach an agent
languages: [sv, nb, en]
start: office
error: broke
incidents: none
anywhere: { 0: person }
filler: p-wait
vars:
  caller: { type: record, fields: { customer: digits, name: text } }
  topic: { type: text, initial: none }
${services.map((n) => `  number${n}: { type: digits, label: Number ${n} }\n  matter${n}: { type: record, fields: { status: text, amount: amount, due: date } }\n  done${n}: { type: record, fields: { due: date } }`).join('\n')}
prompts:
${prompts.map((id) => `  ${id}: ${wordsOf(id)}`).join('\n')}
nodes:
${nodes.replace(/^/gm, '  ')}
`;
}

/** A service speaks of its own values. */
function wordsOf(id: string): string {
  const n = /\d+$/.exec(id)?.[0] ?? '';
  const slots = id.startsWith('p-miss') ? `{{number${n}|digits}}` : id.startsWith('p-offer') ? `{{matter${n}.amount|amount:SEK}}, {{matter${n}.due|date}}` : id.startsWith('p-read') ? `{{done${n}.due|date}}` : '';
  return `{ ${['sv', 'nb', 'en'].map((language) => `${language}: "Words of ${id} for callers, in ${language} ${slots}"`).join(', ')} }`;
}

const TRIES = 'noInput: { retries: 2, prompt: p-again, next: person }, noMatch: { retries: 2, prompt: p-wrong, next: person }';

const COMMON: readonly string[] = [
  'office: { do: hours, of: office, open: greet, closed: shut, holiday: shut }',
  'shut: { do: hangup, prompt: p-shut, outcome: told }',
  'greet: { do: say, prompt: p-greet, next: knows }',
  'knows: { do: branch, when: [{ value: $call.ani, isSet: true, next: who }], else: main }',
  'who: { do: connector, call: crm.find, with: { number: $call.ani }, into: caller, exits: { ok: known, notFound: main, error: main } }',
  'known: { do: set, customer: { id: $caller.customer, name: $caller.name, confidence: numberOnly }, next: main }',
  `main: { do: menu, prompt: p-main, keys: { ${Array.from({ length: TOPICS }, (_, index) => `${index + 1}: topic-${index + 1}`).join(', ')}, 8: english }, ${TRIES} }`,
  'english: { do: language, to: en, next: main }',
  `more: { do: menu, prompt: p-more, keys: { 1: main, 2: bye }, noInput: { retries: 0, next: bye }, noMatch: { retries: 1, next: bye } }`,
  'bye: { do: hangup, prompt: p-bye }',
  'refused: { do: say, prompt: p-refused, next: person }',
  'trouble: { do: say, prompt: p-trouble, next: person }',
  'broke: { do: say, prompt: p-broke, next: person }',
  'person: { do: queue, prompt: p-person, queue: people }',
];

const topics = (): readonly string[] =>
  Array.from({ length: TOPICS }, (_, topic) => {
    const keys = Array.from({ length: SERVICES_A_TOPIC }, (_unused, index) => `${index + 1}: want-${topic * SERVICES_A_TOPIC + index + 1}`);
    return `topic-${topic + 1}: { do: menu, prompt: p-topic-${topic + 1}, keys: { ${keys.join(', ')}, 9: main }, ${TRIES} }`;
  });

const service = (n: number): readonly string[] => [
  `want-${n}: { do: set, reason: service.number${n}, values: { topic: t${n} }, next: ask-${n} }`,
  `ask-${n}: { do: collect, prompt: p-ask-${n}, into: number${n}, min: 4, max: 8, next: find-${n}, ${TRIES} }`,
  `find-${n}: { do: connector, call: system${n}.find, with: { number: $number${n} }, into: matter${n}, exits: { ok: check-${n}, notFound: miss-${n}, error: trouble } }`,
  `miss-${n}: { do: say, prompt: p-miss-${n}, next: again-${n} }`,
  `again-${n}: { do: branch, when: [{ value: $visits.miss-${n}, atLeast: 2, next: person }], else: ask-${n} }`,
  `check-${n}: { do: branch, when: [${STATUSES.map((status) => `{ value: $matter${n}.status, is: ${status}, next: ${status === 'open' ? `offer-${n}` : status === 'done' ? `told-${n}` : 'refused'} }`).join(', ')}], else: refused }`,
  `offer-${n}: { do: confirm, prompt: p-offer-${n}, yes: act-${n}, no: more, ${TRIES} }`,
  `act-${n}: { do: connector, call: system${n}.act, with: { number: $number${n}, topic: $topic }, into: done${n}, exits: { ok: read-${n}, refused: refused, error: trouble } }`,
  `read-${n}: { do: say, solved: true, prompt: p-read-${n}, next: more }`,
  `told-${n}: { do: say, solved: true, prompt: p-told-${n}, next: more }`,
];
