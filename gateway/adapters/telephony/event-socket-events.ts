import { createRequire } from 'node:module';

const load = createRequire(import.meta.url);

/** Of the events that fsmrf asks a channel's socket for, those that it or this adapter reads. */
const READ = ['CHANNEL_EXECUTE_COMPLETE', 'CHANNEL_CALLSTATE', 'DTMF'];

type Events = string | readonly string[];
type Subscribe = (this: { events(format: 'json', names: Events, callback?: () => void): void }, names: Events, callback?: () => void) => void;

/**
 * Makes the sockets of channels ask for the events that somebody reads. Each event has all variables of its channel (some 4.5 kB), and of the
 * four about a play fsmrf 4.1.2 needs the last; media server and gateway are spared the others. Safe to repeat.
 */
export function hearOnlyWhatIsRead(): void {
  const { Connection } = load('drachtio-modesl') as { readonly Connection: { readonly prototype: { subscribe: Subscribe } } };
  Connection.prototype.subscribe = subscribe;
}

/** fsmrf subscribes for an endpoint by one text, and for anything else by a list. */
const subscribe: Subscribe = function (names, callback) {
  this.events('json', typeof names === 'string' ? READ : names, callback);
};
