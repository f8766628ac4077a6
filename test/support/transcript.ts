import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { expect, vi } from 'vitest';
import { askMediaServer, versionOfSipServer } from './event-socket.js';
import type { ChannelTrace } from './event-socket-trace.js';
import type { Exchange } from './exchange.js';

const FOLDER = new URL('../telephony/transcripts/', import.meta.url);
const LAST_MESSAGES = { timeout: 1_000, interval: 40 };

/** What one case looked like at its far ends and at the Telephony port. */
export interface Transcript {
  /** SIP at each far end, by its name. */
  readonly farEnds: Readonly<Record<string, readonly string[]>>;
  readonly facts: readonly string[];
  /** Commands and events of the media server's channels. */
  readonly channels: Readonly<Record<string, ChannelTrace>>;
  /** Prompts in the order in which they were begun, and how the call ended. */
  readonly says: readonly string[];
  readonly end: string;
}

/** The facts, channels, prompts and end of one call. The call must be over. */
export function partsOf(exchange: Exchange, sipCallId: string): Pick<Transcript, 'facts' | 'channels' | 'says' | 'end'> {
  const [ended] = exchange.log.of('call ended', sipCallId);
  const [refused] = exchange.log.of('call refused', sipCallId);
  return {
    facts: exchange.facts.of(sipCallId),
    channels: exchange.eventSockets.of(exchange.facts.callIdOf(sipCallId)),
    says: exchange.log.of('says', sipCallId).map((line) => String(line.fields['prompts'])),
    end: ended !== undefined ? `${String(ended.fields['result'])}: ${String(ended.fields['reason'])}` : refused !== undefined ? `refused: ${String(refused.fields['status'])}` : 'never arrived',
  };
}

/**
 * Holds a case against its transcript from the real servers (`test/telephony/transcripts/<name>.json`).
 * With `VAXEL_RECORD=1` on real servers the transcript is written instead.
 */
export async function expectTranscript(exchange: Exchange, name: string, read: () => Transcript): Promise<void> {
  const file = new URL(`${name}.json`, FOLDER);
  if (process.env['VAXEL_RECORD'] === '1') return record(exchange, file, read);
  const recorded = JSON.parse(await readFile(file, 'utf8')) as Transcript & { readonly servers: unknown };
  const { servers: _servers, ...expected } = recorded;
  // The last ACK may still be on its way to a far end.
  await vi.waitFor(() => expect(read(), `differs from the real servers' transcript ${name}.json`).toEqual(expected), LAST_MESSAGES);
}

async function record(exchange: Exchange, file: URL, read: () => Transcript): Promise<void> {
  const { backend } = exchange;
  if (backend.kind !== 'real') throw new Error('transcripts are recorded on the real servers only (VAXEL_BACKEND=real)');
  const [drachtio, freeswitch] = await Promise.all([versionOfSipServer(backend.drachtio), askMediaServer(backend.freeswitch, 'version')]);
  const servers = { drachtio, freeswitch: /\d+\.\d+\.\d+/.exec(freeswitch)?.[0] ?? freeswitch };
  await new Promise((resolve) => setTimeout(resolve, LAST_MESSAGES.timeout));
  await mkdir(FOLDER, { recursive: true });
  await writeFile(file, `${JSON.stringify({ servers, ...read() }, null, 2)}\n`);
}
