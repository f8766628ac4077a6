import { describe, expect, it } from 'vitest';
import { makeRecording } from '../../../gateway/core/recording/make-recording.js';
import { MAX_RECORDING_CHARACTERS, readRecording, type RecordedEvent } from '../../../gateway/core/recording/recording.js';
import type { CallOrder } from '../../../gateway/core/authoring/virtual-call.js';
import { tapeCall, type CallerMove } from '../../support/taped-call.js';
import { RETRY, smallFlow } from '../flow/small-flow.js';

const listen: CallerMove = { do: 'listen' };
const press = (keys: string, gapMs = 200): CallerMove => ({ do: 'press', keys, gapMs });
const wait = (ms: number): CallerMove => ({ do: 'wait', ms });

const FLOW = smallFlow(
  `start: { do: menu, prompt: p-menu, keys: { 1: ask-pin, 2: ask-number }, ${RETRY} }
ask-number: { do: collect, prompt: p-number, into: number, min: 2, max: 8, next: look, ${RETRY} }
ask-pin: { do: identify, by: pin, prompt: p-pin, min: 4, max: 4, terminator: none, call: x.check, with: { pin: $entered }, into: who, wrong: { exits: [wrong], prompt: p-wrong, attempts: 3 }, ${RETRY}, exits: { ok: copy, wrong: person, error: person } }
copy: { do: set, values: { plain: $who.token }, next: look }
look: { do: connector, call: x.look, with: { by: $plain }, into: seen, exits: { ok: solved, error: person } }`,
  `vars:
  number: digits-placeholder
  plain: { type: text, initial: none }
  who: { type: record, fields: { name: text, token: { type: text, secret: true } } }
  seen: { type: record, fields: { state: text, more: { type: text, optional: true } } }`.replace('number: digits-placeholder', 'number: { type: digits }'),
);

const back = ({ operation, arguments: given }: CallOrder) =>
  operation === 'x.check' ? { exit: given['pin'] === '2580' ? 'ok' : 'wrong', result: { name: 'Anna', token: 'tok-77', salary: 90_000 }, afterMs: 120 } : { exit: 'ok', result: { state: 'open', note: 'for staff only' }, afterMs: 300 };

const tape = (...moves: readonly CallerMove[]) => tapeCall(FLOW, moves, { callId: 'c-1', at: 1_000_000, ani: '+46701234567', answer: back });
const of = <D extends RecordedEvent['did']>(events: readonly RecordedEvent[], did: D) => events.filter((event): event is Extract<RecordedEvent, { did: D }> => event.did === did);

describe('the recording of a call', () => {
  it('keeps each key with the node at which it counted and the time', () => {
    const { recording } = tape(listen, press('2'), listen, press('4711#'), listen);
    expect(of(recording.events, 'keyed').map(({ node, keys, times }) => ({ node, keys, gaps: times.map((time) => time - (times[0] ?? 0)) }))).toEqual([
      { node: 'start', keys: '2', gaps: [0] },
      { node: 'ask-number', keys: '4711#', gaps: [0, 200, 400, 600, 800] },
    ]);
    expect(recording.way).toEqual(['incidents-first', 'start', 'ask-number', 'look', 'solved']);
    expect(recording.end).toEqual({ kind: 'hangup', outcome: 'solved' });
  });

  it('keeps a key typed ahead where it counted, not where it was pressed', () => {
    expect(of(tape(press('24711#'), listen).recording.events, 'keyed').map(({ node, keys }) => [node, keys])).toEqual([['start', '2'], ['ask-number', '4711#']]);
  });

  it('keeps the silence before a key, where the words were over', () => {
    const [heard, hasty] = [tape(listen, wait(900), press('2')), tape(press('2'))].map(({ recording }) => of(recording.events, 'keyed')[0]?.after);
    expect([heard, hasty]).toEqual([900, undefined]);
  });

  it('keeps silences, words that were heard or cut, and where the caller hung up', () => {
    const { recording } = tape(listen, wait(6_300), press('2'), wait(400));
    expect(of(recording.events, 'silent').map(({ node }) => node)).toEqual(['start']);
    expect(of(recording.events, 'said').map(({ node, cut }) => [node, cut ?? false])).toEqual([['start', false], ['start', true]]);
    expect(of(recording.events, 'hungUp')).toMatchObject([{ node: 'ask-number', by: 'caller' }]);
    expect(recording.end).toEqual({ kind: 'callerLeft', as: 'unsolved' });
  });

  it('keeps of an answer what the flow could see, and null for a field that was not there', () => {
    const { recording } = tape(listen, press('2'), listen, press('4711#'), listen);
    expect(of(recording.events, 'asked')).toMatchObject([{ call: 'x.look', with: { by: '••••' }, tookMs: 300, exit: 'ok', result: { state: 'open', more: null } }]);
    expect(JSON.stringify(recording)).not.toContain('staff');
  });

  it('keeps the number of keys of a secret, also where it was wrong, begun, or typed before it was asked for', () => {
    expect(of(tape(listen, press('1'), listen, press('1357'), listen, press('2580'), listen).recording.events, 'keyed').map(({ keys }) => keys)).toEqual(['1', '••••', '••••']);
    expect(of(tape(listen, press('1'), listen, press('25')).recording.events, 'keyed').map(({ keys }) => keys)).toEqual(['1', '••']);
    const asksAtOnce = smallFlow(
      `start: { do: connector, call: x.look, with: { by: "7" }, exits: { ok: ask-pin, error: person } }
ask-pin: { do: identify, by: pin, prompt: p-pin, min: 4, max: 4, terminator: none, call: x.check, with: { pin: $entered }, ${RETRY}, exits: { ok: solved, wrong: person, error: person } }`,
    );
    const { recording, heard } = tapeCall(asksAtOnce, [press('2580', 10), listen], { callId: 'c-1', at: 1_000_000, answer: back });
    expect(heard.events.filter(({ type }) => type === 'flow.digit')).toHaveLength(4);
    expect(of(recording.events, 'keyed')).toEqual([]);
    expect(JSON.stringify(recording)).not.toContain('2580');
  });

  it('keeps a key that leads out as it is where a secret was asked for', () => {
    const { recording } = tape(listen, press('1'), listen, press('0'), wait(4_000));
    expect(of(recording.events, 'keyed').map(({ node, keys }) => [node, keys])).toEqual([['start', '1'], ['ask-pin', '0']]);
    expect(recording.end).toMatchObject({ kind: 'queue' });
  });

  it('tells no secret in arguments and answers, also where the flow copied it', () => {
    const { recording } = tape(listen, press('1'), listen, press('2580'), listen);
    expect(of(recording.events, 'asked')).toMatchObject([{ with: { pin: '••••' }, result: { name: 'Anna', token: '••••••' } }, { with: { by: '••••••' } }]);
    expect(JSON.stringify(recording)).not.toMatch(/2580|tok-77|salary|90000/);
  });

  it('is marked and empty when it is too long, or when another gateway heard a part', () => {
    const { heard } = tape(listen, press('2'), listen, press('4711#'), listen);
    const long = makeRecording(FLOW, { ...heard, start: { ...heard.start, incidents: [{ id: 'far', texts: {}, from: 0, until: 1, services: [], areas: Array.from({ length: MAX_RECORDING_CHARACTERS / 8 }, () => '72211'), flows: [] }] } });
    expect(long).toMatchObject({ unusable: 'tooLarge', events: [], way: [], incidents: [], end: { kind: 'hangup', outcome: 'solved' } });
    expect(makeRecording(FLOW, { ...heard, gap: 'takenOver' })).toMatchObject({ unusable: 'takenOver', events: [] });
    expect(makeRecording(FLOW, { ...heard, events: heard.events.slice(0, 2) })).toMatchObject({ unusable: 'unclear' });
  });
});

describe('a line of a file of recordings', () => {
  const { recording } = tape(listen, press('2'), listen);
  it('reads what was written', () => expect(readRecording(JSON.stringify(recording))).toEqual({ ok: true, recording }));
  it.each([
    ['no JSON', '{"recording":1', /no JSON/],
    ['another object', '{"event":"call"}', /no recording of a call/],
    ['a later format', JSON.stringify({ ...recording, recording: 2 }), /format 2.*reads format 1/],
    ['a field too many', JSON.stringify({ ...recording, audio: 'x' }), /audio/],
    ['a wrong key', JSON.stringify({ ...recording, events: [{ did: 'keyed', at: 1, node: 'start', keys: 'A', times: [1] }] }), /events\.0\.keys/],
  ])('refuses %s with what is wrong and the fix', (_what, line, what) => {
    const read = readRecording(line);
    expect(read.ok ? '' : read.what).toMatch(what);
    expect(read.ok ? '' : read.fix).toContain('vaxel flow recordings');
  });
});
