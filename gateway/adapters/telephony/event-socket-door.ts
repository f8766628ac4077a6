import { connect } from 'node:net';

/** Whether a media server's event socket lets us in, or why not; `isRefused`: it is there and does not want us. */
export type Door = { readonly isOpen: true } | { readonly isOpen: false; readonly isRefused: boolean; readonly why: string };

const refused = (why: string): Door => ({ isOpen: false, isRefused: true, why });
const away = (why: string): Door => ({ isOpen: false, isRefused: false, why });

/**
 * Signs in and leaves again. fsmrf does not say that a password was refused, and leaves behind a connection that tries for ever when it is,
 * or when nobody listens: it is let loose only on a server that lets us in.
 */
export function tryDoor({ host, port, secret }: { readonly host: string; readonly port: number; readonly secret: string }, withinMs: number): Promise<Door> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    let rest = '';
    const end = (door: Door): void => {
      socket.destroy();
      resolve(door);
    };
    socket.setTimeout(withinMs, () => end(away(`no answer within ${withinMs / 1_000} s`)));
    socket.on('error', ({ message }) => end(away(message)));
    socket.on('close', () => end(away('the connection was closed')));
    socket.on('data', (data: Buffer) => {
      const messages = (rest + data.toString()).split('\n\n');
      rest = messages.pop() ?? '';
      for (const message of messages) {
        if (message.includes('auth/request')) socket.write(`auth ${secret}\n\n`);
        else if (message.includes('rude-rejection')) end(refused('this address is not in the list of the event socket (apply-inbound-acl)'));
        else if (message.includes('command/reply')) end(message.includes('+OK') ? { isOpen: true } : refused('is FREESWITCH_PASSWORD right?'));
      }
    });
  });
}
