import type { Log } from '../../ports/log.js';

type ConsoleError = typeof console.error;

/**
 * drachtio-srf has no event for a SIP message that its parser cannot read: it writes the error, with its stack and the whole message, to
 * the console. This turns each into one line of the log, without the message, which may name callers. That a media server was lost, which
 * drachtio-fsmrf writes at each attempt, is left out: our log says it once. Everything else goes on to the console.
 * @returns puts the console back as it was
 */
export function logUnreadableMessages(log: Log): () => void {
  const before: ConsoleError = console.error;
  const ours: ConsoleError = (...parts: unknown[]) => {
    if (typeof parts[0] === 'string' && parts[0].startsWith('Mediaserver: lost connection')) return;
    const what = typeof parts[1] === 'string' ? /^unable to parse ([A-Za-z ]+): /.exec(parts[1])?.[1] : undefined;
    if (!(parts[0] instanceof Error) || what === undefined) return before.apply(console, parts);
    log.warn({ what, err: parts[0].message }, 'unreadable SIP message dropped');
  };
  console.error = ours;
  return () => {
    if (console.error === ours) console.error = before;
  };
}
