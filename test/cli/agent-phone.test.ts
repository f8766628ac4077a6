import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { describe, expect, it, vi } from 'vitest';
import { openAgentPhone } from '../../gateway/cli/agent-phone.js';
import { makeResponse } from '../../media/sip/response.js';
import { UserAgent } from '../../media/sip/user-agent.js';

const HOST = '127.0.0.1';
const open = (sip: string) => openAgentPhone({ aor: 'sip:anna@vaxel', password: 'wrong', sip, rule: { kind: 'auto' }, toneHz: 0 });

describe('an agent’s phone that cannot register', () => {
  it('says at once that nothing listens, with the address and what to check', async () => {
    const free = createSocket('udp4').bind(0, HOST);
    await once(free, 'listening');
    const { port } = free.address();
    free.close();
    await once(free, 'close');
    await expect(open(`${HOST}:${port}`)).rejects.toThrow(`the phone sip:anna@vaxel cannot register: nothing listens at udp ${HOST}:${port}, or no way leads there. Is it running, and is this its address (--sip)?`);
  });

  it('says which host there is not', async () => {
    await expect(open('nobody.invalid:5060')).rejects.toThrow('--sip nobody.invalid:5060: there is no such host; write it as 127.0.0.1:5060');
  });

  it('says that it was refused, and lets go of its port, so that the command can end', async () => {
    const ports: number[] = [];
    const registrar = await UserAgent.open({
      host: HOST, port: 0,
      onRequest: (transaction) => {
        ports.push(transaction.source.port);
        transaction.respond(makeResponse(transaction.request, 403, { toTag: 'x' }));
      },
    });
    try {
      await expect(open(`${HOST}:${registrar.port}`)).rejects.toThrow('the phone sip:anna@vaxel was refused: 403 Forbidden. Is its password that of this system?');
      await vi.waitFor(() => expect(isTcpOpen(ports[0] ?? 0)).resolves.toBe(false), { timeout: 5_000, interval: 20 });
    } finally {
      await registrar.close();
    }
  });
});

const isTcpOpen = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ port, host: HOST } satisfies Partial<AddressInfo> & { host: string });
    socket.once('connect', () => socket.destroy() && resolve(true));
    socket.once('error', () => resolve(false));
  });
