import type { FlowRoutes } from '../../gateway/adapters/http/flow-api.js';
import { failed } from '../../gateway/core/errors.js';

/** The API of flow versions where a test has no flows. */
export const noFlows: FlowRoutes = { list: () => Promise.resolve([]), log: () => Promise.resolve([]), release: () => Promise.resolve(failed('VG_REFUSED', 'there are no flows')) };
