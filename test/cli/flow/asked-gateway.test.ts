import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { vaxel } from '../../../gateway/cli/vaxel.js';
import { printed } from './printed.js';

describe('a gateway that cannot be asked', () => {
  let server: Server;
  let url: string;
  let nobody: string;
  beforeAll(async () => {
    server = createServer((_request, response) => response.writeHead(401, { 'content-type': 'application/json' }).end('{"error":{"code":"VG_SIGN_IN","detail":"the API token is needed"}}'));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const gone = createServer().listen(0, '127.0.0.1');
    await once(gone, 'listening');
    nobody = `http://127.0.0.1:${(gone.address() as AddressInfo).port}`;
    await new Promise((resolve) => gone.close(resolve));
  });
  afterAll(() => server.close());
  beforeEach(() => void vi.stubEnv('VAXEL_API_TOKEN', 'not-the-token'));
  afterEach(() => void vi.unstubAllEnvs());

  describe.each([[['queue', 'show']], [['flow', 'versions']], [['queue', 'config', 'log']]])('%j', (command) => {
    it('says that the token is not the gateway’s, and where it comes from', async () => {
      expect(await printed(vaxel, ...command, '--api', url)).toMatchObject({ status: 2, text: `vaxel: the gateway at ${url} does not know this API token: set VAXEL_API_TOKEN to its API_TOKEN` });
    });

    it('says that nobody answers there, and with which fault', async () => {
      expect(await printed(vaxel, ...command, '--api', nobody)).toMatchObject({ status: 2, text: `vaxel: the gateway at ${nobody} does not answer (ECONNREFUSED): is it running, and is this its address?` });
    });

    it('says how an address is written', async () => {
      expect(await printed(vaxel, ...command, '--api', 'here')).toMatchObject({ status: 2, text: 'vaxel: --api here: write the address as http://127.0.0.1:8080' });
    });
  });
});
