import type { CentreRoutes } from '../../gateway/adapters/http/centre-api.js';
import type { FlowRoutes } from '../../gateway/adapters/http/flow-api.js';
import type { AuthorTools } from '../../gateway/ports/author-tools.js';
import type { ReplayRoutes } from '../../gateway/adapters/http/replay-api.js';
import type { QueueRoutes } from '../../gateway/adapters/http/queue-api.js';
import { failed, ok } from '../../gateway/core/errors.js';

/** The author's commands where a test has no flows. */
export const noTools: AuthorTools = { run: () => Promise.resolve(failed('VG_REFUSED', 'there are no flows')) };

/** The API of flow versions where a test has no flows. */
export const noFlows: FlowRoutes = { list: () => Promise.resolve([]), log: () => Promise.resolve([]), source: () => Promise.resolve(ok(null)), release: () => Promise.resolve(failed('VG_REFUSED', 'there are no flows')), incidents: () => Promise.resolve(ok([])) };

/** The API of recordings where a test has none. */
export const noReplays: ReplayRoutes = { now: () => 0, recordings: () => Promise.resolve(failed('VG_STORE', 'there are no recordings')), replay: () => Promise.resolve(failed('VG_STORE', 'there are no recordings')) };

/** The queue's API where a test has no queue. */
export const noQueue: QueueRoutes = { roster: () => Promise.resolve(failed('VG_STORE', 'there is no queue')), order: () => Promise.resolve(failed('VG_STORE', 'there is no queue')) };

const NO_CENTRE = { done: 'refused', error: { code: 'VG_STORE', detail: 'there is no contact centre' } } as const;

/** The API of the contact centre's configuration where a test has none. */
export const noCentre: CentreRoutes = {
  live: { version: '0'.repeat(16), from: 'file', text: '' },
  log: [],
  refresh: () => Promise.resolve(),
  tryOut: () => Promise.resolve([]),
  put: () => Promise.resolve(NO_CENTRE),
  setSkills: () => Promise.resolve(NO_CENTRE),
  withdraw: () => Promise.resolve(NO_CENTRE),
};
