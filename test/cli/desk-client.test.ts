import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { DeskClient } from '../../gateway/cli/desk-client.js';
import type { ServerEvent } from '../../gateway/core/screen/messages.js';

const SIGNED_OUT: ServerEvent = { type: 'agent', state: { phase: 'loggedOut' } };

describe('a desk without a page', () => {
  let server: WebSocketServer;
  beforeEach(async () => {
    server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
    await once(server, 'listening');
    server.on('connection', (socket) => {
      socket.on('message', (data: Buffer) => {
        const message = JSON.parse(data.toString()) as { readonly type: string; readonly id: string };
        if (message.type !== 'signIn') return;
        const agent = { id: 'anna', name: 'Anna', answer: 'screen', phone: 'sip:anna@vaxel' };
        const welcome = { type: 'welcome', re: message.id, session: 's', agent, notReadyReasons: [], dispositions: [], state: { phase: 'loggedOut' } };
        // In one piece, as a busy machine reads them.
        const raw = (socket as unknown as { readonly _socket: Socket })._socket;
        raw.cork();
        for (const frame of [welcome, { type: 'event', seq: 1, at: 1, event: SIGNED_OUT }]) socket.send(JSON.stringify(frame));
        raw.uncork();
      });
    });
  });
  afterEach(() => {
    for (const socket of server.clients) socket.terminate();
    server.close();
  });

  it('hears the events that came with the welcome, though nobody could listen yet', async () => {
    const { client } = await DeskClient.signIn(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, 'token');
    const [event] = await once(client, 'event');
    expect(event).toEqual(SIGNED_OUT);
    client.close();
  });
});
