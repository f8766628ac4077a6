import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Said } from '../../gateway/app/centre-outcome.js';
import type { CentreFolder } from '../../gateway/app/centre-folder.js';
import { CentreVersions } from '../../gateway/app/centre-versions.js';
import { centreChanges } from '../../gateway/core/acd/centre-changes.js';
import type { ContactCentre } from '../../gateway/core/acd/contact-centre.js';
import type { CentreEntry, CentreSource } from '../../gateway/core/acd/centre-version.js';
import { loadContactCentre } from '../../gateway/core/acd/load-contact-centre.js';
import { setAgentSkills } from '../../gateway/core/acd/set-agent-skills.js';
import type { Problem } from '../../gateway/core/flow/problem.js';
import type { CentreStore } from '../../gateway/ports/centre-store.js';
import { FakeClock } from '../support/fake-clock.js';
import { KeptLog } from '../support/silent-log.js';

const FILE = `domain: vaxel
numbers: { "100": { flow: menu, language: en, lastResort: { do: tell, prompt: later } } }
queues: { billing: { name: { sv: F, nb: F, en: I }, needs: { billing: 1 }, music: default } }
skills: { billing: Invoices, technical: Faults }
agents:
  anna: { name: Anna, phone: "sip:anna@vaxel", answer: phone, skills: { billing: 3 } } # the first
dispositions: { other: Other }
notReadyReasons: [break]
`;
const EVA: Said = { author: 'Eva', note: 'spring', ifMatch: null };

/** The store that all gateways of a test share. */
class SharedStore implements CentreStore {
  readonly log: CentreEntry[] = [];
  readonly sources = new Map<string, CentreSource>();
  isAway = false;

  entries = (from: number): Promise<readonly CentreEntry[]> => (this.isAway ? Promise.reject(new Error('away')) : Promise.resolve(this.log.slice(from)));
  source = (version: string): Promise<CentreSource | null> => Promise.resolve(this.sources.get(version) ?? null);
  append = (entry: CentreEntry, { after, source }: { readonly after: number; readonly source: CentreSource | null }): Promise<'appended' | 'changed'> => {
    if (this.log.length !== after) return Promise.resolve('changed');
    this.log.push(entry);
    if (source !== null) this.sources.set(entry.version, source);
    return Promise.resolve('appended');
  };
  close = (): Promise<void> => Promise.resolve();
}

/** A gateway of the test: its folder, what serves in it, and whom it told. */
class Gateway {
  text: string = FILE;
  flows: ReadonlySet<string> = new Set(['menu', 'sales']);
  serves: ContactCentre | null = null;
  /** What a check waits for before it tells. */
  checking: () => Promise<unknown> = () => Promise.resolve();
  checks = 0;
  /** What is published and would not hold; `away`: nobody can say. */
  published: readonly Problem[] | 'away' = [];
  readonly log = new KeptLog();
  readonly clock = new FakeClock();
  readonly told: string[] = [];
  readonly versions: CentreVersions<ContactCentre>;

  constructor(store: CentreStore, readonly name: string) {
    const folder: CentreFolder<ContactCentre> = {
      file: () => this.text,
      check: async (text) => {
        const loaded = loadContactCentre(text ?? this.text, 'contact-centre.yaml', { flows: this.flows });
        await this.checking();
        return loaded;
      },
      withSkills: async (...what) => setAgentSkills(...what),
      changes: async (...texts) => centreChanges(...texts),
    };
    const use = async (centre: ContactCentre): Promise<void> => void (this.serves = centre);
    this.versions = new CentreVersions({ store, folder, use, tell: async (version) => (this.told.push(version), []), against: () => (this.published === 'away' ? Promise.reject(new Error('away')) : Promise.resolve(this.published)), node: name, clock: this.clock, log: this.log });
  }

  async start(): Promise<this> {
    const loaded = await this.versions.begin();
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
    this.serves = loaded.value;
    await this.versions.serving();
    return this;
  }

  get levels(): readonly (readonly [string, number])[] {
    return [...(this.serves?.agents.values() ?? [])][0]?.skills.map(({ skill, level }) => [skill, level] as const) ?? [];
  }
}

/** Keeps the next check of that gateway from telling until `go`; `begun` when it has read. */
function held(gateway: Gateway): { readonly go: () => void; readonly begun: Promise<void> } {
  let [go, begin]: (() => void)[] = [];
  const [gone, begun] = [new Promise<void>((resolve) => (go = resolve)), new Promise<void>((resolve) => (begin = resolve))];
  gateway.checks = 0;
  gateway.checking = () => {
    gateway.checks += 1;
    begin?.();
    return gateway.checks === 1 ? gone : Promise.resolve();
  };
  return { go: () => go?.(), begun };
}

describe("the contact centre's versions", () => {
  let store: SharedStore;
  let one: Gateway;
  let other: Gateway;
  beforeEach(async () => {
    store = new SharedStore();
    one = await new Gateway(store, 'one').start();
    other = await new Gateway(store, 'other').start();
  });
  const said = (ifMatch: Said['ifMatch']): Said => ({ ...EVA, ifMatch });

  it('come from the file until one is put; then every gateway has it, and a restart keeps it', async () => {
    expect(await one.versions.setSkills('anna', { billing: 5 }, EVA)).toMatchObject({ done: 'applied', changes: ['agent anna: billing 3 → 5'], live: { from: 'api' } });
    expect(one.told).toEqual([one.versions.live.version]);
    expect(await other.versions.heard()).toBe(one.versions.live.version);
    const third = await new Gateway(store, 'third').start();
    expect([one.levels, other.levels, third.levels]).toEqual(Array(3).fill([['billing', 5]]));
    expect(third.versions.live.text).toContain('# the first');
  });

  it('are looked for now and then by a gateway that nobody told', async () => {
    await one.versions.setSkills('anna', { billing: 5 }, EVA);
    other.clock.advance(5_000);
    await vi.waitFor(() => expect(other.levels).toEqual([['billing', 5]]));
  });

  it('withdrawn, each gateway has its file again, as it stands by then', async () => {
    await one.versions.put(FILE.replace('billing: 3', 'billing: 9'), EVA);
    other.text = FILE.replace('billing: 3', 'billing: 4');
    expect(await other.versions.withdraw(EVA)).toMatchObject({ done: 'applied', changes: ['agent anna: billing 9 → 4'], live: { from: 'file' } });
    expect([other.levels, await one.versions.heard().then(() => one.levels)]).toEqual([[['billing', 4]], [['billing', 3]]]);
    expect(await one.versions.withdraw(EVA)).toMatchObject({ done: 'unchanged' });
  });

  it('of two editors who read the same, one is told that the other was first', async () => {
    const { version } = one.versions.live;
    await one.versions.put(FILE.replace('billing: 3', 'billing: 9'), said([version]));
    expect(await other.versions.put(FILE.replace('billing: 3', 'billing: 1'), said([version]))).toMatchObject({ done: 'stale', last: { author: 'Eva', changes: ['agent anna: billing 3 → 9'] } });
    expect(await other.versions.put(FILE.replace('billing: 3', 'billing: 1'), said('any'))).toMatchObject({ done: 'applied' });
  });

  it('two who change the skills of an agent at the same moment both have their way', async () => {
    await Promise.all([one.versions.setSkills('anna', { billing: 5 }, EVA), other.versions.setSkills('anna', { technical: 2 }, EVA)]);
    await Promise.all([one.versions.heard(), other.versions.heard()]);
    expect([one.levels, other.levels]).toEqual(Array(2).fill([['billing', 5], ['technical', 2]]));
  });

  it.each([
    ['a skill that is not there', 'anna', { cooking: 3 }, { done: 'faulty', problems: [{ line: 6, what: 'there is no skill "cooking"', fix: expect.stringContaining('billing, technical') as string }] }],
    ['an agent who is not there', 'bo', { billing: 3 }, { done: 'refused', error: { code: 'VG_AGENT_UNKNOWN' } }],
  ])('%s is refused, and nothing was changed', async (_what, agent, skills, outcome) => {
    const before = [...store.log];
    expect(await one.versions.setSkills(agent, skills, EVA)).toMatchObject(outcome);
    expect([store.log, one.levels]).toEqual([before, [['billing', 3]]]);
  });

  it('tried out, say what would change, or all that is wrong', async () => {
    expect(await one.versions.tryOut(FILE.replace('billing: 3', 'billing: 9'))).toMatchObject({ changes: ['agent anna: billing 3 → 9'] });
    expect(await one.versions.tryOut(FILE.replace('billing: 3', 'billing: 99').replace('[break]', '[]'))).toHaveLength(2);
    expect(one.levels).toEqual([['billing', 3]]);
  });

  it('what means nothing new is not written', async () => {
    expect(await one.versions.setSkills('anna', { billing: 3 }, EVA)).toMatchObject({ done: 'unchanged' });
    expect(store.log).toHaveLength(1);
  });

  it('a file that is another one than before is a line of the log, once for all gateways that read it', async () => {
    for (const gateway of [one, other]) {
      gateway.text = FILE.replace('billing: 3', 'billing: 4');
      expect(await gateway.versions.reload()).toEqual([]);
      expect(gateway.levels).toEqual([['billing', 4]]);
    }
    expect(store.log).toMatchObject([
      { action: 'file', before: null, changes: [], author: 'contact-centre.yaml', note: 'read by one at a start' },
      { action: 'file', changes: ['agent anna: billing 3 → 4'], author: 'contact-centre.yaml', note: 'read by one at a reload' },
    ]);
  });

  it('a reload that news overtake reads again: what was put serves', async () => {
    const { go } = held(other);
    const reloaded = other.versions.reload();
    await one.versions.setSkills('anna', { billing: 5 }, EVA);
    await other.versions.heard();
    go();
    expect(await reloaded).toEqual([]);
    expect(other.levels).toEqual([['billing', 5]]);
  });

  it('news that a reload overtakes read the folder again: the newer file serves', async () => {
    await one.versions.setSkills('anna', { billing: 5 }, EVA);
    await other.versions.heard();
    await one.versions.withdraw(EVA);
    const { go, begun } = held(other);
    const heard = other.versions.heard();
    await begun;
    other.text = FILE.replace('billing: 3', 'billing: 4');
    const reloaded = other.versions.reload();
    // The third looks whether the file, which is not live, is sound: the reload has taken effect.
    await vi.waitFor(() => expect(other.checks).toBe(3));
    go();
    await Promise.all([heard, reloaded]);
    expect(other.levels).toEqual([['billing', 4]]);
  });

  it('a reload leaves what was put, and says that the file is not live', async () => {
    await one.versions.setSkills('anna', { billing: 5 }, EVA);
    one.text = FILE.replace('billing: 3', 'billing: 4');
    await one.versions.reload();
    expect(one.levels).toEqual([['billing', 5]]);
    expect(store.log.at(-1)).toMatchObject({ action: 'file', changes: ['agent anna: billing 3 → 4'], note: 'read by one at a reload; not live: a version that was put is' });
  });

  it('a text with which something that is published would not hold is refused, also when it is only tried out, and for one agent', async () => {
    const problem = { file: 'flows/menu.yaml', line: 3, column: 1, node: 'q', what: 'published as 12: there is no queue "sales"', fix: 'write the queue' };
    one.published = [problem];
    const text = FILE.replace('billing: 3', 'billing: 4');
    expect(await one.versions.tryOut(text)).toEqual([problem]);
    expect(await one.versions.put(text, EVA)).toEqual({ done: 'faulty', problems: [problem] });
    expect(await one.versions.setSkills('anna', { billing: 5 }, EVA)).toEqual({ done: 'faulty', problems: [problem] });
    expect(one.versions.live.text).toBe(FILE);
  });

  it('a folder with which something that is published would not hold is not taken over by a reload, and is no line of the log', async () => {
    const problem = { file: 'flows/menu.yaml', line: 3, column: 1, node: 'q', what: 'published as 12: there is no queue "sales"', fix: 'write the queue' };
    one.published = [problem];
    one.text = FILE.replace('billing: 3', 'billing: 4');
    expect(await one.versions.reload()).toEqual([problem]);
    expect(one.levels).toEqual([['billing', 3]]);
    expect(one.versions.live.text).toBe(FILE);
    expect(store.log).toHaveLength(1);
  });

  it('a reload while the store cannot say what is published takes the folder over, and says so', async () => {
    one.published = 'away';
    one.text = FILE.replace('billing: 3', 'billing: 4');
    expect(await one.versions.reload()).toEqual([]);
    expect(one.levels).toEqual([['billing', 4]]);
    expect(one.log.of('the folder could not be held against what is published')).toHaveLength(1);
  });

  it('a faulty file changes nothing, and is no line of the log', async () => {
    one.text = FILE.replace('billing: 3', 'billing: 99');
    expect(await one.versions.reload()).toHaveLength(1);
    await one.versions.setSkills('anna', { billing: 5 }, EVA);
    await one.versions.reload();
    expect(one.levels).toEqual([['billing', 5]]);
    expect(one.log.of("the contact centre's file has faults; what was put over it goes on serving")).toHaveLength(1);
    expect(store.log.map(({ action }) => action)).toEqual(['file', 'put']);
  });

  it('while the store is away what is known goes on serving, and a change is refused', async () => {
    store.isAway = true;
    await one.versions.refresh();
    expect(await one.versions.setSkills('anna', { billing: 5 }, EVA)).toMatchObject({ done: 'refused', error: { code: 'VG_STORE' } });
    expect(one.levels).toEqual([['billing', 3]]);
    const late = await new Gateway(store, 'late').start();
    expect(late.levels).toEqual([['billing', 3]]);
  });

  it('what was put and fits a gateway no more leaves the file serving there; it can be withdrawn there', async () => {
    await one.versions.put(FILE.replace('flow: menu', 'flow: sales'), EVA);
    const late = new Gateway(store, 'late');
    late.flows = new Set(['menu']);
    await late.start();
    expect([late.versions.live.from, late.levels]).toEqual(['file', [['billing', 3]]]);
    expect(late.log.of('the contact centre that was put does not fit this folder, the file serves in its place')).toHaveLength(1);
    expect(await late.versions.withdraw(EVA)).toMatchObject({ done: 'applied' });
    await one.versions.heard();
    expect(one.versions.live.from).toBe('file');
  });
});
