import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startSoftswitch } from '../../../media/softswitch/softswitch.js';
import type { Settings } from '../../../media/softswitch/settings.js';
import { quiet } from './drachtio/rig.js';

const PROGRAM = fileURLToPath(new URL('../../../dist/media/softswitch/main.js', import.meta.url));
interface Ready { sip: { host: string; port: number }; drachtio: { host: string; port: number }; freeswitch: { sip: { port: number }; esl: { port: number } }; control?: { port: number } }

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'moh-'));
  writeFileSync(join(folder, 'tone.wav'), wav(800));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A mono WAV of 8 kHz, 16 bit, with this many samples of silence. */
function wav(samples: number): Buffer {
  const bytes = Buffer.alloc(44 + samples * 2);
  bytes.write('RIFF', 0);
  bytes.writeUInt32LE(36 + samples * 2, 4);
  bytes.write('WAVEfmt ', 8);
  [16, 0x0001_0001, 8000, 16_000].forEach((value, index) => bytes.writeUInt32LE(value, 16 + index * 4));
  bytes.writeUInt16LE(2, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write('data', 36);
  bytes.writeUInt32LE(samples * 2, 40);
  return bytes;
}

const settings = (more: Partial<Settings> = {}): Settings => ({
  host: '127.0.0.1', sipPort: 0, drachtio: { port: 0, secret: 's' }, freeswitch: { sipPort: 0, eslPort: 0, password: 'p' },
  mohDir: folder, rtp: undefined, controlPort: undefined, logLevel: 'silent', ...more,
});

describe('both stand-ins together', () => {
  it('listen on five different ports and show their counts', async () => {
    const softswitch = await startSoftswitch(settings({ controlPort: 0 }), quiet);
    const { sip, drachtio, freeswitch, control } = softswitch.addresses;
    const ports = [sip.port, drachtio.port, freeswitch.sip.port, freeswitch.esl.port, control?.port];
    expect(new Set(ports).size).toBe(5);
    const url = `http://127.0.0.1:${control?.port}`;
    expect(await (await fetch(`${url}/counts`)).json()).toMatchObject({ drachtio: { dialogs: 0, transactions: 0, timers: 0, clients: 0 }, freeswitch: { channels: 0 } });
    expect((await fetch(`${url}/other`)).status).toBe(404);
    await softswitch.close();
    await softswitch.close();
    await expect(fetch(`${url}/counts`)).rejects.toThrow();
  });

  it.each([
    ['SIP', 'SIP_PORT', (port: number) => ({ sipPort: port })],
    ['the port of drachtio', 'DRACHTIO_PORT', (port: number) => ({ drachtio: { port, secret: 's' } })],
    ['SIP of the media server', 'FREESWITCH_SIP_PORT', (port: number) => ({ freeswitch: { sipPort: port, eslPort: 0, password: 'p' } })],
    ['the event socket', 'FREESWITCH_ESL_PORT', (port: number) => ({ freeswitch: { sipPort: 0, eslPort: port, password: 'p' } })],
    ['the control port', 'CONTROL_PORT', (port: number) => ({ controlPort: port })],
  ])('say of a port that is taken whose it is and which setting to change: %s', async (what, variable, of) => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const { port } = holder.address() as AddressInfo;
    await expect(startSoftswitch(settings(of(port)), quiet)).rejects.toThrow(new RegExp(`^${what}: (TCP|UDP) port ${port} of 127\\.0\\.0\\.1 is taken by another program.* with ${variable}$`));
    holder.close();
  });

  it('say of an address of another machine which setting to change', async () => {
    await expect(startSoftswitch(settings({ host: '192.0.2.1' }), quiet)).rejects.toThrow('192.0.2.1 is no address of this machine: name one with SIP_HOST');
  });

  it('leave nothing open when one port is taken', async () => {
    const taken = await startSoftswitch(settings(), quiet);
    const wanted = settings({ drachtio: { port: taken.addresses.drachtio.port, secret: 's' } });
    await expect(startSoftswitch(wanted, quiet)).rejects.toThrow(/is taken/);
    const free = taken.addresses.sip.port;
    await taken.close();
    const socket = createSocket('udp4');
    socket.bind(free, '127.0.0.1');
    await once(socket, 'listening');
    socket.close();
  });
});

describe('the program', () => {
  const start = (env: Record<string, string>): ChildProcess => spawn(process.execPath, [PROGRAM], {
    env: { SIP_PORT: '0', DRACHTIO_PORT: '0', DRACHTIO_SECRET: 'very-secret', FREESWITCH_SIP_PORT: '0', FREESWITCH_ESL_PORT: '0', FREESWITCH_PASSWORD: 'pass-word', MOH_DIR: folder, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const lines = (child: ChildProcess): AsyncIterator<string> => {
    if (!child.stdout) throw new Error('no stdout');
    return createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  };

  it.each([
    ['as a child, when its stdin closes', { VAXEL_PARENT: '1' }, (child: ChildProcess) => child.stdin?.end()],
    ['on SIGTERM', {}, (child: ChildProcess) => child.kill('SIGTERM')],
    ['on SIGINT', {}, (child: ChildProcess) => child.kill('SIGINT')],
  ])('prints one ready line without secrets and ends with status 0 %s', async (_when, env, end) => {
    const child = start(env);
    const exited = once(child, 'exit');
    const out = lines(child);
    const { value } = (await out.next()) as { value: string };
    const ready = JSON.parse(value) as Ready & { event: string };
    expect(ready).toMatchObject({ event: 'ready', sip: { host: '127.0.0.1' }, drachtio: { host: '127.0.0.1' } });
    for (const port of [ready.sip.port, ready.drachtio.port, ready.freeswitch.sip.port, ready.freeswitch.esl.port]) expect(port).toBeGreaterThan(0);
    expect(value).not.toMatch(/very-secret|pass-word/);
    end(child);
    expect((await exited)[0]).toBe(0);
    expect((await out.next()).done).toBe(true);
  });

  it('says which variable is wrong and ends with status 1', async () => {
    const child = start({ SIP_PORT: 'x' });
    const said: Buffer[] = [];
    child.stderr?.on('data', (data: Buffer) => said.push(data));
    expect((await once(child, 'close'))[0]).toBe(1);
    expect(Buffer.concat(said).toString()).toMatch(/^softswitch: environment: SIP_PORT: /);
  });
});
