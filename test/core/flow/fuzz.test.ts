import { parse } from 'yaml';
import { expect, it } from 'vitest';
import { VirtualCall, type Answer } from '../../../gateway/core/authoring/virtual-call.js';
import { inspectContent, type Content } from '../../../gateway/content.js';
import type { Flow } from '../../../gateway/core/flow/flow-schema.js';
import type { FlowLibrary } from '../../../gateway/core/flow/library.js';
import { loadFlow } from '../../../gateway/core/flow/load.js';
import { NODE_KINDS } from '../../../gateway/core/flow/node-schema.js';
import type { Json } from '../../../gateway/core/ids.js';
import { projectFile } from '../../../gateway/project.js';
import { Chance, FUZZ_COUNT, FUZZ_SEED, mutated } from '../../support/fuzz.js';

const contentOf = (folder: string): Content => {
  const { content, problems } = inspectContent(projectFile(folder), {});
  if (content === null) throw new Error(JSON.stringify(problems));
  return content;
};

interface Sample {
  readonly name: string;
  readonly text: string;
  readonly library: FlowLibrary;
}
/** All sample flows, and one with a node of every kind, each with all that it may refer to. */
const corpus: readonly Sample[] = ['ivr-flows', 'test/cli/flow/faults/base'].flatMap((folder) => {
  const { sources, library, prompts, flows } = contentOf(folder);
  return sources.flows.map(({ name, text, id }) => ({ name, text, library: { ...library, prompts, flows: new Map([...flows].filter(([one]) => one !== id)) } }));
});

type Tree = { [key: string]: unknown };
const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value);

/** A file that is YAML still, with fields left out, swapped between nodes, or given other values: most of these are nearly right. */
function bent(text: string, chance: Chance): string {
  const file: unknown = parse(text);
  if (!isTree(file)) throw new Error('no flow');
  for (let left = 1 + chance.below(3); left > 0 && isTree(file['nodes']) && Object.keys(file['nodes']).length > 0; left--) bend(file, file['nodes'], chance);
  return JSON.stringify(file);
}

function bend(file: Tree, nodes: Tree, chance: Chance): void {
  const ids = Object.keys(nodes);
  const [node, other] = [nodes[chance.oneOf(ids)], nodes[chance.oneOf(ids)]];
  const target = chance.next() < 0.1 ? file : isTree(node) ? node : file;
  if (Object.keys(target).length === 0) return;
  const field = chance.oneOf(Object.keys(target));
  const inner = target[field];
  switch (chance.below(7)) {
    case 0:
      delete target[field];
      return;
    case 1:
      target[field] = isTree(other) ? other[field] : null;
      return;
    case 2:
      if (isTree(node)) node['do'] = chance.oneOf(NODE_KINDS);
      return;
    case 3:
      if (isTree(inner) && Object.keys(inner).length > 0) inner[chance.oneOf(Object.keys(inner))] = chance.oneOf(ids);
      return;
    case 4:
      if (isTree(node)) node['next'] = chance.oneOf(ids);
      return;
    case 5:
      if (isTree(node) && isTree(other)) Object.assign(node, { ...other, next: node['next'] ?? other['next'] });
      return;
    default:
      target[field] = chance.oneOf<unknown>([0, -1, 1e9, '', '$code', '$$', '{{x}}', [], {}, null, true, ids[0], 'a'.repeat(600), { retries: 5, next: ids[0] }]);
  }
}

/** What no flow that was accepted may come to: it would mean that the checks let through what cannot run. */
const CANNOT_RUN = / is gone|no match where nothing|has no exit/;

function play(flow: Flow, chance: Chance): void {
  const numbers = [null, '+46701234567', '+4740012345'];
  const call = new VirtualCall(flow, ({ operation }) => answerTo(flow, operation, chance), { ani: chance.oneOf(numbers), at: Date.UTC(2026, 10, 28) + chance.below(604_800) * 1_000 });
  for (let moves = 0; moves < 25 && call.exit === null; moves++) {
    const doing = chance.below(6);
    if (doing === 0) call.wait(chance.below(40_000));
    else if (doing === 1) call.crash();
    else if (doing === 2) call.press(chance.oneOf([...'0123456789*#']), 50);
    else call.listen().press(`${chance.below(10 ** (1 + chance.below(6)))}${chance.oneOf(['', '#'])}`, 200);
  }
  const broke = call.state.path.find(({ did }) => did !== undefined && CANNOT_RUN.test(did));
  expect(broke).toBeUndefined();
}

/** Any exit that the flow names for an operation, with values that may fit or not. */
function answerTo(flow: Flow, operation: string, chance: Chance): Answer {
  const calls = [flow, ...flow.subflows.values()].flatMap(({ nodes }) => [...nodes.values()]).flatMap((node) => ((node.do === 'connector' || node.do === 'identify') && node.call === operation ? Object.keys(node.exits) : []));
  const result: Json = { id: '1001', name: 'Anna', owes: 12.5, currency: 'SEK', customer: '1001', invoice: '471100', amount: 5, total: 5, open: 1, dueDate: '2026-12-15', nextDue: '2026-12-15', status: chance.oneOf(['open', 'paid']), extended: false };
  return { exit: chance.oneOf([...calls, 'error']), result: chance.next() < 0.8 ? result : null, ...(chance.next() < 0.1 ? { afterMs: 'never' as const } : {}) };
}

it('every kind of node is among the files that are damaged', () => {
  const kinds = new Set(corpus.flatMap(({ text }) => Object.values((parse(text) as { nodes: Record<string, { do: string }> }).nodes).map((node) => node.do)));
  expect([...NODE_KINDS].filter((kind) => !kinds.has(kind))).toEqual([]);
});

it('a damaged flow file is refused with a place and a fix, or can be run: never a crash, never more than a second', () => {
  const chance = new Chance(FUZZ_SEED);
  let accepted = 0;
  for (let round = 0; round < FUZZ_COUNT; round++) {
    const { name, text, library } = chance.oneOf(corpus);
    const broken = chance.next() < 0.4 ? mutated([text], chance).toString('utf8') : bent(text, chance);
    const before = process.cpuUsage();
    try {
      const loaded = loadFlow(broken, name, library);
      if (loaded.ok) {
        accepted++;
        play(loaded.value, chance);
      } else for (const { what, fix, file, line } of loaded.problems) expect([what !== '', fix !== '', file === name, line >= 0]).toEqual([true, true, true, true]);
    } catch (error) {
      throw new Error(`round ${round} of seed ${FUZZ_SEED}, ${name}:\n${broken}`, { cause: error });
    }
    const { user, system } = process.cpuUsage(before);
    expect(user + system, `microseconds of round ${round}`).toBeLessThan(1_000_000);
  }
  // Else nothing would have been run.
  expect(accepted).toBeGreaterThan(FUZZ_COUNT / 20);
}, 1_800_000);
