import type { EventEmitter } from 'node:events';
import type { MediaServer } from './libraries.js';

/** Parts of drachtio-modesl 1.3.1 that its users do not see. */
interface Link extends Pick<EventEmitter, 'on'> {
  readonly reconnectOpts: { retryMaxDelay?: number };
  readonly apiCallbackQueue: unknown[];
  readonly cmdCallbackQueue: unknown[];
}

const RETRY_WITHIN_MS = 1_000;
const LOST = { getBody: () => '-ERR the event socket was lost', getHeader: () => undefined };

/**
 * Mends how drachtio-modesl 1.3.1 behaves when its link to a media server breaks: commands that wait for an answer stay in line and
 * would take the answers to later ones, so every later answer would go to the wrong command; and it asks for the server ever more
 * rarely, in the end minutes apart. Call once a server.
 */
export function mendAfterLoss(server: MediaServer): void {
  const link = (server as unknown as { readonly conn: Link }).conn;
  link.reconnectOpts.retryMaxDelay = RETRY_WITHIN_MS;
  const answerAll = (): void => {
    for (const queue of [link.apiCallbackQueue, link.cmdCallbackQueue]) {
      for (const answer of queue.splice(0)) if (typeof answer === 'function') answer(LOST);
    }
  };
  link.on('esl::end', answerAll);
  // What was asked for in between: before the new link signs in, nobody waits in line.
  link.on('esl::connect', answerAll);
}

/** Tells of each sign-in of the link, which is made anew after a loss, and of each that the server refused. Call once a server. */
export function whenSignedIn(server: MediaServer, told: { readonly done: () => void; readonly refused: () => void }): void {
  const link = (server as unknown as { readonly conn: Link }).conn;
  link.on('esl::event::auth::success', told.done);
  link.on('esl::event::auth::fail', told.refused);
}
