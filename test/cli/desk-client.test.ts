import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { agent } from '../../gateway/cli/agent.js';
import { DeskClient } from '../../gateway/cli/desk-client.js';
import type { ServerEvent } from '../../gateway/core/screen/messages.js';
import { printed } from './flow/printed.js';

const SIGNED_OUT: ServerEvent = { type: 'agent', state: { phase: 'loggedOut' } };

describe('a desk without a page', () => {
  let server: WebSocketServer;
  beforeEach(async () => {
    server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
    await once(server, 'listening');
    server.on('connection', (socket) => {
      socket.on('message', (data: Buffer) => {
        const message = JSON.parse(data.toString()) as { readonly type: string; readonly id: string };
        if (message.type === 'signOut') return socket.send(JSON.stringify({ type: 'result', re: message.id, ok: true }));
        if (message.type !== 'signIn') return;
        const agent = { id: 'anna', name: 'Anna', answer: 'screen', phone: 'sip:anna@vaxel' };
        const welcome = { type: 'welcome', re: message.id, session: 's', agent, notReadyReasons: [], dispositions: [{ id: 'solved', label: 'Solved' }, { id: 'other', label: 'Other' }], state: { phase: 'loggedOut' } };
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

  it('is not begun with a result that there is not: an agent who files it would be refused after the first call', async () => {
    const api = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { status, text } = await printed(agent, '--api', api, '--token', 't', '--sip', '127.0.0.1:1', '--disposition', 'sold');
    expect([status, text]).toEqual([2, 'vaxel: --disposition sold: one of solved, other']);
  });
});
