import { pino } from 'pino';
import { readSettings, type Settings } from './settings.js';
import { startSoftswitch } from './softswitch.js';

/** The softswitch as a program: one JSON line on stdout when it is ready, logs on stderr, end on SIGTERM, SIGINT or, as a child, when stdin closes. */
async function run(settings: Settings): Promise<void> {
  const log = pino({ level: settings.logLevel, name: 'softswitch' }, pino.destination({ dest: 2, sync: true }));
  const softswitch = await startSoftswitch(settings, log);
  const stop = (): void => {
    softswitch.close().then(() => process.exit(0), (error: unknown) => fail('could not close', error));
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  if (process.env['VAXEL_PARENT'] === '1') process.stdin.once('close', stop).resume();
  process.stdout.write(`${JSON.stringify({ event: 'ready', ...softswitch.addresses })}\n`);
}

function fail(what: string, error: unknown): never {
  process.stderr.write(`softswitch: ${what}: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

const read = readSettings(process.env);
if (!read.ok) fail('environment', read.problem);
run(read.settings).catch((error: unknown) => fail('could not start', error));
