import { describe, expect, it, vi } from 'vitest';
import type { Flows } from '../../gateway/app/centre.js';
import { KnowledgeTexts } from '../../gateway/app/knowledge-texts.js';
import type { Flow } from '../../gateway/core/flow/flow-schema.js';
import type { ConnectorOutcome, ConnectorRequest } from '../../gateway/ports/connectors.js';
import { FakeClock } from '../support/fake-clock.js';
import { KeptLog } from '../support/silent-log.js';

const CONTENT = { call: 'knowledge.getText', id: 'advice' };
const FLOW = {
  id: 'f',
  version: 'v',
  prompts: new Map([['advice', { sv: 'Eget.', en: 'Own.', bargeIn: true, content: CONTENT }]]),
  subflows: new Map<string, Flow>(),
} as unknown as Flow;
const FLOWS: Flows = { choose: () => ({ flow: FLOW, version: 'v' }), version: () => FLOW, refresh: () => Promise.resolve(), fetch: () => Promise.resolve() };

function rig(answer: (request: ConnectorRequest) => Omit<ConnectorOutcome, 'tookMs'>) {
  const clock = new FakeClock();
  const log = new KeptLog();
  const source = { answer };
  const spoken: string[] = [];
  const asked: ConnectorRequest[] = [];
  const call = (request: ConnectorRequest): Promise<ConnectorOutcome> => {
    asked.push(request);
    return Promise.resolve({ ...source.answer(request), tookMs: 1 });
  };
  const texts = new KnowledgeTexts({ flows: FLOWS, connectors: { call }, clock, log, onTexts: (news) => spoken.push(...news.map(({ text }) => text)) });
  const said = (): Flow['prompts'] extends ReadonlyMap<string, infer P> ? P | undefined : never => texts.choose('f', { ani: null, callId: 'c' })?.flow.prompts.get('advice');
  const nextLook = async (): Promise<void> => {
    const before = asked.length;
    clock.advance(60_000);
    await vi.waitFor(() => expect(asked.length).toBe(before + 2));
    await vi.waitFor(() => expect(clock.pending).toBe(1));
  };
  return { texts, clock, log, source, spoken, asked, said, nextLook };
}

const inLanguage = ({ arguments: { language } }: ConnectorRequest) => ({ exit: 'ok', result: { text: `Ur källan, ${String(language)}.` } });

describe('flows in the words of the knowledge source', () => {
  it('have them once they are fetched, each language by itself, and they are spoken ahead', async () => {
    const { texts, said, spoken, asked } = rig(inLanguage);
    expect(said()).toMatchObject({ sv: 'Eget.' });
    await texts.fetchFor([FLOW]);
    expect(said()).toMatchObject({ sv: 'Ur källan, sv.', en: 'Ur källan, en.' });
    expect(spoken).toEqual(['Ur källan, sv.', 'Ur källan, en.']);
    expect(asked.map(({ operation, arguments: given }) => [operation, given])).toEqual([['knowledge.getText', { id: 'advice', language: 'sv' }], ['knowledge.getText', { id: 'advice', language: 'en' }]]);
  });

  it('follow a change within a minute; the flow of a call in progress stays as it was', async () => {
    const { texts, said, source, nextLook } = rig(inLanguage);
    await texts.fetchFor([FLOW]);
    const before = said();
    source.answer = () => ({ exit: 'ok', result: { text: 'Nytt.' } });
    await nextLook();
    expect(said()).toMatchObject({ sv: 'Nytt.' });
    expect(before).toMatchObject({ sv: 'Ur källan, sv.' });
  });

  it.each<[string, Omit<ConnectorOutcome, 'tookMs'>, string]>([
    ['does not answer', { exit: 'error', result: null, why: 'ECONNREFUSED' }, 'ECONNREFUSED'],
    ['does not know the text', { exit: 'notFound', result: { text: 'No such text.' } }, 'notFound'],
    ['sends markup', { exit: 'ok', result: { text: '<p>Hej</p>' } }, 'no text that can be said'],
  ])('keep the last ones while the source %s, and an operator is told once for all of them', async (_title, broken, why) => {
    const { texts, said, source, log, nextLook } = rig(inLanguage);
    await texts.fetchFor([FLOW]);
    source.answer = () => broken;
    await nextLook();
    await nextLook();
    expect(said()).toMatchObject({ sv: 'Ur källan, sv.' });
    const told = { call: 'knowledge.getText', texts: 2, first: ['advice (sv)', 'advice (en)'] };
    expect(log.lines).toMatchObject([{ level: 'error', fields: { ...told, why } }]);
    source.answer = inLanguage;
    await nextLook();
    await nextLook();
    expect(log.lines.slice(1)).toMatchObject([{ level: 'info', fields: told }]);
  });

  it('tell an operator of one that is gone for good, and of an outage all the same', async () => {
    const { texts, source, log, nextLook } = rig((request) => (request.arguments['language'] === 'en' ? { exit: 'notFound', result: null } : inLanguage(request)));
    await texts.fetchFor([FLOW]);
    await nextLook();
    source.answer = () => ({ exit: 'error', result: null });
    await nextLook();
    expect(log.lines.map(({ fields }) => fields['first'])).toEqual([['advice (en)'], ['advice (sv)']]);
  });

  it('of a folder that was read anew are fetched at once, and one timer goes on', async () => {
    const { texts, clock, asked } = rig(inLanguage);
    await texts.fetchFor([FLOW]);
    const other = { ...FLOW, prompts: new Map([['advice', { sv: 'Eget.', bargeIn: true, content: { ...CONTENT, id: 'other' } }]]) } as unknown as Flow;
    await texts.fetchFor([FLOW, other]);
    expect(asked.map(({ arguments: { id } }) => id)).toEqual(['advice', 'advice', 'advice', 'advice', 'other']);
    expect(clock.pending).toBe(1);
  });

  it('are asked for no more after the end', async () => {
    const { texts, clock } = rig(inLanguage);
    await texts.fetchFor([FLOW]);
    texts.close();
    expect(clock.pending).toBe(0);
  });
});
