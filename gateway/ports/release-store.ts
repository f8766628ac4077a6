import type { FlowSource, Release } from '../core/flow/release.js';
import type { VersionLog } from './version-log.js';

/** The versions of flows. */
export type ReleaseStore = VersionLog<Release, FlowSource>;
