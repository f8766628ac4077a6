import { expect, it } from 'vitest';
import { loadConnectorFile, operationsOf, type ConnectorFile } from '../../gateway/adapters/connectors/connector-file.js';
import { loadFlowSet, wordsToWarm } from '../../gateway/core/flow/load-flow-set.js';
import { waysOf } from '../../gateway/core/flow/lint-graph.js';
import { formatProblem } from '../../gateway/core/flow/problem.js';
import { listSamples, readSample } from './sample-files.js';

const sourcesOf = (folder: string): readonly { name: string; text: string }[] => listSamples(folder).map((name) => ({ name: `ivr-flows/${name}`, text: readSample(name) }));

const connectors = new Map<string, ConnectorFile>();
for (const { name, text } of sourcesOf('connectors/')) {
  const loaded = loadConnectorFile(text, name);
  if (!loaded.ok) throw new Error(loaded.problems.map(formatProblem).join('\n'));
  connectors.set(name.replace(/^.*\/|\.yaml$/g, ''), loaded.value);
}
const set = loadFlowSet({ flows: sourcesOf('flows/'), prompts: sourcesOf('prompts/') }, { operations: operationsOf(connectors) });

it('every flow, prompt and connector file loads without a complaint', () => {
  expect(set.ok ? [] : set.problems.map(formatProblem)).toEqual([]);
});

it('every flow can be heard in Swedish, Norwegian and English', () => {
  for (const flow of set.ok ? set.value.values() : []) expect([...flow.languages].sort()).toEqual(['en', 'nb', 'sv']);
});

it('every failure of a back end leads to words or a person, never to a goodbye', () => {
  for (const flow of set.ok ? set.value.values() : []) {
    for (const node of flow.nodes.values()) {
      if (node.do !== 'connector') continue;
      const target = flow.nodes.get(node.exits['error'] ?? '');
      expect(target?.do).not.toBe('hangup');
    }
  }
});

it('no menu offers more than five choices, languages apart', () => {
  for (const flow of set.ok ? set.value.values() : []) {
    for (const node of flow.nodes.values()) {
      if (node.do !== 'menu') continue;
      const choices = waysOf(node).filter(({ name, to }) => name.startsWith('digit') && flow.nodes.get(to)?.do !== 'language');
      expect(choices.length).toBeLessThanOrEqual(5);
    }
  }
});

it('what does not depend on the caller can be spoken before the first call', () => {
  for (const flow of set.ok ? set.value.values() : []) {
    const words = wordsToWarm(flow);
    expect(words.length).toBeGreaterThan(30);
    expect(words.some(({ text }) => text.includes('{{'))).toBe(false);
  }
});

it('a prompt in two files is refused', () => {
  const twice = loadFlowSet({ flows: [], prompts: [...sourcesOf('prompts/'), { name: 'prompts/more.yaml', text: 'prompts: { please-wait: { sv: Vänta } }' }] });
  expect(twice.ok ? [] : twice.problems.map(formatProblem)).toEqual([expect.stringMatching(/more\.yaml.*"please-wait" is in another file too/)]);
});
