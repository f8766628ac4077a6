import { ConfigError, readConfig } from './config.js';
import { ContentError } from './content.js';
import { startGateway, type Gateway } from './gateway.js';

/** A part that does not close must not keep the process alive. */
const STOP_WITHIN_MS = 10_000;

/** The gateway as a program: one JSON line when it serves, logs on stderr, SIGHUP reloads the content, SIGTERM drains and ends. */
async function main(): Promise<void> {
  const config = readConfig(process.env);
  let gateway: Gateway | null = null;
  let isStopping = false;
  const stop = (): void => {
    if (isStopping) return;
    isStopping = true;
    // It may wait for servers that will never come: before it serves there is nothing to close.
    if (gateway === null) process.exit(0);
    setTimeout(() => process.exit(1), config.drainMs + STOP_WITHIN_MS).unref();
    void gateway.stop().then(() => process.exit(0));
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop);
  if (process.env['VAXEL_PARENT'] === '1') {
    process.stdin.resume();
    process.stdin.on('end', stop);
    process.stdin.on('error', stop);
  }
  gateway = await startGateway(config, { environment: process.env });
  console.log(JSON.stringify({ event: 'ready', http: gateway.httpUrl }));
  process.on('SIGHUP', () => gateway?.reload());
}

main().catch((error: unknown) => {
  // A fault of configuration or content is told in its own words; anything else with its stack.
  console.error(error instanceof ConfigError || error instanceof ContentError || (error instanceof Error && error.constructor === Error) ? error.message : error);
  process.exit(1);
});
