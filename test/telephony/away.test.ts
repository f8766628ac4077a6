import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createTelephony } from '../../gateway/adapters/telephony/telephony.js';
import type { Telephony } from '../../gateway/ports/telephony.js';
import { startBackend, type Backend } from '../support/backend.js';
import { KeptLog } from '../support/silent-log.js';

const none = { save: () => Promise.resolve(), remove: () => Promise.resolve(), find: () => Promise.resolve(null) };

/** What an operator reads of servers that do not let the gateway in. */
describe('a gateway that a server does not let in', () => {
  let backend: Backend;
  let door: Server;
  let port: number;
  let attempts: number;
  let telephony: Telephony;
  let log: KeptLog;
  beforeEach(async () => {
    backend = await startBackend();
    attempts = 0;
    log = new KeptLog();
    door = createServer((near) => {
      attempts += 1;
      const far = connect(backend.drachtio.port, backend.drachtio.host);
      for (const [one, other] of [[near, far], [far, near]] as const) one.on('error', () => undefined).on('close', () => other.destroy()).pipe(other);
    }).listen(0, '127.0.0.1');
    await once(door, 'listening');
    ({ port } = door.address() as AddressInfo);
  });
  afterEach(async () => {
    await telephony.close();
    door.close();
    await backend.close();
  });

  const start = (given: { readonly drachtio?: object; readonly freeswitch?: object }): void => {
    telephony = createTelephony({
      drachtio: { ...backend.drachtio, port, ...given.drachtio }, mediaServers: [{ ...backend.freeswitch, ...given.freeswitch }], listenAddress: '127.0.0.1', domain: 'vaxel', isTrunk: () => true,
      maxCalls: 10, outboundTrunk: null, registrations: none, passwordOf: () => null, nonceSecret: 'a-secret-for-tests-only', now: Date.now, log,
    });
    void telephony.start();
  };

  it('names the secret that the SIP server refuses, once however often it tries', async () => {
    start({ drachtio: { secret: 'wrong' } });
    await vi.waitFor(() => expect(attempts).toBeGreaterThan(3), { timeout: 15_000, interval: 10 });
    expect(log.lines.filter(({ message }) => message.startsWith('SIP server')).map(({ level, message }) => [level, message])).toEqual([['error', 'SIP server refused the sign-in, trying again: is DRACHTIO_SECRET right?']]);
  });

  it('asks a SIP server that refuses it ever less often', async () => {
    const timers = vi.spyOn(globalThis, 'setTimeout');
    start({ drachtio: { secret: 'wrong' } });
    await vi.waitFor(() => expect(attempts).toBeGreaterThan(2), { timeout: 15_000, interval: 10 });
    const waits = timers.mock.calls.map(([, ms]) => ms ?? 0);
    timers.mockRestore();
    expect(waits).not.toContain(255);
    expect(waits).toContain(500);
    expect(waits.lastIndexOf(1_000)).toBeGreaterThan(waits.indexOf(500));
  });

  it('says that no SIP server listens, and goes on trying', async () => {
    door.close();
    await once(door, 'close');
    start({});
    await vi.waitFor(() => expect(log.of('SIP server not reachable, trying again')).toMatchObject([{ level: 'warn', fields: { err: expect.stringContaining('ECONNREFUSED') } }]), { timeout: 15_000, interval: 10 });
  });

  describe('by the event socket of a media server', () => {
    /** Stands before the event socket: lets each connection through, or refuses its password. */
    let gate: Server;
    let refuses: boolean;
    let tries: number;
    let open: Set<Socket>;
    beforeEach(async () => {
      [refuses, tries, open] = [false, 0, new Set()];
      gate = createServer((near) => {
        tries += 1;
        open.add(near);
        near.on('error', () => undefined).on('close', () => open.delete(near));
        if (refuses) {
          near.write('Content-Type: auth/request\n\n');
          near.once('data', () => near.end('Content-Type: command/reply\nReply-Text: -ERR invalid\n\n'));
          return;
        }
        const far = connect(backend.freeswitch.port, backend.freeswitch.host);
        for (const [one, other] of [[near, far], [far, near]] as const) one.on('error', () => undefined).on('close', () => other.destroy()).pipe(other);
      }).listen(0, '127.0.0.1');
      await once(gate, 'listening');
    });
    afterEach(() => void gate.close());
    const gatePort = (): number => (gate.address() as AddressInfo).port;
    const told = (): readonly unknown[] => log.lines.filter(({ message }) => message.startsWith('media server')).map(({ level, message }) => [level, message]);
    const REFUSED = ['error', 'media server refused the sign-in, trying again: is FREESWITCH_PASSWORD right?'];
    const CONNECTED = ['info', 'media server connected'];

    const AWAY = ['warn', 'media server not reachable, trying again'];
    const LOST = ['warn', 'media server lost'];
    const until = (what: () => void): Promise<void> => vi.waitFor(what, { timeout: 20_000, interval: 10 });

    it('names the password that is refused, once however often it tries, at the start as when the server has another one later', async () => {
      refuses = true;
      start({ freeswitch: { port: gatePort() } });
      await until(() => expect(tries).toBeGreaterThan(2));
      expect(told()).toEqual([REFUSED]);
      refuses = false;
      await until(() => expect(told()).toEqual([REFUSED, CONNECTED]));
      refuses = true;
      const before = tries;
      for (const socket of open) socket.destroy();
      await until(() => expect(tries).toBeGreaterThan(before + 2));
      expect(told()).toEqual([REFUSED, CONNECTED, LOST, REFUSED]);
      refuses = false;
      await until(() => expect(told()).toEqual([REFUSED, CONNECTED, LOST, REFUSED, CONNECTED]));
    });

    it('says once that nobody listens, and that the server is there, to which it has one connection then', async () => {
      const port = gatePort();
      gate.close();
      await once(gate, 'close');
      start({ freeswitch: { port } });
      await until(() => expect(told()).toEqual([AWAY]));
      gate.listen(port, '127.0.0.1');
      await until(() => expect(told()).toEqual([AWAY, CONNECTED]));
      await until(() => expect(open.size).toBe(1));
    });
  });
});
