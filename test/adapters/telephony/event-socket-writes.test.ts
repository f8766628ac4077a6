import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { sendCommandsAtOnce } from '../../../gateway/adapters/telephony/event-socket-writes.js';

interface Connection {
  send(command: string, headers?: Record<string, string> | null): void;
}

/** The library's own connection around something that notes what it is asked. */
function connection(socket: object | null): { readonly link: Connection; readonly errors: unknown[] } {
  const { Connection } = createRequire(import.meta.url)('drachtio-modesl') as { Connection: { prototype: Connection } };
  const errors: unknown[] = [];
  const link = Object.assign(Object.create(Connection.prototype) as Connection, { socket, emit: (_event: string, error: unknown) => errors.push(error) });
  return { link, errors };
}

describe('commands on the event socket', () => {
  it('leave in one piece and without waiting for an acknowledgement', () => {
    sendCommandsAtOnce();
    const asked: unknown[] = [];
    const { link } = connection({ setNoDelay: (is: boolean) => asked.push(is), write: (text: string) => asked.push(text) });
    link.send('sendmsg 1', { 'call-command': 'execute', 'execute-app-name': 'park' });
    link.send('api status', null);
    expect(asked).toEqual([true, 'sendmsg 1\ncall-command: execute\nexecute-app-name: park\n\n', true, 'api status\n\n']);
  });

  it('that come after the end of the connection are its error, not an exception', () => {
    sendCommandsAtOnce();
    const { link, errors } = connection(null);
    link.send('api status');
    expect(String(errors[0])).toMatch('closed');
  });
});
