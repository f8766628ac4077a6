import { createLog, type ProgramLog } from './adapters/log/json-log.js';
import { ConfigError, readConfig, type Config } from './config.js';
import { ContentError } from './content.js';
import { startGateway, type Gateway } from './gateway.js';

/** A part that does not close must not keep the process alive. */
const STOP_WITHIN_MS = 10_000;
/** Nor must a reader of the log that takes nothing. */
const LOG_WITHIN_MS = 1_000;

/** The gateway as a program: one JSON line when it serves, logs on stderr, SIGHUP reloads the content, SIGTERM drains and ends. */
async function main(config: Config, log: ProgramLog): Promise<void> {
  let gateway: Gateway | null = null;
  let isStopping = false;
  const stop = (): void => {
    if (isStopping) return;
    isStopping = true;
    // It may wait for servers that will never come: before it serves there is nothing to close.
    if (gateway === null) void exit(log, 0);
    else void gateway.stop().then(() => exit(log, 0));
    setTimeout(() => exit(log, 1), config.drainMs + STOP_WITHIN_MS).unref();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop);
  // One request of a library that came to nothing must not end all calls.
  process.on('unhandledRejection', (reason) => log.error({ err: reason instanceof Error ? (reason.stack ?? String(reason)) : String(reason) }, 'a promise was rejected and nobody held it'));
  if (process.env['VAXEL_PARENT'] === '1') {
    process.stdin.resume();
    process.stdin.on('end', stop);
    process.stdin.on('error', stop);
  }
  // Without a listener SIGHUP ends a process. Who sends one while the gateway starts may have changed what it has read by then.
  let isStale = false;
  process.on('SIGHUP', () => {
    isStale = true;
    gateway?.reload();
  });
  gateway = await startGateway(config, { environment: process.env, log });
  console.log(JSON.stringify({ event: 'ready', http: gateway.httpUrl }));
  if (isStale) gateway.reload();
}

async function exit(log: ProgramLog, code: number): Promise<never> {
  await Promise.race([log.end(), new Promise((resolve) => setTimeout(resolve, LOG_WITHIN_MS))]);
  process.exit(code);
}

/** A fault of configuration or content is told in its own words; anything else with its stack. */
function tell(error: unknown): void {
  console.error(error instanceof ConfigError || error instanceof ContentError || (error instanceof Error && error.constructor === Error) ? error.message : error);
}

try {
  const config = readConfig(process.env);
  const log = createLog(config.logLevel);
  main(config, log).catch((error: unknown) => {
    tell(error);
    void exit(log, 1);
  });
} catch (error) {
  tell(error);
  process.exit(1);
}
