import type { MediaServer } from './libraries.js';

const LOOK_EVERY_MS = 20;
const LIMIT_MS = 1_000;

/** Waits until a bridge stands: uuid_bridge answers while both channels are still on their way into it. Gives up after a second. */
export async function bridged(server: MediaServer, wanted: { readonly channel: string; readonly to: string }): Promise<void> {
  for (let waitedMs = 0; waitedMs < LIMIT_MS; waitedMs += LOOK_EVERY_MS) {
    if ((await server.api(`uuid_getvar ${wanted.channel} bridge_to`)).trim() === wanted.to) return;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS).unref());
  }
}
