import { fileVersion, putVersion, type CentreEntry } from '../core/acd/centre-version.js';
import type { SkillChange } from '../core/acd/set-agent-skills.js';
import { ok, type Result } from '../core/errors.js';
import { contentHash } from '../core/flow/hash.js';
import type { Loaded } from '../core/flow/load.js';
import { formatProblem, type Problem } from '../core/flow/problem.js';
import type { CentreStore } from '../ports/centre-store.js';
import type { Clock } from '../ports/clock.js';
import type { Log } from '../ports/log.js';
import type { CentreFolder } from './centre-folder.js';
import type { CentreOutcome, LiveCentre, Said } from './centre-outcome.js';
import { isToldLoss } from './told-loss.js';

/** Whoever changes the contact centre while others do is tried again so often. */
const TRIES = 5;
/** A gateway that was told of nothing, and takes no calls, looks for news so often. */
const LOOK_MS = 5_000;
/** The store may be starting too. */
const TRIES_AT_START = 8;

export interface CentreVersionsOptions<C> {
  readonly store: CentreStore;
  readonly folder: CentreFolder<C>;
  /** Makes it what serves, to the last agent who is signed in here. Does not reject. */
  readonly use: (content: C) => Promise<void>;
  /** What beside the folder stands against it: of that which is published. Rejects without an answer of its store. */
  readonly against: (content: C) => Promise<readonly Problem[]>;
  /** Tells the other gateways to look for news; gives those that did not say within a moment that they have this version. Does not reject. */
  readonly tell: (version: string) => Promise<readonly string[]>;
  /** Who reads the file, for the log. */
  readonly node: string;
  readonly clock: Clock;
  readonly log: Log;
}

type Made = { readonly action: 'put' | 'withdraw'; readonly text: string };

/**
 * Which text of the contact centre is live. The log decides, for every gateway alike: the newest version that was put, until somebody
 * withdraws; without one each gateway's file. Everything that changes is an entry of the log, what a reload found in the file as well.
 */
export class CentreVersions<C> {
  private entries: readonly CentreEntry[] = [];
  private now: LiveCentre = { version: '', from: 'file', text: '' };
  private reading: Promise<void> | null = null;
  private endWatch: () => void = () => undefined;
  private isClosed = false;

  constructor(private readonly options: CentreVersionsOptions<C>) {}

  get live(): LiveCentre {
    return this.now;
  }

  get log(): readonly CentreEntry[] {
    return this.entries;
  }

  /** What is live now, read for the first time. What was put and does not fit the folder any more is left for the file. */
  async begin(): Promise<Loaded<C>> {
    await this.firstEntries();
    const put = await this.putText();
    const loaded = put === null ? null : await this.options.folder.check(put);
    if (loaded?.ok === false) this.tellProblems(loaded.problems, 'the contact centre that was put does not fit this folder, the file serves in its place');
    if (put === null || loaded?.ok !== true) return this.readFile();
    this.now = liveOf('api', put);
    return loaded;
  }

  /** The gateway serves: the log learns what file it has, and is looked at now and then, in case nobody tells of news. */
  async serving(): Promise<void> {
    this.watch();
    await this.noteFile('start');
  }

  /** Asks the log for news and applies what is live now. Does not throw: without an answer what is known goes on serving. */
  async refresh(): Promise<void> {
    try {
      await this.follow();
    } catch (error) {
      if (!isToldLoss(error)) this.options.log.warn({ err: String(error) }, "log of the contact centre's versions not reachable, what is known goes on serving");
    }
  }

  /** Another gateway says that there is news. @returns the version that is live here by now */
  async heard(): Promise<string> {
    await this.reading?.catch(() => undefined);
    await this.refresh();
    return this.now.version;
  }

  /** Reads the folder again. @returns what is wrong with it, for what is published too; then the old one goes on serving */
  async reload(): Promise<readonly Problem[]> {
    const { put, text, loaded, problems } = await this.newest(async () => {
      const put = await this.putText();
      const text = put ?? this.options.folder.file();
      const loaded = await this.options.folder.check(text);
      return { put, text, loaded, problems: loaded.ok ? await this.standing(loaded.value) : loaded.problems };
    });
    if (!loaded.ok || problems.length > 0) return problems;
    this.now = liveOf(put === null ? 'file' : 'api', text ?? '');
    await this.options.use(loaded.value);
    await this.noteFile('reload');
    return [];
  }

  /** What that text would change, without changing anything. Rejects as `against` does. */
  async tryOut(text: string): Promise<{ readonly version: string; readonly changes: readonly string[] } | readonly Problem[]> {
    await this.refresh();
    const problems = await this.problemsOf(text);
    return problems.length === 0 ? { version: contentHash(text), changes: await this.options.folder.changes(this.now.text, text) } : problems;
  }

  /** Makes a text live over the file, in every gateway. */
  put(text: string, said: Said): Promise<CentreOutcome> {
    return this.change(said, async () => ok({ action: 'put', text }));
  }

  /** Changes the skills of one agent in what is live. */
  setSkills(agent: string, skills: SkillChange, said: Said): Promise<CentreOutcome> {
    return this.change(said, async (live) => {
      const made = await this.options.folder.withSkills(live.text, agent, skills);
      return made.ok ? ok({ action: 'put', text: made.value }) : made;
    });
  }

  /** Back to the file. */
  withdraw(said: Said): Promise<CentreOutcome> {
    return this.change(said, async (live) => ok({ action: 'withdraw', text: live.from === 'file' ? live.text : (this.options.folder.file() ?? '') }));
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.endWatch();
    await this.options.store.close();
  }

  private async change(said: Said, make: (live: LiveCentre) => Promise<Result<Made>>): Promise<CentreOutcome> {
    try {
      for (let tries = 0; tries < TRIES; tries++) {
        const outcome = await this.tryChange(said, make);
        if (outcome !== 'changed') return outcome;
      }
      return this.stale();
    } catch (error) {
      return { done: 'refused', error: { code: 'VG_STORE', detail: `nothing is known to have changed: ${error instanceof Error ? error.message : String(error)}` } };
    }
  }

  private async tryChange({ author, note, ifMatch }: Said, make: (live: LiveCentre) => Promise<Result<Made>>): Promise<CentreOutcome | 'changed'> {
    const { store, folder, clock, log, tell } = this.options;
    await this.catchUp();
    const before = this.now;
    if (ifMatch !== null && ifMatch !== 'any' && !ifMatch.includes(before.version)) return this.stale();
    const made = await make(before);
    if (!made.ok) return { done: 'refused', error: made.error };
    const { action, text } = made.value;
    if (action === 'withdraw' ? putVersion(this.entries) === null : text === before.text) return { done: 'unchanged', live: before };
    const problems = await this.problemsOf(text);
    if (problems.length > 0) return { done: 'faulty', problems };
    const entry: CentreEntry = { action, version: contentHash(text), before: before.version, changes: [...(await folder.changes(before.text, text))], at: clock.now(), author, note };
    if ((await store.append(entry, { after: this.entries.length, source: { text } })) === 'changed') return 'changed';
    await this.catchUp();
    log.info({ action, version: entry.version, author, changes: entry.changes.length }, 'contact centre changed');
    return { done: 'applied', live: this.now, before: before.version, changes: entry.changes, silent: await tell(entry.version) };
  }

  /** What stands against a text as the contact centre: it would be live in every gateway, for what is published as for what is in the folder. */
  private async problemsOf(text: string): Promise<readonly Problem[]> {
    const loaded = await this.options.folder.check(text);
    return loaded.ok ? this.options.against(loaded.value) : loaded.problems;
  }

  /** What is published cannot be asked without the store: then whoever keeps the folder decides. */
  private standing(content: C): Promise<readonly Problem[]> {
    return this.options.against(content).catch((error: unknown) => {
      this.options.log.warn({ err: String(error) }, 'the folder could not be held against what is published');
      return [];
    });
  }

  private stale(): CentreOutcome {
    return { done: 'stale', live: this.now, last: this.entries.at(-1) ?? null };
  }

  private watch(): void {
    if (!this.isClosed) this.endWatch = this.options.clock.after(LOOK_MS, () => void this.refresh().then(() => this.watch()));
  }

  /** As `follow`, with all that was written until now. */
  private async catchUp(): Promise<void> {
    await this.reading?.catch(() => undefined);
    await this.follow();
  }

  /** Reads what is new in the log, and makes live what it says; for all who ask at a time. Rejects without an answer of the store. */
  private follow(): Promise<void> {
    this.reading ??= this.readNews().finally(() => {
      this.reading = null;
    });
    return this.reading;
  }

  /** When it fails, nothing is taken as read. */
  private async readNews(): Promise<void> {
    const news = await this.options.store.entries(this.entries.length);
    if (news.length === 0) return;
    const entries = [...this.entries, ...news];
    const wanted = putVersion(entries);
    if (wanted !== (this.now.from === 'api' ? this.now.version : null)) await this.become(wanted);
    this.entries = entries;
  }

  private async become(version: string | null): Promise<void> {
    const { folder, log, use } = this.options;
    const put = await this.textOf(version);
    if (version !== null && put === null) return log.error({ version }, 'the text of a version of the contact centre is missing');
    const { text, loaded } = await this.newest(async () => {
      const text = put ?? folder.file();
      return { text, loaded: await folder.check(text) };
    });
    if (!loaded.ok) return this.tellProblems(loaded.problems, 'a version of the contact centre does not fit this folder, the old one goes on serving');
    this.now = liveOf(put === null ? 'file' : 'api', text ?? '');
    await use(loaded.value);
    log.info({ version: this.now.version, from: this.now.from }, 'contact centre follows the log');
  }

  /** What was read while something else became live may be older than that: it is read again. */
  private async newest<T>(read: () => Promise<T>): Promise<T> {
    for (;;) {
      const before = this.now;
      const found = await read();
      if (this.now === before) return found;
    }
  }

  private async readFile(): Promise<Loaded<C>> {
    const text = this.options.folder.file();
    const loaded = await this.options.folder.check(text);
    if (loaded.ok) this.now = liveOf('file', text ?? '');
    return loaded;
  }

  /** Writes into the log that the file is another one than before. A faulty one is told and not written. Does not throw. */
  private async noteFile(why: 'start' | 'reload'): Promise<void> {
    const { store, folder, node, clock, log } = this.options;
    const text = this.now.from === 'file' ? this.now.text : folder.file();
    if (text === null) return;
    try {
      for (let tries = 0; tries < TRIES; tries++) {
        const [version, known] = [contentHash(text), fileVersion(this.entries)];
        if (known === version) return;
        const isOver = this.now.from === 'api';
        const checked = isOver ? await folder.check(text) : null;
        if (checked?.ok === false) return this.tellProblems(checked.problems, "the contact centre's file has faults; what was put over it goes on serving");
        const changes = known === null ? [] : [...(await folder.changes((await this.textOf(known)) ?? '', text))];
        const note = `read by ${node} at a ${why}${isOver ? '; not live: a version that was put is' : ''}`;
        const entry: CentreEntry = { action: 'file', version, before: known, changes, at: clock.now(), author: 'contact-centre.yaml', note };
        const written = await store.append(entry, { after: this.entries.length, source: { text } });
        await this.catchUp();
        if (written === 'appended') return;
      }
    } catch (error) {
      log.warn({ err: String(error) }, 'that the file of the contact centre changed could not be logged');
    }
  }

  private async firstEntries(): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        this.entries = await this.options.store.entries(0);
        return;
      } catch (error) {
        if (tries < TRIES_AT_START) continue;
        if (!isToldLoss(error)) this.options.log.warn({ err: String(error) }, "log of the contact centre's versions not reachable, the file serves");
        return;
      }
    }
  }

  /** The text that was put and counts, or null; what serves already needs no store. */
  private async putText(): Promise<string | null> {
    const version = putVersion(this.entries);
    if (this.now.from === 'api' && this.now.version === version) return this.now.text;
    return this.textOf(version).catch(() => null);
  }

  private async textOf(version: string | null): Promise<string | null> {
    return version === null ? null : ((await this.options.store.source(version))?.text ?? null);
  }

  private tellProblems(problems: readonly Problem[], what: string): void {
    this.options.log.error({ problems: problems.slice(0, 20).map(formatProblem) }, what);
  }
}

const liveOf = (from: LiveCentre['from'], text: string): LiveCentre => ({ version: contentHash(text), from, text });
