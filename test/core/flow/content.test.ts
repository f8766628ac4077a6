import { describe, expect, it } from 'vitest';
import { contentsOf, sayable, withContent } from '../../../gateway/core/flow/content.js';
import { loadFlow } from '../../../gateway/core/flow/load.js';
import { formatProblem } from '../../../gateway/core/flow/problem.js';

const FLOW = `
purpose: p
owner: o
reviewBy: 2027-06-01
expect: e
languages: [sv, en]
start: advice
error: advice
prompts:
  advice:
    content: { call: knowledge.getText, id: router-advice }
    sv: Eget.
    en: Own.
  bye: { sv: Hej då., en: Goodbye. }
nodes:
  advice: { do: say, prompt: [advice, bye], next: end }
  end: { do: hangup, outcome: told }
`;
const OPERATION = { exits: ['ok', 'notFound', 'error'], arguments: ['id', 'language'], fields: ['text'] };

function load(text: string, operation: typeof OPERATION = OPERATION) {
  return loadFlow(text, 'advice.yaml', { operations: new Map([['knowledge.getText', operation]]) });
}

function flow() {
  const loaded = load(FLOW);
  if (!loaded.ok) throw new Error(loaded.problems.map(formatProblem).join('\n'));
  return loaded.value;
}

describe('texts of a knowledge source', () => {
  it('are asked for in the languages that the prompt has', () => {
    expect(contentsOf(flow())).toEqual([
      { content: { call: 'knowledge.getText', id: 'router-advice' }, language: 'sv' },
      { content: { call: 'knowledge.getText', id: 'router-advice' }, language: 'en' },
    ]);
  });

  it('stand in place of the prompt’s own, which stays where there is none', () => {
    const filled = withContent(flow(), (_content, language) => (language === 'sv' ? 'Ur källan.' : null));
    expect(filled.prompts.get('advice')).toMatchObject({ sv: 'Ur källan.', en: 'Own.' });
    expect(filled.prompts.get('bye')).toEqual(flow().prompts.get('bye'));
  });

  it.each([
    ['is taken with single spaces', '  Dra ur \n kontakten. ', 'Dra ur kontakten.'],
    ['with nothing in it is refused', ' \n ', null],
    ['longer than a prompt is refused', 'a'.repeat(2_001), null],
    ['with markup is refused', 'Läs <b>mer</b>', null],
    ['with a slot is refused', 'Hej {{call.ani}}', null],
    ['with control characters is refused', 'Hej\u0007', null],
  ])('a text %s', (_title, given, said) => {
    expect(sayable(given)).toBe(said);
  });

  it.each([
    ['an operation that no file declares', FLOW.replace('knowledge.getText', 'knowledge.fetch'), OPERATION, 'no connector file declares "knowledge.fetch"'],
    ['an operation that wants something else', FLOW, { ...OPERATION, arguments: ['number'] }, '"knowledge.getText" does not fetch texts'],
    ['an operation that answers with something else', FLOW, { ...OPERATION, fields: ['title'] }, '"knowledge.getText" does not fetch texts'],
    ['recorded files beside it', FLOW.replace('sv: Eget.', 'sv: Eget.\n    files: { sv: advice.wav }'), OPERATION, 'the prompt "advice" has recorded files and a knowledge source'],
    ['no text of its own to fall back on', FLOW.replace('    en: Own.\n', ''), OPERATION, 'the prompt "advice" has no text in en'],
  ])('a flow with %s is refused', (_title, text, operation, what) => {
    const loaded = load(text, operation);
    expect(loaded.ok ? [] : loaded.problems.map((problem) => problem.what)).toEqual([what]);
  });
});
