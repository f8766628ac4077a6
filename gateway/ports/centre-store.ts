import type { CentreEntry, CentreSource } from '../core/acd/centre-version.js';
import type { VersionLog } from './version-log.js';

/** The versions of the contact centre's configuration, which is its audit log too. */
export type CentreStore = VersionLog<CentreEntry, CentreSource>;
