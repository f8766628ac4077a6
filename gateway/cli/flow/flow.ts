import { runOf, type Command } from '../command-group.js';
import { check, CHECK_HELP } from './check.js';
import { diagram, DIAGRAM_HELP } from './diagram.js';
import { incidents, INCIDENTS_HELP } from './incidents.js';
import { prove, PROVE_HELP } from './prove.js';
import { recordings, RECORDINGS_HELP } from './recordings.js';
import { release, RELEASE_HELP, versions } from './release.js';
import { replay, REPLAY_HELP } from './replay.js';
import { run, RUN_HELP } from './run.js';
import { schema, SCHEMA_HELP } from './schema.js';
import { test, TEST_HELP } from './test.js';

const COMMANDS: ReadonlyMap<string, Command> = new Map([
  ['check', { run: check, help: CHECK_HELP }],
  ['test', { run: test, help: TEST_HELP }],
  ['run', { run, help: RUN_HELP }],
  ['diagram', { run: diagram, help: DIAGRAM_HELP }],
  ['prove', { run: prove, help: PROVE_HELP }],
  ['replay', { run: replay, help: REPLAY_HELP }],
  ['recordings', { run: recordings, help: RECORDINGS_HELP }],
  ['incidents', { run: incidents, help: INCIDENTS_HELP }],
  ['schema', { run: schema, help: SCHEMA_HELP }],
  ['publish', { run: release('publish'), help: RELEASE_HELP }],
  ['share', { run: release('share'), help: RELEASE_HELP }],
  ['revert', { run: release('revert'), help: RELEASE_HELP }],
  ['withdraw', { run: release('withdraw'), help: RELEASE_HELP }],
  ['versions', { run: versions, help: RELEASE_HELP }],
]);

/** `vaxel flow <command>`: what authors of flows need. */
export const flow = (args: readonly string[]): Promise<number> => runOf('flow', COMMANDS, args);
