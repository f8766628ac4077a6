import { centreEntrySchema, centreSourceSchema, type CentreEntry, type CentreSource } from '../../core/acd/centre-version.js';
import { CENTRE_LOG, CENTRE_SOURCE } from './keys.js';
import { RedisVersionLog, type RedisVersionLogOptions } from './version-log.js';

/** Opens the log of the contact centre's versions. Connects in the background; questions wait for the connection up to their limit. */
export function openCentreStore(options: RedisVersionLogOptions): RedisVersionLog<CentreEntry, CentreSource> {
  return new RedisVersionLog(options, {
    what: "the contact centre's versions",
    keys: { log: CENTRE_LOG, source: CENTRE_SOURCE },
    entry: centreEntrySchema,
    source: centreSourceSchema,
    versionOf: (entry) => entry.version,
  });
}
