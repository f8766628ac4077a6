import type { BenchBackend } from './backend.js';
import { Program } from './program.js';
import type { BenchPrompts } from './prompts.js';

/** The application that the gateway is compared with, on the same backend. */
export async function startBareApp(of: { readonly backend: BenchBackend; readonly prompts: BenchPrompts; readonly mode: 'ivr' | 'hello' }): Promise<Program> {
  const { drachtio, freeswitch } = of.backend;
  const { program } = await Program.start({
    path: 'test/bench/programs/bare-app.js',
    env: {
      DRACHTIO_HOST: drachtio.host, DRACHTIO_PORT: String(drachtio.port), DRACHTIO_SECRET: drachtio.secret,
      FREESWITCH_HOST: freeswitch.host, FREESWITCH_PORT: String(freeswitch.port), FREESWITCH_SECRET: freeswitch.secret,
      LONG_PROMPT: of.prompts.long, SHORT_PROMPT: of.prompts.short, MODE: of.mode,
    },
  });
  return program;
}
