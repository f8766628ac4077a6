import { describe, expect, it } from 'vitest';
import { FlowSession } from '../../../gateway/cli/flow/flow-session.js';
import type { RunFact } from '../../../gateway/cli/flow/run-fact.js';
import { replayCall } from '../../../gateway/core/authoring/replay/replay-call.js';
import { replayOne } from '../../../gateway/core/authoring/replay/report.js';
import type { Answer, CallOrder } from '../../../gateway/core/authoring/virtual-call.js';
import type { Flow } from '../../../gateway/core/flow/flow-schema.js';
import { summarise } from '../../../gateway/core/flow/summarise.js';
import { brand, type CallId, type Json, type QueueId } from '../../../gateway/core/ids.js';
import { buildCallContext } from '../../../gateway/core/screen/build-context.js';
import { phoneCallInteraction } from '../../../gateway/core/thread/phone-call.js';
import { tapeCall, type CallerMove } from '../../support/taped-call.js';
import { problemsOf, RETRY, smallFlow } from './small-flow.js';

const [CODE, PIN, TOKEN] = ['913572', '80462', 'tok-55-secret'] as const;

const PART = smallFlow(
  'start: { do: set, values: { mine: $code }, next: over }\nover: { do: return, exit: done }',
  'vars: { code: { type: digits, secret: true, label: Part code }, mine: { type: digits, label: Part copy } }', {}, {}, ['en'], 'part',
);

/** A caller who keys a code and a PIN, and a flow that does with both whatever a flow can do. */
const FLOW = smallFlow(
  `start: { do: collect, prompt: p-code, into: code, min: 4, max: 8, next: copy, ${RETRY} }
copy: { do: set, values: { plain: $code }, next: once-more }
once-more: { do: set, values: { again: $plain }, next: in-part }
in-part: { do: subflow, flow: part, with: { code: $again }, into: { back: mine }, exits: { done: ask-pin } }
ask-pin: { do: identify, by: pin, prompt: p-pin, min: 4, max: 6, call: x.check, with: { pin: $entered, code: $back }, into: who, customer: { id: $who.id, name: $who.name }, wrong: { exits: [wrong], prompt: p-wrong, attempts: 3 }, ${RETRY}, exits: { ok: keep, wrong: person, error: person } }
keep: { do: set, values: { kept: $who }, next: look }
look: { do: connector, call: x.look, with: { token: $kept.token, code: $plain }, into: seen, receipt: { prompt: p-receipt, channel: sms }, exits: { ok: decide, error: person } }
decide: { do: branch, when: [{ value: $back, is: "${CODE}", next: told }], else: person }
told: { do: say, prompt: p-told, next: book }
book: { do: callback, prompt: p-back, enter: p-enter, into: number, queue: people, needs: [{ skill: "s-{{who.extension}}" }], agent: $seen.agent, keys: { confirm: 1, other: 2, refuse: 3 }, confirmed: out, refused: person, ${RETRY} }
out: { do: transfer, to: "+46{{who.extension}}", headers: { X-Who: "{{who.name}}" } }`,
  `vars:
  code: { type: digits, secret: true, label: Code }
  plain: { type: digits, label: Plain }
  again: { type: text, label: Again }
  back: { type: digits, label: Back }
  number: { type: digits, label: Number }
  who: { type: record, fields: { id: { type: text, label: Id }, name: { type: text, label: Name }, extension: text, token: { type: text, secret: true, label: Token } } }
  kept: { type: record, fields: { name: { type: text, label: Kept name }, token: { type: text, label: Kept token } } }
  seen: { type: record, fields: { state: { type: text, label: State }, agent: text } }`,
  { flows: new Map([['part', PART]]) },
  { 'p-told': 'Hello {{who.name}}', 'p-receipt': 'Done for {{who.name}}' },
);

const back = ({ operation, arguments: given }: CallOrder): Answer =>
  operation === 'x.check' ? { exit: given['pin'] === PIN ? 'ok' : 'wrong', result: { id: '1001', name: 'Anna', extension: String(given['pin']), token: TOKEN } } : { exit: 'ok', result: { state: 'open', agent: 'anna' } };

const listen: CallerMove = { do: 'listen' };
const press = (keys: string): CallerMove => ({ do: 'press', keys, gapMs: 200 });
const START = { callId: 'c-1', at: 1_000_000, ani: '+46701234567' } as const;
const LINES = [`${CODE}#`, `11*${PIN}#`, 'where', '1'];

async function factsOf(flow: Flow, typed: readonly string[] = LINES): Promise<readonly RunFact[]> {
  const facts: RunFact[] = [];
  const lines = [...typed];
  const session = new FlowSession({ flow, start: START, backEnd: back, isFast: true, ask: async () => Promise.resolve({ exit: 'error' }), read: async () => Promise.resolve(lines.shift() ?? null), tell: (fact) => facts.push(fact) });
  await session.run();
  return facts;
}

describe('what is keyed as a secret', () => {
  // The second entry is begun again with the star key.
  const { call, recording } = tapeCall(FLOW, [listen, press(`${CODE}#`), listen, press(`11*${PIN}#`), listen, press('1'), listen], { ...START, answer: back });
  const digits = new RegExp([CODE, PIN, TOKEN].join('|'));

  it('comes to the end of a flow that does with it whatever a flow can do', () => {
    expect(call.exit).toMatchObject({ kind: 'transfer', target: `+46${PIN}` });
    expect(call.orders.map(({ arguments: given }) => given)).toEqual([{ pin: PIN, code: CODE }, { token: TOKEN, code: CODE }]);
    expect(call.state.booked).toMatchObject({ number: '+46701234567' });
  });

  it('is in nothing that agents see: shown values, customer and way', () => {
    const summary = summarise(FLOW, call.state);
    expect(summary.shown).toMatchObject({ Code: '••••', Plain: '••••', Again: '••••', Back: '••••', Token: '••••', 'Kept token': '••••', 'Kept name': 'Anna' });
    expect(JSON.stringify(summary)).not.toMatch(digits);
  });

  it('is in nothing that is heard or sent to the caller', () => {
    const orders = call.effects.filter(({ type }) => type === 'flow.say' || type === 'flow.message');
    expect(orders.length).toBeGreaterThan(3);
    expect(JSON.stringify(orders)).not.toMatch(digits);
  });

  it('is in no recording: keys, arguments, answers, and a target that was made of what a back end repeated', () => {
    expect(recording.end).toEqual({ kind: 'transfer', target: '+46•••••' });
    expect(recording.events.filter(({ did }) => did === 'asked')).toMatchObject([{ with: { pin: '•••••', code: '••••••' }, result: { name: 'Anna', extension: '•••••' } }, { with: { code: '••••••' } }]);
    expect(JSON.stringify(recording)).not.toMatch(digits);
  });

  it('is not missed by a replay, which ends as the call did', () => {
    expect(replayOne(FLOW, recording)).toMatchObject({ verdict: 'same', now: 'transfer to +46•••••' });
    expect(JSON.stringify(replayCall(FLOW, recording))).not.toMatch(digits);
  });

  it('is in no fact of a call that is played as text', async () => {
    const facts = await factsOf(FLOW);
    expect(facts.filter(({ event }) => event === 'keyed')).toMatchObject([{ keys: '••••••#' }, { keys: '••*' }, { keys: '•••••#' }, { keys: '1' }]);
    expect(facts).toContainEqual(expect.objectContaining({ event: 'stands', vars: expect.objectContaining({ code: '••••••', plain: '••••••' }) as unknown }));
    expect(JSON.stringify(facts)).not.toMatch(digits);
  });

  it('is in none where it was typed ahead of its question, and is told once it counts there', async () => {
    const facts = await factsOf(FLOW, [`${CODE}#${PIN}#`, '1']);
    expect(facts.flatMap((fact) => (fact.event === 'keyed' ? [[fact.node, fact.keys]] : []))).toEqual([['start', '••••••#'], ['ask-pin', '•••••#'], ['book', '1']]);
    expect(JSON.stringify(facts)).not.toMatch(digits);
  });

  it('is in none where it was typed with something that is no key, or at no question', async () => {
    const facts = await factsOf(FLOW, [`${CODE.slice(0, 3)} ${CODE.slice(3)}`, `${CODE}#`, `${PIN}#`, PIN, 'hangup']);
    expect(facts).toContainEqual(expect.objectContaining({ event: 'notUnderstood', typed: '••• •••' }));
    expect(JSON.stringify(facts)).not.toMatch(digits);
  });
});

describe('what a back end repeats of a keyed secret, in a field that is not declared as one', () => {
  const shown = (value: Json): string => JSON.stringify(value);
  const REPEATING = smallFlow(
    `start: { do: identify, by: pin, prompt: p-pin, min: 4, max: 4, call: x.check, with: { pin: $entered }, into: who, customer: { id: $who.id, name: $who.name }, wrong: { exits: [wrong], prompt: p-wrong, attempts: 3 }, ${RETRY}, exits: { ok: later, wrong: person, error: person } }
later: { do: connector, call: x.look, with: { id: $who.name }, into: seen, receipt: { prompt: p-receipt, channel: sms }, exits: { ok: copy, error: person } }
copy: { do: set, values: { copied: $seen.note }, next: decide }
decide: { do: branch, when: [{ value: $copied, is: "code 2580, please", next: told }], else: person }
told: { do: say, prompt: p-told, next: person }`,
    `vars:
  copied: { type: text, label: Copied }
  who: { type: record, fields: { id: { type: text, label: Id }, name: { type: text, label: Name } } }
  seen: { type: record, fields: { note: { type: text, label: Note }, echo: { type: number, label: Echo }, day: { type: date, label: Day }, longer: { type: digits, label: Longer } } }`,
    {},
    { 'p-told': 'You keyed {{seen.echo|digits}}, that is {{copied}}', 'p-receipt': 'For {{who.name}}: {{seen.note}}' },
  );
  const SEEN = { note: 'code 2580, please', echo: 2580, day: '2580-01-02', longer: '12580' };
  const answer = ({ operation }: CallOrder): Answer => ({ exit: 'ok', result: operation === 'x.check' ? { id: '1001', name: 'Anna (2580)' } : SEEN });
  const { call, recording } = tapeCall(REPEATING, [listen, press('2580'), listen], { ...START, answer });

  it('can be used: compared, handed on and told to the caller', () => {
    expect(call.exit).toMatchObject({ kind: 'queue' });
    expect(call.heard.at(-1)).toMatch(/^You keyed (?!••••).+, that is code 2580, please$/);
  });

  it('is dots for agents and in the thread: shown values, names, copies and the words that were heard; a day and a longer number are none', () => {
    const { shown: values, customer, path } = summarise(REPEATING, call.state);
    expect(values).toEqual({ Copied: '••••', Id: '1001', Name: '••••', Note: '••••', Echo: '••••', Day: '2580-01-02', Longer: '12580' });
    expect(customer).toEqual({ id: '1001', name: '••••', confidence: 'verified' });
    expect(path.find(({ node }) => node === 'told')?.said).toBe('You keyed ••••, that is ••••');
    expect(call.messages).toEqual(['For ••••: ••••']);
  });

  it('is dots in recordings, which replay as they were', () => {
    expect(recording.events.filter(({ did }) => did === 'asked')).toMatchObject([{ result: { id: '1001', name: '•'.repeat(11) } }, { with: { id: '•'.repeat(11) }, result: { note: '•'.repeat(17), echo: '••••', day: '2580-01-02', longer: '12580' } }]);
    expect(replayOne(REPEATING, recording, REPEATING)).toMatchObject({ verdict: 'same' });
  });

  it('is no skill that the queue would write down, while the caller still reaches a person', () => {
    const asking = smallFlow(
      `start: { do: identify, by: pin, prompt: p-pin, min: 4, max: 4, call: x.check, with: { pin: $entered }, into: who, ${RETRY}, exits: { ok: person-who, error: person } }
person-who: { do: queue, queue: people, needs: [{ skill: "s-{{who.id}}" }, { skill: "s-{{who.name}}" }] }`,
      'vars: { who: { type: record, fields: { id: text, name: text } } }',
    );
    const { exit } = tapeCall(asking, [listen, press('2580'), listen], { ...START, answer: () => ({ exit: 'ok', result: { id: '2580', name: 'anna' } }) }).call;
    expect(exit).toMatchObject({ kind: 'queue', needs: [{ skill: 's-anna' }] });
  });

  it('is told by the pop and by the thread entry of the call as dots', () => {
    const flow = summarise(REPEATING, call.state);
    const pop = buildCallContext({ callId: brand<CallId>('c-1'), offerId: null, queue: { id: brand<QueueId>('people'), name: 'People' }, queueOf: (id) => ({ id, name: id }), ani: START.ani, flow, otherCalls: 0, queuedAt: START.at, now: START.at, thread: [] });
    const entry = phoneCallInteraction({ callId: brand<CallId>('c-1'), source: '/vaxel/test', ani: START.ani, startedAt: START.at, endedAt: START.at + 60_000, flow, queue: { id: 'people', name: 'People' }, waitMs: 1, agent: null, talkMs: null, end: { result: 'completed', reason: 'solved' } });
    for (const told of [pop, entry]) {
      expect(shown(told as unknown as Json)).toContain('You keyed ••••, that is ••••');
      expect(shown(told as unknown as Json)).not.toMatch(/(?<!\d)2580(?!-)/);
    }
  });

  it('is found out in calls that an older release began only from its own entries on', () => {
    const { keyedSecrets: _none, ...older } = call.state;
    expect(summarise(REPEATING, older as typeof call.state).shown).toMatchObject({ Echo: '2580' });
  });

  it('names no customer where it is their id: that would stand in every record of them', () => {
    const named = tapeCall(REPEATING, [listen, press('2580'), listen], { ...START, answer: () => ({ exit: 'ok', result: { id: '2580', name: 'Anna' } }) });
    expect(summarise(REPEATING, named.call.state).customer).toBeNull();
  });

  it('is dots in the facts of a call that is played as text', async () => {
    const facts: RunFact[] = [];
    const lines = ['2580', 'where'];
    const session = new FlowSession({ flow: REPEATING, start: START, backEnd: answer, isFast: true, ask: async () => Promise.resolve({ exit: 'error' }), read: async () => Promise.resolve(lines.shift() ?? null), tell: (fact) => facts.push(fact) });
    await session.run();
    expect(shown(facts as unknown as Json)).not.toMatch(/(?<![\d])2580(?!-)/);
  });
});

describe('a flow is refused', () => {
  const VARS = 'vars: { code: { type: digits, secret: true }, plain: { type: digits }, who: { type: record, fields: { token: { type: text, secret: true }, name: text } } }';
  const copying = (rest: string): string => `start: { do: set, values: { plain: $code }, next: on }\non: ${rest}`;
  it.each<[string, string, string, Readonly<Record<string, string>>?]>([
    ['whose words say a copy of a secret', copying('{ do: say, prompt: p-told, next: solved }'), 'the prompt "p-told" would say the secret "plain"', { 'p-told': '{{plain|digits}}' }],
    ['whose transfer leads to a copy of a secret', copying('{ do: transfer, to: "+46{{plain}}" }'), 'the target would say the secret "plain"'],
    ['that tells another system a copy of a secret in a header', copying('{ do: transfer, to: "+468", headers: { X-Pin: "{{plain}}" } }'), 'the header X-Pin would say the secret "plain"'],
    ['that makes a secret the customer', 'start: { do: set, values: {}, customer: { id: $who.token, name: $who.name, confidence: entered }, next: solved }', 'the customer\'s id would be the secret "$who.token"'],
    ['that waits for an agent whom a secret names', 'start: { do: queue, queue: people, agent: $code }', 'the agent would be the secret "$code"'],
    ['that has agents call a secret', `start: { do: callback, prompt: p-a, enter: p-b, into: code, queue: people, keys: { confirm: 1, other: 2, refuse: 3 }, confirmed: solved, refused: person, ${RETRY} }`, 'the number to call would be the secret "code"'],
  ])('%s', (_what, nodes, what, texts = {}) => expect(problemsOf(nodes, VARS, {}, texts)).toContain(what));

  it('that hands a secret to a part which knows of none', () => {
    const part = smallFlow('start: { do: return, exit: done }', 'vars: { open: { type: digits } }', {}, {}, ['en'], 'part');
    expect(problemsOf('start: { do: subflow, flow: part, with: { open: $code }, exits: { done: solved } }', VARS, { flows: new Map([['part', part]]) })).toEqual(['the secret "$code" would be no secret in "part"']);
  });
});
