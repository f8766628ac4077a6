import type { Flow } from '../core/flow/flow-schema.js';
import type { FlowLibrary } from '../core/flow/library.js';
import { loadFlowSet } from '../core/flow/load-flow-set.js';
import { formatProblem, type Problem } from '../core/flow/problem.js';
import { liveVersions, refusal, versionFor, type FlowSource, type LiveVersion, type Release } from '../core/flow/release.js';
import { failed, ok, type Result } from '../core/errors.js';
import type { Log } from '../ports/log.js';
import type { ReleaseStore } from '../ports/release-store.js';
import type { Flows } from './centre.js';
import { isToldLoss } from './told-loss.js';

/** Versions of one flow kept for calls that may still finish on them. */
const KEPT_VERSIONS = 20;

/** The flows of the folder, and what publishing one needs of it. */
export interface FlowFiles {
  flows(): ReadonlyMap<string, Flow>;
  /** What published flows may refer to: connectors, queues, opening hours as they are now. */
  library(): Omit<FlowLibrary, 'prompts' | 'flows'>;
  /** The files that a flow is made of; null when there is no such flow. */
  source(flowId: string): FlowSource | null;
}

export interface FlowVersionsOptions {
  readonly store: ReleaseStore;
  readonly files: FlowFiles;
  readonly log: Log;
}

/**
 * Which version of a flow serves a caller. The log of versions decides, for every gateway alike; a flow that was never published is served
 * from its file. A call that has begun finishes on its version.
 */
export class FlowVersions implements Flows {
  private releases: readonly Release[] = [];
  private live: ReadonlyMap<string, LiveVersion> = new Map();
  /** `flow@version` → loaded, oldest first. */
  private readonly loaded = new Map<string, Flow>();
  private reading: Promise<void> | null = null;

  constructor(private readonly options: FlowVersionsOptions) {
    this.keepFiles();
  }

  /** Asks the log for news and loads what is live now. Does not throw: without an answer what is known goes on serving. */
  refresh(): Promise<void> {
    this.reading ??= this.read().finally(() => {
      this.reading = null;
    });
    return this.reading;
  }

  /**
   * The folder was read again, or the contact centre is another one: what is published is loaded anew too, as opening hours and the like are
   * those of today. Does not throw: what cannot be loaded goes on as it was.
   */
  async filesChanged(): Promise<void> {
    this.keepFiles();
    for (const { flowId, version } of versionsIn(this.live)) {
      await this.load(flowId, version).catch((error: unknown) => this.options.log.warn({ flow: flowId, flowVersion: version, err: String(error) }, 'flow version not loaded'));
    }
  }

  choose(flowId: string, caller: { readonly ani: string | null; readonly callId: string }): { readonly flow: Flow; readonly version: string } | null {
    const live = this.live.get(flowId);
    const wanted = live === undefined ? null : this.version(flowId, versionFor(live, { flow: flowId, ...caller }));
    const flow = wanted ?? (live === undefined ? null : this.version(flowId, live.version)) ?? this.options.files.flows().get(flowId) ?? null;
    return flow === null ? null : { flow, version: flow.version };
  }

  version(flowId: string, version: string): Flow | null {
    return this.loaded.get(`${flowId}@${version}`) ?? null;
  }

  /** Loads a version from the store when it is not known: of a call that another gateway began. */
  async fetch(flowId: string, version: string): Promise<void> {
    if (this.version(flowId, version) !== null) return;
    try {
      await this.load(flowId, version);
    } catch (error) {
      this.options.log.warn({ flow: flowId, flowVersion: version, err: String(error) }, 'flow version not loaded');
    }
  }

  get log(): readonly Release[] {
    return this.releases;
  }

  liveVersion(flowId: string): LiveVersion | null {
    return this.live.get(flowId) ?? null;
  }

  /** Whether the live version cannot be loaded here, so that the file serves in its place. */
  isRefused(flowId: string): boolean {
    const live = this.live.get(flowId);
    return live !== undefined && this.version(flowId, live.version) === null;
  }

  /** What of that which is published would no longer hold with these queues, agents and hours, and does with those of today. Rejects without an answer of the store. */
  async faultsUnder(library: ReturnType<FlowFiles['library']>): Promise<readonly Problem[]> {
    const found: Problem[] = [];
    for (const { version } of versionsIn(this.live)) {
      const source = await this.options.store.source(version);
      const set = source === null ? null : setOf(source, library);
      if (source === null || set === null || set.ok || !setOf(source, this.options.files.library()).ok) continue;
      found.push(...set.problems.map((problem) => ({ ...problem, what: `published as ${version}: ${problem.what}` })));
    }
    return found;
  }

  /**
   * Writes an entry: publishes the flow as its file stands now, goes back to an earlier version, shares callers, or withdraws. A refusal
   * says what stands against it; nothing was written then.
   */
  async release(wish: { readonly action: Release['action']; readonly flow: string; readonly version?: string | undefined; readonly percent?: number | undefined; readonly author: string; readonly note: string; readonly at: number }): Promise<Result<Release>> {
    await this.refresh();
    const made = this.entryOf(wish);
    if (!made.ok) return made;
    const { entry, source } = made.value;
    const against = refusal(this.releases, entry);
    if (against !== null) return failed('VG_REFUSED', against);
    const written = await this.options.store.append(entry, { after: this.releases.length, source });
    await this.refresh();
    if (written === 'changed') return failed('VG_REFUSED', 'somebody else released a version just now; look at the log and try again');
    this.options.log.info({ action: entry.action, flow: entry.flow, author: entry.author, ...('version' in entry ? { flowVersion: entry.version } : {}) }, 'flow version released');
    return ok(entry);
  }

  private entryOf(wish: Parameters<FlowVersions['release']>[0]): Result<{ readonly entry: Release; readonly source: FlowSource | null }> {
    const { action, flow, author, note, at } = wish;
    const said = { flow, author, note, at };
    if (action === 'withdraw') return ok({ entry: { ...said, action }, source: null });
    const file = this.options.files.flows().get(flow);
    if (action === 'revert') return wish.version === undefined ? failed('VG_BAD_MESSAGE', 'say which version to go back to') : ok({ entry: { ...said, action, version: wish.version }, source: null });
    if (file === undefined) return failed('VG_REFUSED', `there is no flow "${flow}"`);
    const source = this.options.files.source(flow);
    if (action === 'publish') return ok({ entry: { ...said, action, version: file.version }, source });
    if (wish.percent === undefined) return failed('VG_BAD_MESSAGE', 'say which share of the callers, in percent');
    return ok({ entry: { ...said, action, version: wish.version ?? file.version, percent: wish.percent }, source: wish.version === undefined ? source : null });
  }

  private async read(): Promise<void> {
    const { store, log } = this.options;
    try {
      const news = await store.entries(this.releases.length);
      if (news.length === 0) return;
      const releases = [...this.releases, ...news];
      const live = liveVersions(releases);
      for (const one of versionsIn(live)) if (this.version(one.flowId, one.version) === null) await this.load(one.flowId, one.version);
      [this.releases, this.live] = [releases, live];
      log.info({ entries: releases.length, live: Object.fromEntries([...live].map(([id, { version }]) => [id, version])) }, 'flow versions changed');
    } catch (error) {
      if (!isToldLoss(error)) log.warn({ err: String(error) }, 'log of flow versions not reachable, what is known goes on serving');
    }
  }

  private async load(flowId: string, version: string): Promise<void> {
    const { store, files, log } = this.options;
    const source = await store.source(version);
    if (source === null) return log.error({ flow: flowId, flowVersion: version }, 'source of a flow version is missing');
    const set = setOf(source, files.library());
    const flow = set.ok ? set.value.get(flowId) : undefined;
    if (flow === undefined) return log.error({ flow: flowId, flowVersion: version, problems: set.ok ? [] : set.problems.slice(0, 20).map(formatProblem) }, 'a published flow is refused by the rules, connectors, queues and hours of today; a gateway that has not loaded it before serves the file');
    this.keep({ ...flow, version });
  }

  private keepFiles(): void {
    for (const flow of this.options.files.flows().values()) this.keep(flow);
  }

  private keep(flow: Flow): void {
    const key = `${flow.id}@${flow.version}`;
    this.loaded.delete(key);
    this.loaded.set(key, flow);
    const own = [...this.loaded.keys()].filter((other) => other.startsWith(`${flow.id}@`));
    const inUse = this.live.get(flow.id);
    const old = own.slice(0, Math.max(0, own.length - KEPT_VERSIONS)).filter((other) => ![inUse?.version, inUse?.share?.version].includes(other.slice(flow.id.length + 1)));
    for (const other of old) this.loaded.delete(other);
  }
}

function setOf({ files }: FlowSource, library: ReturnType<FlowFiles['library']>): ReturnType<typeof loadFlowSet> {
  const of = (kind: 'flow' | 'prompts') => files.filter((file) => file.kind === kind);
  return loadFlowSet({ flows: of('flow'), prompts: of('prompts') }, library);
}

/** Every version that some caller gets. */
function versionsIn(live: ReadonlyMap<string, LiveVersion>): readonly { readonly flowId: string; readonly version: string }[] {
  return [...live].flatMap(([flowId, { version, share }]) => [version, ...(share === null ? [] : [share.version])].map((one) => ({ flowId, version: one })));
}
