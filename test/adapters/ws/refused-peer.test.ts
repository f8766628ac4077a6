import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, it } from 'vitest';
import { ScreensRig } from '../../support/screens-rig.js';

it('a refused peer that never closes its end is cut off, so that the server can stop', async () => {
  const rig = await ScreensRig.open();
  const peer = connect({ port: rig.port, host: '127.0.0.1', allowHalfOpen: true });
  peer.write('GET /v1/screen HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nOrigin: http://elsewhere.example\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n');
  const [answer] = (await once(peer, 'data')) as [Buffer];
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 4\d\d /);
  peer.on('error', () => undefined);
  await rig.close();
  peer.destroy();
}, 5_000);
