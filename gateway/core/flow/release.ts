import { z } from 'zod';
import { contentHash } from './hash.js';

const flowId = z.string().regex(/^[a-z][a-z0-9-]{0,63}$/, 'a flow id');
const version = z.string().regex(/^[0-9a-f]{16}$/, 'a version: 16 hex digits');
const said = { flow: flowId, at: z.int().nonnegative(), author: z.string().trim().min(1).max(100), note: z.string().trim().min(1).max(500) };

/**
 * One entry of the log of flow versions. The log only grows; what is live is what it folds to.
 * `share` gives a share of the callers another version until the next publish, revert or share; `withdraw` goes back to the file.
 */
export const releaseSchema = z.discriminatedUnion('action', [
  z.strictObject({ ...said, action: z.literal('publish'), version }),
  z.strictObject({ ...said, action: z.literal('revert'), version }),
  z.strictObject({ ...said, action: z.literal('share'), version, percent: z.number().gt(0).lt(100) }),
  z.strictObject({ ...said, action: z.literal('withdraw') }),
]);
export type Release = z.infer<typeof releaseSchema>;

/** What a published version is made of: enough to load it anywhere, years later. */
export const flowSourceSchema = z.strictObject({
  flow: flowId,
  /** The flow's own file, those of its parts, and the files of shared prompts, by name. */
  files: z.array(z.strictObject({ kind: z.enum(['flow', 'prompts']), name: z.string().min(1).max(200), text: z.string().max(1_000_000) })).min(1).max(200),
});
export type FlowSource = z.infer<typeof flowSourceSchema>;

/** The version that callers of a flow get, and the one that a share of them gets instead. */
export interface LiveVersion {
  readonly version: string;
  readonly share: { readonly version: string; readonly percent: number } | null;
}

/** What is live by flow. A flow without an entry is served from its file. */
export function liveVersions(log: readonly Release[]): ReadonlyMap<string, LiveVersion> {
  const live = new Map<string, LiveVersion>();
  for (const entry of log) {
    const before = live.get(entry.flow);
    switch (entry.action) {
      case 'publish':
      case 'revert':
        live.set(entry.flow, { version: entry.version, share: null });
        break;
      case 'share':
        if (before !== undefined) live.set(entry.flow, { version: before.version, share: { version: entry.version, percent: entry.percent } });
        break;
      case 'withdraw':
        live.delete(entry.flow);
        break;
    }
  }
  return live;
}

/** The version for a caller: by number (the call's id, where it is withheld), so that whoever calls again meets the same. */
export function versionFor(live: LiveVersion, caller: { readonly flow: string; readonly ani: string | null; readonly callId: string }): string {
  if (live.share === null) return live.version;
  const lot = parseInt(contentHash(`${caller.ani ?? caller.callId}:${caller.flow}`).slice(0, 8), 16) % 10_000;
  return lot < live.share.percent * 100 ? live.share.version : live.version;
}

/** What stands against an entry; null = it may be written. `known`: whether the log has published that version of the flow before. */
export function refusal(log: readonly Release[], entry: Release): string | null {
  const live = liveVersions(log).get(entry.flow);
  const isKnown = (wanted: string): boolean => log.some((one) => one.flow === entry.flow && one.action !== 'withdraw' && one.version === wanted);
  switch (entry.action) {
    case 'publish':
      return live?.version === entry.version && live.share === null ? `version ${entry.version} of "${entry.flow}" is live already` : null;
    case 'revert':
      if (!isKnown(entry.version)) return `version ${entry.version} of "${entry.flow}" was never published`;
      return live?.version === entry.version && live.share === null ? `version ${entry.version} of "${entry.flow}" is live already` : null;
    case 'share':
      if (live === undefined) return `"${entry.flow}" was never published, so there is nothing to share callers with: publish first`;
      return live.version === entry.version ? `version ${entry.version} of "${entry.flow}" is live already` : null;
    case 'withdraw':
      return live === undefined ? `no version of "${entry.flow}" is published` : null;
  }
}
