import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ApiRoutes } from '../../gateway/adapters/http/json-api.js';
import { openHttp } from '../../gateway/adapters/http/open-http.js';
import { ok } from '../../gateway/core/errors.js';
import { noFigures } from './no-figures.js';
import { noCentre, noFlows, noQueue, noReplays, noTools } from './no-flows.js';
import { noItems } from './no-items.js';
import { noMessages } from './no-messages.js';
import { KeptLog } from './silent-log.js';

/** A gateway that is up and has nothing: no agents, calls, flows, messages or figures. */
export const noRoutes: ApiRoutes = {
  health: () => ({ isUp: true }),
  agentOf: () => null,
  isSupervisor: () => false,
  skillName: () => null,
  endOf: () => null,
  thread: { append: () => Promise.resolve(ok(null)), recent: () => Promise.resolve(ok([])) },
  apiToken: null,
  flows: noFlows,
  centre: noCentre,
  tools: noTools,
  queue: noQueue,
  figures: noFigures,
  items: noItems,
  messages: noMessages,
  replays: noReplays,
};

export interface OpenApi {
  readonly url: string;
  close(): Promise<void>;
}

/** The JSON API on a free port; what is not given answers as of a gateway that has nothing. */
export async function openApi(routes: Partial<ApiRoutes>): Promise<OpenApi> {
  const folder = await mkdtemp(join(tmpdir(), 'vaxel-api-'));
  const http = await openHttp({ host: '127.0.0.1', port: 0, deskFolders: [folder], log: new KeptLog(), routes: { ...noRoutes, ...routes } });
  return {
    url: http.url,
    close: async () => {
      await http.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
