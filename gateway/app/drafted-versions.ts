import type { Flow } from '../core/flow/flow-schema.js';
import type { FlowLibrary } from '../core/flow/library.js';
import { loadFlowSet, type SourceFile } from '../core/flow/load-flow-set.js';
import { flowIdOf, parseFlow } from '../core/flow/load.js';
import type { FlowSource } from '../core/flow/release.js';
import type { Log } from '../ports/log.js';
import type { ReleaseStore } from '../ports/release-store.js';

/** All flows, with a draft among them and without it. */
export interface DraftedFlows {
  readonly drafted: ReadonlyMap<string, Flow>;
  readonly live: ReadonlyMap<string, Flow>;
}

/** What a recorded call is played on, and the flow that it is compared with. */
export interface DraftedFlow {
  /** The flow that was called, with the draft as it or as a part of it; null when the draft has nothing to do with that call. */
  readonly drafted: Flow | null;
  readonly live: Flow | null;
}

export interface DraftedVersionsOptions {
  readonly draft: { readonly flow: string; readonly text: string };
  /** As the folder has them. */
  readonly files: DraftedFlows;
  readonly folder: readonly SourceFile[];
  readonly library: Omit<FlowLibrary, 'prompts' | 'flows'>;
  readonly store: Pick<ReleaseStore, 'source'>;
  readonly log: Log;
}

/**
 * A draft among the flows of the version that a call was recorded on: with the parts and the prompts that were published with it, so that
 * only what the draft changed can differ. Where that version was never published, cannot be had or does not take the draft, the folder's.
 */
export class DraftedVersions {
  private readonly known = new Map<string, Promise<DraftedFlow>>();

  constructor(private readonly options: DraftedVersionsOptions) {}

  of(called: string, version: string): Promise<DraftedFlow> {
    const key = `${called}@${version}`;
    const known = this.known.get(key) ?? this.find(called, version);
    this.known.set(key, known);
    return known;
  }

  private async find(called: string, version: string): Promise<DraftedFlow> {
    const { draft, files } = this.options;
    const ofFiles = { drafted: flowWith(files.drafted, draft.flow, called), live: files.live.get(called) ?? null };
    if (ofFiles.live?.version === version) return ofFiles;
    const source = await this.sourceOf(called, version);
    return (source === null ? null : this.published(source, version)) ?? ofFiles;
  }

  private async sourceOf(called: string, version: string): Promise<FlowSource | null> {
    const { store, log } = this.options;
    try {
      return await store.source(version);
    } catch (error) {
      log.warn({ flow: called, flowVersion: version, err: String(error) }, 'flow version not to be had for a replay, the file is compared with');
      return null;
    }
  }

  private published(source: FlowSource, version: string): DraftedFlow | null {
    const { draft, library } = this.options;
    const of = (kind: 'flow' | 'prompts'): readonly SourceFile[] => source.files.filter((file) => file.kind === kind);
    const load = (flows: readonly SourceFile[]): ReadonlyMap<string, Flow> | null => {
      const set = loadFlowSet({ flows, prompts: of('prompts') }, library);
      return set.ok ? set.value : null;
    };
    const flow = load(of('flow'))?.get(source.flow);
    if (flow === undefined) return null;
    const live = { ...flow, version };
    if (source.flow !== draft.flow && !flow.subflows.has(draft.flow)) return { drafted: null, live };
    const drafted = load(this.withDraft(of('flow')));
    return drafted === null ? null : { drafted: flowWith(drafted, draft.flow, source.flow), live };
  }

  /** The draft in place of its file; parts that only the draft has come from the folder. */
  private withDraft(published: readonly SourceFile[]): readonly SourceFile[] {
    const { draft, folder } = this.options;
    const own = { name: `${draft.flow}.yaml`, text: draft.text };
    const files = new Map([...published.map((file) => [flowIdOf(file.name), file] as const), [draft.flow, own]]);
    const wanted = [own];
    for (let file = wanted.pop(); file !== undefined; file = wanted.pop()) {
      const parsed = parseFlow(file.text, file.name);
      for (const part of parsed.ok ? parsed.value.parts : []) {
        const found = files.has(part) ? undefined : folder.find(({ name }) => flowIdOf(name) === part);
        if (found === undefined) continue;
        files.set(part, found);
        wanted.push(found);
      }
    }
    return [...files.values()];
  }
}

/** The flow that a call would run, when the draft is it or a part of it; null when the draft has nothing to do with that call. */
export function flowWith(flows: ReadonlyMap<string, Flow>, draft: string, called: string): Flow | null {
  const flow = flows.get(called);
  return flow !== undefined && (called === draft || flow.subflows.has(draft)) ? flow : null;
}
