import { ConfigError, readConfig } from './config.js';
import { ContentError } from './content.js';
import { startGateway } from './gateway.js';

/** The gateway as a program: one JSON line when it serves, logs on stderr, SIGHUP reloads the content, SIGTERM drains and ends. */
async function main(): Promise<void> {
  const gateway = await startGateway(readConfig(process.env), { environment: process.env });
  console.log(JSON.stringify({ event: 'ready', http: gateway.httpUrl }));
  let isStopping = false;
  const stop = (): void => {
    if (isStopping) return;
    isStopping = true;
    void gateway.stop().then(() => process.exit(0));
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop);
  process.on('SIGHUP', () => gateway.reload());
  if (process.env['VAXEL_PARENT'] !== '1') return;
  process.stdin.resume();
  process.stdin.on('end', stop);
  process.stdin.on('error', stop);
}

main().catch((error: unknown) => {
  // A fault of configuration or content is told in its own words; anything else with its stack.
  console.error(error instanceof ConfigError || error instanceof ContentError || (error instanceof Error && error.constructor === Error) ? error.message : error);
  process.exit(1);
});
