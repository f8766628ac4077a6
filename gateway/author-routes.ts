import type { FlowRoutes } from './adapters/http/flow-api.js';
import type { ReplayRoutes } from './adapters/http/replay-api.js';
import { DraftedVersions } from './app/drafted-versions.js';
import type { FlowVersions } from './app/flow-versions.js';
import { incidentFigures } from './app/incident-figures.js';
import type { Recordings } from './app/recordings.js';
import type { Catalogue } from './catalogue.js';
import { flowsWith } from './content.js';
import { failed, ok } from './core/errors.js';
import type { LiveContent } from './live-content.js';
import type { Clock } from './ports/clock.js';
import type { Log } from './ports/log.js';
import type { ReleaseStore } from './ports/release-store.js';
import type { ThreadStore } from './ports/thread-store.js';

/** How far back callers who were told of an incident are counted. */
const INCIDENT_COUNT_MS = 90 * 86_400_000;

export interface AuthorRoutesOptions {
  readonly catalogue: Catalogue;
  readonly content: Pick<LiveContent, 'reload'>;
  readonly versions: FlowVersions;
  readonly releases: Pick<ReleaseStore, 'source'>;
  readonly replays: Recordings;
  readonly thread: Pick<ThreadStore, 'incidentCounts'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** What authors ask over HTTP: which flows are live and since when, a release, a draft replayed on recorded calls. */
export function authorRoutes(options: AuthorRoutesOptions): { readonly flows: FlowRoutes; readonly replays: ReplayRoutes } {
  const { catalogue, content, versions, releases, replays, thread, clock, log } = options;
  return {
    flows: {
      list: async () => {
        await versions.refresh();
        return [...catalogue.content.flows.values()].map((flow) => ({ flow: flow.id, file: flow.version, live: versions.liveVersion(flow.id), isRefused: versions.isRefused(flow.id) }));
      },
      log: async () => {
        await versions.refresh();
        return versions.log;
      },
      incidents: async () => {
        const counts = await thread.incidentCounts(clock.now() - INCIDENT_COUNT_MS);
        return counts.ok ? ok(incidentFigures(catalogue.content.incidents, counts.value)) : counts;
      },
      source: async (version) => {
        try {
          return ok(await releases.source(version));
        } catch {
          return failed('VG_STORE', 'the log of flow versions cannot be read');
        }
      },
      release: async (wish) => {
        const refused = await content.reload();
        if (refused !== null) return failed('VG_REFUSED', `the folder of flows has faults, nothing was released: ${refused}`);
        return versions.release({ ...wish, at: clock.now() });
      },
    },
    replays: {
      now: () => clock.now(),
      recordings: (wanted, limit) => replays.lines(wanted, limit),
      replay: async (wish) => {
        const { flows: live, library, sources } = catalogue.content;
        const drafted = flowsWith(catalogue.content, { flow: wish.flow, name: `${wish.flow}.yaml`, text: wish.text });
        if (!drafted.ok) return ok({ problems: drafted.problems });
        return replays.replay(new DraftedVersions({
          draft: { flow: wish.flow, flows: [{ name: `${wish.flow}.yaml`, text: wish.text }], prompts: [] },
          files: { drafted: drafted.value, live }, folder: sources.flows, library, store: releases,
          unreachable: (flow, flowVersion, error) => log.warn({ flow, flowVersion, err: String(error) }, 'flow version not to be had for a replay, its calls are left out'),
        }), wish);
      },
    },
  };
}
