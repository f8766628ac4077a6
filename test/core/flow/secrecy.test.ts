import { describe, expect, it } from 'vitest';
import { FlowSession } from '../../../gateway/cli/flow/flow-session.js';
import type { RunFact } from '../../../gateway/cli/flow/run-fact.js';
import { replayCall } from '../../../gateway/core/authoring/replay/replay-call.js';
import { replayOne } from '../../../gateway/core/authoring/replay/report.js';
import type { Answer, CallOrder } from '../../../gateway/core/authoring/virtual-call.js';
import type { Flow } from '../../../gateway/core/flow/flow-schema.js';
import { summarise } from '../../../gateway/core/flow/summarise.js';
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
