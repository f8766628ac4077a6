import { flowSourceSchema, releaseSchema, type FlowSource, type Release } from '../../core/flow/release.js';
import { RELEASE_LOG, RELEASE_SOURCE } from './keys.js';
import { RedisVersionLog, type RedisVersionLogOptions } from './version-log.js';

/** Opens the store of flow versions. Connects in the background; questions wait for the connection up to their limit. */
export function openReleaseStore(options: RedisVersionLogOptions): RedisVersionLog<Release, FlowSource> {
  return new RedisVersionLog(options, {
    what: 'flow versions',
    keys: { log: RELEASE_LOG, source: RELEASE_SOURCE },
    entry: releaseSchema,
    source: flowSourceSchema,
    versionOf: (entry) => (entry.action === 'withdraw' ? null : entry.version),
  });
}
