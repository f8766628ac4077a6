import type { Flow } from '../core/flow/flow-schema.js';
import type { FlowLibrary } from '../core/flow/library.js';
import { loadFlowSet, type SourceFile } from '../core/flow/load-flow-set.js';
import { flowIdOf, parseFlow } from '../core/flow/load.js';
import type { FlowSource } from '../core/flow/release.js';
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

/** The files that stand in for what was published; all others are as they were. */
export interface Draft {
  readonly flow: string;
  /** The draft itself, and parts that are drafts as well. */
  readonly flows: readonly SourceFile[];
  readonly prompts: readonly SourceFile[];
}

export interface DraftedVersionsOptions {
  readonly draft: Draft;
  /** As the folder has them. */
  readonly files: DraftedFlows;
  readonly folder: readonly SourceFile[];
  readonly library: Omit<FlowLibrary, 'prompts' | 'flows'>;
  readonly store: Pick<ReleaseStore, 'source'>;
  /** What was published as that version cannot be asked for. */
  readonly unreachable: (flow: string, version: string, error: unknown) => void;
}

/**
 * A draft among the flows of the version that a call was recorded on: with the parts and the prompts that were published with it, so that
 * only what the draft changed can differ. Where that version was never published, or does not take the draft, the folder's.
 */
export class DraftedVersions {
  private readonly known = new Map<string, Promise<DraftedFlow | 'unknown'>>();

  constructor(private readonly options: DraftedVersionsOptions) {}

  /** `unknown`: it may have been published, and nobody can be asked what with. */
  of(called: string, version: string): Promise<DraftedFlow | 'unknown'> {
    const key = `${called}@${version}`;
    const known = this.known.get(key) ?? this.find(called, version);
    this.known.set(key, known);
    return known;
  }

  private async find(called: string, version: string): Promise<DraftedFlow | 'unknown'> {
    const { draft, files, store, unreachable } = this.options;
    const ofFiles = { drafted: flowWith(files.drafted, draft.flow, called), live: files.live.get(called) ?? null };
    if (ofFiles.live?.version === version) return ofFiles;
    try {
      const source = await store.source(version);
      return (source === null ? null : this.published(source, version)) ?? ofFiles;
    } catch (error) {
      if (ofFiles.drafted === null) return ofFiles;
      unreachable(called, version, error);
      return 'unknown';
    }
  }

  private published(source: FlowSource, version: string): DraftedFlow | null {
    const { draft, library } = this.options;
    const of = (kind: 'flow' | 'prompts'): readonly SourceFile[] => source.files.filter((file) => file.kind === kind);
    const load = (flows: readonly SourceFile[], prompts: readonly SourceFile[]): ReadonlyMap<string, Flow> | null => {
      const set = loadFlowSet({ flows, prompts }, library);
      return set.ok ? set.value : null;
    };
    const flow = load(of('flow'), of('prompts'))?.get(source.flow);
    if (flow === undefined) return null;
    const live = { ...flow, version };
    if (source.flow !== draft.flow && !flow.subflows.has(draft.flow)) return { drafted: null, live };
    const drafted = load(this.withDraft(of('flow')), [...byId([...of('prompts'), ...draft.prompts]).values()]);
    return drafted === null ? null : { drafted: flowWith(drafted, draft.flow, source.flow), live };
  }

  /** The draft in place of its files; parts that only the draft has come from the folder. */
  private withDraft(published: readonly SourceFile[]): readonly SourceFile[] {
    const { draft, folder } = this.options;
    const files = byId([...published, ...draft.flows]);
    for (const file of partsIn(draft.flows, folder.filter(({ name }) => !files.has(flowIdOf(name))))) files.set(flowIdOf(file.name), file);
    return [...files.values()];
  }
}

/** By what the files are called, wherever they lie: of two with one name the later one. */
const byId = (files: readonly SourceFile[]): Map<string, SourceFile> => new Map(files.map((file) => [flowIdOf(file.name), file]));

/** The files among these that flows have as parts, and their parts. */
export function partsIn(flows: readonly SourceFile[], among: readonly SourceFile[]): readonly SourceFile[] {
  const left = byId(among);
  const found: SourceFile[] = [];
  const wanted = [...flows];
  for (let file = wanted.pop(); file !== undefined; file = wanted.pop()) {
    const parsed = parseFlow(file.text, file.name);
    for (const part of parsed.ok ? parsed.value.parts : []) {
      const one = left.get(part);
      if (one === undefined) continue;
      left.delete(part);
      found.push(one);
      wanted.push(one);
    }
  }
  return found;
}

/** The flow that a call would run, when the draft is it or a part of it; null when the draft has nothing to do with that call. */
function flowWith(flows: ReadonlyMap<string, Flow>, draft: string, called: string): Flow | null {
  const flow = flows.get(called);
  return flow !== undefined && (called === draft || flow.subflows.has(draft)) ? flow : null;
}
