import { beforeEach, describe, expect, it } from 'vitest';
import { DraftedVersions } from '../../gateway/app/drafted-versions.js';
import { Recordings } from '../../gateway/app/recordings.js';
import type { Flow } from '../../gateway/core/flow/flow-schema.js';
import { loadFlowSet, type SourceFile } from '../../gateway/core/flow/load-flow-set.js';
import { formatProblem } from '../../gateway/core/flow/problem.js';
import type { FlowSource } from '../../gateway/core/flow/release.js';
import { flowText, RETRY } from '../core/flow/small-flow.js';
import { FakeClock } from '../support/fake-clock.js';
import { MemoryRecordings } from '../support/memory-recordings.js';
import { tapeCall } from '../support/taped-call.js';

const file = (id: string, nodes: string): SourceFile => ({ name: `flows/${id}.yaml`, text: flowText(nodes) });
const menu = (two = 'person', more = ''): string => `start: { do: menu, prompt: p-menu, keys: { 1: ask, 2: ${two} }, ${RETRY} }\nask: { do: subflow, flow: part, exits: { done: solved } }${more}`;
const part = (key: number): string => `start: { do: menu, prompt: p-part, keys: { ${key}: back }, ${RETRY} }\nback: { do: return, exit: done }`;
const PUBLISHED = [file('menu', menu()), file('part', part(1))];
/** Since then the part in the folder asks for another key, and there is a flow more. */
const FOLDER = [file('menu', menu()), file('part', part(3)), file('extra', 'start: { do: return, exit: done }')];
const AT = 1_000_000;

function loaded(flows: readonly SourceFile[]): ReadonlyMap<string, Flow> {
  const set = loadFlowSet({ flows, prompts: [] });
  if (!set.ok) throw new Error(set.problems.map(formatProblem).join('\n'));
  return set.value;
}

describe('a draft on calls of a version that was published', () => {
  const sources = new Map<string, FlowSource>();
  const recordings = new MemoryRecordings();
  let missed: string[];
  let source: (version: string) => Promise<FlowSource | null>;

  beforeEach(() => {
    missed = [];
    const published = loaded(PUBLISHED).get('menu');
    if (published === undefined) throw new Error('no flow');
    sources.set(published.version, { flow: 'menu', files: PUBLISHED.map((one) => ({ kind: 'flow', ...one })) });
    source = (version) => Promise.resolve(sources.get(version) ?? null);
    const moves = [{ do: 'listen' }, { do: 'press', keys: '1', gapMs: 200 }, { do: 'listen' }, { do: 'press', keys: '1', gapMs: 200 }, { do: 'listen' }] as const;
    void recordings.append(tapeCall(published, moves, { callId: 'c-1', at: AT, ani: '+46701234567', answer: () => ({ exit: 'error' }) }).recording);
  });

  const replay = async (draft: { readonly flow: string; readonly text: string; readonly parts?: readonly SourceFile[] }) => {
    const drafted = loaded([...FOLDER.filter(({ name }) => name !== `flows/${draft.flow}.yaml`), { name: `flows/${draft.flow}.yaml`, text: draft.text }]);
    const unreachable = (_flow: string, version: string): void => void missed.push(version);
    const flows = new DraftedVersions({ draft: { flow: draft.flow, flows: [...(draft.parts ?? []), { name: `${draft.flow}.yaml`, text: draft.text }], prompts: [] }, files: { drafted, live: loaded(FOLDER) }, folder: FOLDER, library: {}, store: { source: (version) => source(version) }, unreachable });
    const done = await new Recordings({ store: recordings, clock: new FakeClock(AT + 1) }).replay(flows, { since: 0, limit: 10 });
    if (!done.ok) throw new Error(done.error.detail);
    return done.value;
  };

  it('has the parts that were published with that version: only what the draft changed can differ', async () => {
    expect(await replay({ flow: 'menu', text: flowText(menu('solved')) })).toMatchObject({ figures: { replayed: 1, same: 1, otherVersions: 0 } });
    expect(await replay({ flow: 'part', text: flowText(part(2)) })).toMatchObject({ figures: { askedNew: 1, otherVersions: 0 }, callers: [{ was: 'solved', parting: { node: 'part/start' } }] });
  });

  it('has parts that are drafts too in place of the published ones', async () => {
    expect(await replay({ flow: 'menu', text: flowText(menu()), parts: [file('part', part(3))] })).toMatchObject({ figures: { askedNew: 1, otherVersions: 0 }, callers: [{ was: 'solved', parting: { node: 'part/start' } }] });
  });

  it('may be made of a part that only the folder has', async () => {
    const text = flowText(menu('more', '\nmore: { do: subflow, flow: extra, exits: { done: solved } }'));
    expect(await replay({ flow: 'menu', text })).toMatchObject({ figures: { same: 1, otherVersions: 0 } });
  });

  it('leaves out calls of a version that it is no part of', async () => {
    expect(await replay({ flow: 'extra', text: flowText('start: { do: return, exit: gone }') })).toMatchObject({ figures: { replayed: 0, otherFlows: 1 } });
  });

  it.each([
    ['was never published', () => Promise.resolve(null)],
    ['does not take the draft', () => Promise.resolve({ flow: 'menu', files: [{ kind: 'flow' as const, name: 'menu.yaml', text: 'broken' }] })],
  ])('is played on the folder, and the call counted as one of another version, where that version %s', async (_why, from) => {
    source = from;
    expect(await replay({ flow: 'menu', text: flowText(menu('solved')) })).toMatchObject({ figures: { replayed: 1, askedNew: 1, otherVersions: 1 } });
    expect(missed).toEqual([]);
  });

  it('leaves out calls of a version that cannot be asked for, and those of other flows as such', async () => {
    source = () => Promise.reject(new Error('away'));
    expect(await replay({ flow: 'menu', text: flowText(menu('solved')) })).toMatchObject({ figures: { replayed: 0, unknownVersions: 1, otherFlows: 0 } });
    expect(missed).toHaveLength(1);
    expect(await replay({ flow: 'extra', text: flowText('start: { do: return, exit: gone }') })).toMatchObject({ figures: { unknownVersions: 0, otherFlows: 1 } });
  });
});
