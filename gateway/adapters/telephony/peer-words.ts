import { z } from 'zod';
import { brand, type CallId, type NodeId } from '../../core/ids.js';
import type { MediaServer } from './libraries.js';

const wordSchema = z.discriminatedUnion('type', [
  /** That node goes on with the call: it was said to be dead. One that cannot reach the store, but its calls, hears of it no other way. */
  z.object({ type: z.literal('call.taken'), callId: z.string().transform((id) => brand<CallId>(id)), by: z.string().transform((id) => brand<NodeId>(id)) }),
  /** drachtio-server 0.9.4 notes the end of a dialog to one of its clients in turn, and a dialog that was taken over has no other sign of its end. */
  z.object({ type: z.literal('dialog.stopped'), dialogIds: z.array(z.string()).readonly(), cause: z.string().exactOptional() }),
]);

/** What processes tell each other about calls by way of the media servers, which all of them reach who have calls at all. */
export type PeerWord = z.output<typeof wordSchema>;

const [SUBCLASS, WORD] = ['vaxel::peers', 'Vaxel-Word'];

/** Parts of drachtio-modesl 1.3.1 that fsmrf's users do not see. */
interface EventSocket {
  on(event: string, listener: (event: { getHeader(name: string): string | undefined }) => void): void;
  subscribe(events: readonly string[]): void;
  sendRecv(command: string, callback: () => void): void;
}

const socketOf = (server: MediaServer): EventSocket => (server as unknown as { readonly conn: EventSocket }).conn;

/** Tells every process at that media server, this one too. Resolves when the server has passed it on. */
export function tellPeers(server: MediaServer, word: PeerWord): Promise<void> {
  // A header's value is one line of which the server may decode parts.
  const text = Buffer.from(JSON.stringify(word)).toString('base64url');
  return new Promise((resolve) => socketOf(server).sendRecv(`sendevent CUSTOM\nEvent-Subclass: ${SUBCLASS}\n${WORD}: ${text}`, () => resolve()));
}

/** Hears what `tellPeers` tells; what a process of another version says that is not known here is passed over. Call once a server. */
export function hearPeers(server: MediaServer, onWord: (word: PeerWord) => void): void {
  const socket = socketOf(server);
  const subscribe = (): void => socket.subscribe(['CUSTOM', SUBCLASS]);
  socket.on('esl::event::CUSTOM::**', (event) => {
    const word = event.getHeader('Event-Subclass') === SUBCLASS ? readWord(event.getHeader(WORD) ?? '') : null;
    if (word !== null) onWord(word);
  });
  // A socket that was lost and is back listens to nothing.
  socket.on('esl::ready', subscribe);
  subscribe();
}

function readWord(text: string): PeerWord | null {
  try {
    return wordSchema.safeParse(JSON.parse(Buffer.from(text, 'base64url').toString())).data ?? null;
  } catch {
    return null;
  }
}
