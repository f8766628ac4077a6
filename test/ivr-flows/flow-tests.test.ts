import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { callStory } from '../../gateway/cli/flow/call-story.js';
import { readTestFiles } from '../../gateway/cli/flow/test-files.js';
import { inspectContent } from '../../gateway/content.js';
import { coverageOf } from '../../gateway/core/authoring/coverage.js';
import { probeFlow } from '../../gateway/core/authoring/probed-flow.js';
import { runTest, type TestOutcome } from '../../gateway/core/authoring/run-test.js';
import { formatProblem } from '../../gateway/core/flow/problem.js';
import { projectFile } from '../../gateway/project.js';

const folder = projectFile('ivr-flows');
const { content, problems } = inspectContent(folder, {});
const { files, names, problems: wrong } = readTestFiles(folder, content);

const told = ({ failures, call, startedAt }: TestOutcome): readonly string[] =>
  failures.length === 0 ? [] : [...failures.map(({ path, expected, actual }) => `${path.join(' > ')}: expected ${expected}, but ${actual}`), ...callStory(call.state.path, startedAt)];

it('the flows and the tests beside them are well-formed', () => {
  expect([...problems, ...wrong].map(formatProblem)).toEqual([]);
});

for (const [flowId, { tests }] of files) {
  const flow = content?.flows.get(flowId);
  if (flow === undefined) continue;
  const probed = probeFlow(flow);
  const outcomes = tests.map((test) => runTest(probed, test));
  describe(flowId, () => {
    it.each(outcomes.map((outcome) => [outcome.title, outcome] as const))('%s', (_title, outcome) => {
      expect(told(outcome)).toEqual([]);
    });

    it('takes every way of the flow', () => {
      const { missing, percent } = coverageOf(flowId, probed.ways, outcomes.map(({ taken }) => taken));
      expect(missing.map(({ node, name, to }) => `${node ?? 'everywhere'}: ${name} → ${to}`)).toEqual([]);
      expect(percent).toBe(100);
    });
  });
}

it('every flow has tests beside it', () => {
  expect([...files.keys()].sort()).toEqual([...(content?.flows.keys() ?? [])].sort());
});

it('every file of tests names the schema that editors complete by', () => {
  for (const name of names) expect(readFileSync(projectFile('ivr-flows', name), 'utf8')).toMatch(/^# yaml-language-server: \$schema=\.\.\/schema\/flow-test\.json\n/);
});
