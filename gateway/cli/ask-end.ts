import { z } from 'zod';

const endSchema = z.object({ result: z.string(), reason: z.string() });
const TRIES = 10;
const BETWEEN_MS = 100;

/** Asks the gateway how a call ended; null when it does not know within a second. */
export async function askForEnd(system: { readonly api: string; readonly apiToken: string }, sipCallId: string): Promise<{ readonly result: string; readonly reason: string } | null> {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    try {
      const answer = await fetch(`${system.api}/v1/calls/ended?sipCallId=${encodeURIComponent(sipCallId)}`, {
        headers: { authorization: `Bearer ${system.apiToken}` },
        signal: AbortSignal.timeout(1_000),
      });
      if (answer.ok) return endSchema.parse(await answer.json());
    } catch {
      return null;
    }
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_MS));
  }
  return null;
}
