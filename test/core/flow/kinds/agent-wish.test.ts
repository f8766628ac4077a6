import { describe, expect, it } from 'vitest';
import { FlowDriver } from '../flow-driver.js';
import { problemsOf, RETRY, smallFlow } from '../small-flow.js';

const VARS = 'vars: { case: { type: record, fields: { owner: text } } }';
const exitOf = (fields: string, vars?: Record<string, object>) =>
  new FlowDriver(smallFlow(`start: { do: queue, queue: people, ${fields} }`, VARS), undefined, vars === undefined ? {} : { vars: vars as never }).settle().exit;
const AGENTS = { agents: new Set(['anna', 'bo']) };

describe('a queue node that wishes for an agent', () => {
  it.each([
    ['agent: last', { agentId: null, forMs: 30_000 }],
    ['agent: anna, agentForSeconds: 20', { agentId: 'anna', forMs: 20_000 }],
    ['agent: $case.owner', { agentId: 'bo', forMs: 30_000 }],
  ])('with %s says whom and for how long', (fields, agent) => {
    expect(exitOf(fields, { case: { owner: 'bo' } })).toMatchObject({ kind: 'queue', agent });
  });

  it('wishes for nobody when the variable has no value: the caller still reaches a person', () => {
    expect(exitOf('agent: $case.owner')).toEqual({ kind: 'queue', queue: 'people', needs: [], band: null, reason: null });
  });

  it.each([
    ['agent: cia', ['there is no agent "cia" who takes calls']],
    ['agent: $owner', ['"$owner" is not declared']],
    ['agentForSeconds: 9', ['no agent is waited for']],
    ['agent: bo', []],
    ['agent: last', []],
  ])('with %s tells the author: %j', (fields, problems) => {
    expect(problemsOf(`start: { do: queue, queue: people, ${fields} }`, VARS, AGENTS)).toEqual(problems);
  });
});

it('a callback that wishes for an agent books it with the wish, and an unknown one is told', () => {
  const node = (agent: string) => `start: { do: callback, prompt: p-right, enter: p-enter, into: number, queue: people, agent: ${agent}, ${RETRY}, confirmed: solved, refused: person }`;
  const vars = 'vars: { number: { type: digits } }';
  const driver = new FlowDriver(smallFlow(node('last'), vars), undefined, { ani: '+46701234567' }).listen().press('1');
  expect(driver.effects.find(({ type }) => type === 'flow.bookCallback')).toMatchObject({ booking: { agent: { agentId: null, forMs: 30_000 } } });
  expect(problemsOf(node('cia'), vars, AGENTS)).toEqual(['there is no agent "cia" who takes calls']);
});
