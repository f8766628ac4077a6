import { beforeEach, describe, expect, it } from 'vitest';
import { FactGate } from '../../gateway/app/fact-gate.js';
import { FlowVersions, type FlowFiles } from '../../gateway/app/flow-versions.js';
import { loadFlowSet } from '../../gateway/core/flow/load-flow-set.js';
import type { FlowSource, Release } from '../../gateway/core/flow/release.js';
import type { OpeningHours } from '../../gateway/core/flow/opening-hours.js';
import type { ReleaseStore } from '../../gateway/ports/release-store.js';
import type { TelephonyFact } from '../../gateway/ports/telephony.js';
import { flowText } from '../core/flow/small-flow.js';
import { KeptLog } from '../support/silent-log.js';

/** The store that all gateways of a test share. */
class SharedStore implements ReleaseStore {
  readonly log: Release[] = [];
  readonly sources = new Map<string, FlowSource>();
  isAway = false;

  entries = (from: number): Promise<readonly Release[]> => (this.isAway ? Promise.reject(new Error('away')) : Promise.resolve(this.log.slice(from)));
  source = (version: string): Promise<FlowSource | null> => Promise.resolve(this.sources.get(version) ?? null);
  append = (entry: Release, { after, source }: { readonly after: number; readonly source: FlowSource | null }): Promise<'appended' | 'changed'> => {
    if (this.log.length !== after) return Promise.resolve('changed');
    this.log.push(entry);
    if (source !== null && 'version' in entry) this.sources.set(entry.version, source);
    return Promise.resolve('appended');
  };
  close = (): Promise<void> => Promise.resolve();
}

/** A folder with one flow, `menu`, whose only words can be changed. */
class Folder implements FlowFiles {
  words = 'one';
  private text(): { name: string; text: string } {
    return { name: 'flows/menu.yaml', text: flowText('start: { do: hangup, prompt: p-words }', '', { texts: { 'p-words': this.words } }).replace(/\n {2}person:.*/, '').replaceAll('person', 'start') };
  }
  flows() {
    const set = loadFlowSet({ flows: [this.text()], prompts: [] }, this.library());
    if (!set.ok) throw new Error(JSON.stringify(set.problems));
    return set.value;
  }
  hours: ReadonlyMap<string, OpeningHours> = new Map();
  library = () => ({ hours: this.hours });
  source = (flow: string): FlowSource => ({ flow, files: [{ kind: 'flow', ...this.text() }] });
}

const CALLER = { ani: '+46701234567', callId: 'c' };
const said = { flow: 'menu', author: 'Eva', note: 'why', at: 1 };

describe('versions of a flow', () => {
  let store: SharedStore;
  let folder: Folder;
  let first: FlowVersions;
  let second: FlowVersions;
  const wordsOf = (versions: FlowVersions, caller = CALLER): string | undefined => versions.choose('menu', caller)?.flow.prompts.get('p-words')?.en;

  beforeEach(() => {
    store = new SharedStore();
    folder = new Folder();
    first = new FlowVersions({ store, files: folder, log: new KeptLog() });
    second = new FlowVersions({ store, files: folder, log: new KeptLog() });
  });

  /** The file changes and is read by both gateways. */
  const write = (words: string): void => {
    folder.words = words;
    void first.filesChanged();
    void second.filesChanged();
  };

  it('come from the file until one is published', () => {
    write('two');
    expect(wordsOf(first)).toBe('two');
  });

  it('once published, no longer follow the file; a publish takes it as it stands then, for every gateway', async () => {
    expect(await first.release({ ...said, action: 'publish' })).toMatchObject({ ok: true });
    write('two');
    expect([wordsOf(first), second.choose('menu', CALLER) === null]).toEqual(['one', false]);
    await second.refresh();
    expect(wordsOf(second)).toBe('one');
    await first.release({ ...said, action: 'publish' });
    await second.refresh();
    expect([wordsOf(first), wordsOf(second)]).toEqual(['two', 'two']);
  });

  it('once published, know the opening hours of today, also those of a call in progress', async () => {
    await first.release({ ...said, action: 'publish' });
    const { version = '' } = first.choose('menu', CALLER) ?? {};
    write('two');
    folder.hours = new Map([['office', {} as OpeningHours]]);
    await first.filesChanged();
    expect([wordsOf(first), first.choose('menu', CALLER)?.flow.hours, first.version('menu', version)?.hours]).toEqual(['one', folder.hours, folder.hours]);
  });

  it('can be gone back to', async () => {
    const one = first.choose('menu', CALLER)?.version ?? '';
    await first.release({ ...said, action: 'publish' });
    write('two');
    await first.release({ ...said, action: 'publish' });
    expect(await first.release({ ...said, action: 'revert', version: one })).toMatchObject({ ok: true });
    expect(wordsOf(first)).toBe('one');
  });

  it('are given to a share of the callers, the same in every gateway', async () => {
    await first.release({ ...said, action: 'publish' });
    write('two');
    await first.release({ ...said, action: 'share', percent: 50 });
    await second.refresh();
    const callers = Array.from({ length: 200 }, (_, n) => ({ ani: `+4670${1_000_000 + n * 7_919}`, callId: 'c' }));
    const got = callers.map((caller) => wordsOf(first, caller));
    expect(callers.map((caller) => wordsOf(second, caller))).toEqual(got);
    expect(got.filter((words) => words === 'two').length).toBeGreaterThan(70);
    expect(got.filter((words) => words === 'one').length).toBeGreaterThan(70);
  });

  it('that a call began on stay, also in a gateway that takes the call over', async () => {
    await first.release({ ...said, action: 'publish' });
    const { version = '' } = first.choose('menu', CALLER) ?? {};
    write('two');
    await first.release({ ...said, action: 'publish' });
    const third = new FlowVersions({ store, files: folder, log: new KeptLog() });
    await third.fetch('menu', version);
    expect(third.version('menu', version)?.prompts.get('p-words')?.en).toBe('one');
    expect(first.version('menu', version)?.prompts.get('p-words')?.en).toBe('one');
  });

  it('that break a rule which came after their publication are refused at load, with the problems in the log: the file serves', async () => {
    await first.release({ ...said, action: 'publish' });
    const { version = '' } = first.choose('menu', CALLER) ?? {};
    write('two');
    // What the rules of a later release find wrong.
    const [file] = store.sources.get(version)?.files ?? [];
    store.sources.set(version, { flow: 'menu', files: [{ kind: 'flow', name: 'flows/menu.yaml', text: `${file?.text ?? ''}\nnoLongerKnown: 1` }] });
    const log = new KeptLog();
    const later = new FlowVersions({ store, files: folder, log });
    await later.refresh();
    expect(wordsOf(later)).toBe('two');
    expect([later.isRefused('menu'), first.isRefused('menu')]).toEqual([true, false]);
    const [refused] = log.lines.filter(({ level }) => level === 'error');
    expect(refused).toMatchObject({ message: expect.stringMatching(/^a published flow is refused by the rules/) as string, fields: { flow: 'menu', flowVersion: version, problems: [expect.stringMatching(/^flows\/menu\.yaml:\d+:\d+.*noLongerKnown.*Fix: /) as string] } });
    // A gateway that had it goes on with it.
    await first.filesChanged();
    expect(wordsOf(first)).toBe('one');
  });

  it('say what of them would not hold with other hours, unless it does not with those of today either', async () => {
    folder.hours = new Map([['office', {} as OpeningHours]]);
    await first.release({ ...said, action: 'publish' });
    const { version = '' } = first.choose('menu', CALLER) ?? {};
    const [file] = store.sources.get(version)?.files ?? [];
    store.sources.set(version, { flow: 'menu', files: [{ kind: 'flow', name: 'flows/menu.yaml', text: `${file?.text ?? ''}  open: { do: hours, of: office, open: start, closed: start }\n`.replace('start: start', 'start: open') }] });
    expect(await first.faultsUnder({ hours: folder.hours })).toEqual([]);
    expect(await first.faultsUnder({ hours: new Map() })).toMatchObject([{ file: 'flows/menu.yaml', node: 'open', what: expect.stringMatching(new RegExp(`^published as ${version}: .*office`)) as string }]);
    folder.hours = new Map();
    expect(await first.faultsUnder({ hours: new Map() })).toEqual([]);
  });

  it('known so far go on serving while the store is away', async () => {
    await first.release({ ...said, action: 'publish' });
    store.isAway = true;
    await first.refresh();
    expect(wordsOf(first)).toBe('one');
  });

  it('are refused when somebody else released one just now, and when they are live already', async () => {
    const append = store.append;
    store.append = () => Promise.resolve('changed');
    expect(await first.release({ ...said, action: 'publish' })).toMatchObject({ ok: false, error: { code: 'VG_REFUSED' } });
    store.append = append;
    await first.release({ ...said, action: 'publish' });
    expect(await first.release({ ...said, action: 'publish' })).toMatchObject({ ok: false, error: { detail: expect.stringContaining('is live already') } });
    expect(await first.release({ ...said, flow: 'nowhere', action: 'publish' })).toMatchObject({ ok: false, error: { detail: 'there is no flow "nowhere"' } });
  });

  it('withdrawn, leave the flow to its file again', async () => {
    await first.release({ ...said, action: 'publish' });
    write('two');
    await first.release({ ...said, action: 'withdraw' });
    expect(wordsOf(first)).toBe('two');
  });
});

describe('the gate before a call', () => {
  const arrival = (callId: string): TelephonyFact => ({ type: 'caller.arrived', caller: { callId } }) as unknown as TelephonyFact;
  const hangUp = (callId: string): TelephonyFact => ({ type: 'leg.hungUp', callId }) as unknown as TelephonyFact;

  it('keeps the order of a call that waits, and holds up no other', async () => {
    const passed: string[] = [];
    let open = (): void => {};
    const gate = new FactGate({ before: () => new Promise((resolve) => (open = resolve)), pass: (fact) => passed.push(`${fact.type} ${fact.type === 'caller.arrived' ? fact.caller.callId : fact.callId}`) });
    gate.take(arrival('a'));
    gate.take(hangUp('a'));
    gate.take(hangUp('b'));
    expect(passed).toEqual(['leg.hungUp b']);
    open();
    await Promise.resolve();
    await Promise.resolve();
    expect(passed).toEqual(['leg.hungUp b', 'caller.arrived a', 'leg.hungUp a']);
    gate.take(hangUp('a'));
    expect(passed).toHaveLength(4);
  });
});
