import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { descendants, isRunning, vaxel, vaxelIn, type JsonLine, type RunningCommand } from '../support/vaxel-command.js';

interface Ready {
  readonly sip: string;
  readonly number: string;
  readonly desk: string;
  readonly api: string;
  readonly token: string;
  readonly demo: { readonly keys: string; readonly invoice: string; readonly billing: string };
  readonly pids: Readonly<Record<string, number>>;
}

const readyOf = (line: JsonLine): Ready => line as unknown as Ready;
const portOf = (address: string): number => Number(/:(\d+)(?:\/|$)/.exec(address)?.[1]);

const dueDate = async (ready: Ready): Promise<number> => {
  const invoice = (await (await fetch(`${ready.demo.billing}/invoices/${ready.demo.invoice}`)).json()) as { dueDate: string };
  return Date.parse(invoice.dueDate);
};

const isListening = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => socket.destroy() && resolve(true));
    socket.once('error', () => resolve(false));
  });

/** Whether nobody else holds this UDP port. */
const isUdpFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = createSocket('udp4');
    socket.once('error', () => resolve(false));
    socket.bind(port, '127.0.0.1', () => socket.close(() => resolve(true)));
  });

describe('vaxel up', () => {
  const folders = ['vx-up-', 'vx-up2-'].map((name) => mkdtempSync(join(tmpdir(), name)));
  const [varDir = '', otherVar = ''] = folders;
  let first: RunningCommand;
  let ready: Ready;
  let family: readonly number[];
  let dueBefore: number;
  let demo: RunningCommand;

  beforeAll(async () => {
    first = vaxel('up', '--json', '--var', varDir, '--sip-port', '0', '--http-port', '0');
    ready = readyOf(await first.line('ready'));
    family = descendants(first.pid);
    dueBefore = await dueDate(ready);
    // It takes as long as its prompts; the other cases go on meanwhile.
    demo = call('--keys', ready.demo.keys);
  });
  afterAll(async () => {
    first.signal('SIGINT');
    await first.exited;
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });

  const call = (...args: readonly string[]): RunningCommand => vaxel('call', '--json', '--var', varDir, ...args);
  const ending = async (command: RunningCommand): Promise<[unknown, unknown]> => [await command.exited, command.lines.find((line) => line['event'] === 'ended')?.['result']];

  it('says where everything is, keeps secrets in a file for its owner only', async () => {
    expect(ready.sip).toMatch(/^127\.0\.0\.1:\d+$/);
    expect(ready.number).toBe('+46771000100');
    expect(ready.desk).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/desk\/#token=.{16,}$/);
    expect((await fetch(`${ready.api}/health`)).status).toBe(200);
    expect(Object.keys(ready.pids).sort()).toEqual(['billing', 'gateway', 'history', 'phone-anna', 'redis', 'softswitch']);
    for (const name of ['up.json', 'secrets.json']) expect(statSync(join(varDir, name)).mode & 0o077).toBe(0);
  });

  it('ends a call with status 0 only when it ended as expected', async () => {
    const nobody = `sip:+46770000000@${ready.sip}`;
    expect(
      await Promise.all([
        ending(call('--keys', 'wait:300 hangup', '--expect', 'abandoned')),
        ending(call('--keys', 'wait:300 hangup', '--expect', 'completed')),
        ending(call('--to', nobody, '--expect', 'rejected')),
        ending(call('--to', nobody, '--expect', 'completed')),
      ]),
    ).toEqual([
      [0, 'abandoned'],
      [1, 'abandoned'],
      [0, 'rejected'],
      [1, 'rejected'],
    ]);
    const wrong = call('--expect', 'fine');
    expect(await wrong.exited).toBe(2);
    expect(await wrong.line('error')).toMatchObject({ message: '--expect: one of completed, abandoned, rejected' });
  });

  it('brings a caller to an agent without a browser', async () => {
    const agent = vaxel('agent', '--json', '--var', varDir, '--accept-after', '0', '--talk', '0.5', '--calls', '1');
    await agent.line('signedIn');
    const caller = call('--keys', '0');
    expect(await ending(caller)).toEqual([0, 'completed']);
    expect(await agent.exited).toBe(0);
    const events = agent.lines.map((line) => line['event']).filter((event) => ['offer', 'talking', 'callEnded'].includes(String(event)));
    expect(events).toEqual(['offer', 'talking', 'callEnded']);
  });

  it('is refused where another one runs with the same files, which goes on and is found', async () => {
    const second = vaxel('up', '--json', '--var', varDir, '--sip-port', '0', '--http-port', '0');
    expect(await second.line('error')).toMatchObject({ message: expect.stringContaining(`runs already, at ${ready.api}`) });
    expect(await second.exited).toBe(1);
    expect(existsSync(join(varDir, 'up.json'))).toBe(true);
    expect((await fetch(`${ready.api}/health`)).status).toBe(200);
  });

  it('says which of the ports that were asked for are taken, and ends on Ctrl-C also when nothing is started yet', async () => {
    const second = vaxel('up', '--var', otherVar, '--sip-port', String(portOf(ready.sip)), '--http-port', String(portOf(ready.api)));
    await vi.waitFor(() => expect(second.text()).toMatch(new RegExp(`port ${portOf(ready.sip)} is taken[^]*port ${portOf(ready.api)} is taken`)), { timeout: 20_000, interval: 20 });
    const children = descendants(second.pid);
    // The first instant of a start.
    second.signal('SIGINT');
    expect(await second.exited).toBe(0);
    expect(children.filter(isRunning)).toEqual([]);
  });

  it('runs beside another copy on other ports, and leaves no child behind when it is killed with -9', async () => {
    // It cannot remove its temporary folder.
    const second = vaxelIn({ TMPDIR: otherVar }, 'up', '--json', '--var', otherVar, '--sip-port', String(portOf(ready.sip)), '--http-port', String(portOf(ready.api)));
    const other = readyOf(await second.line('ready'));
    expect(portOf(other.sip)).not.toBe(portOf(ready.sip));
    expect(portOf(other.api)).not.toBe(portOf(ready.api));
    const children = descendants(second.pid);
    expect(children.length).toBeGreaterThanOrEqual(7);
    second.signal('SIGKILL');
    await second.exited;
    await vi.waitFor(() => expect(children.filter(isRunning)).toEqual([]), { timeout: 20_000, interval: 100 });
    expect(await isUdpFree(portOf(other.sip))).toBe(true);
    expect((await fetch(`${ready.api}/health`)).status).toBe(200);
  });

  it('serves the demo call to its end: the date moves thirty days, and what was heard is kept', async () => {
    expect(await ending(demo)).toEqual([0, 'completed']);
    const ended = await demo.line('ended');
    expect(existsSync(String(ended['wav']))).toBe(true);
    expect(Number(ended['heardMs'])).toBeGreaterThan(5_000);
    expect((await dueDate(ready)) - dueBefore).toBe(30 * 86_400_000);
  });

  it('starts every program again that was killed, at the same address, and calls are served', async () => {
    for (const name of ['gateway', 'billing', 'softswitch', 'redis']) process.kill(ready.pids[name] ?? -1, 'SIGKILL');
    const served = async (): Promise<void> => expect(await ending(call('--keys', 'wait:300 hangup', '--expect', 'abandoned', '--max', '5'))).toEqual([0, 'abandoned']);
    await vi.waitFor(async () => expect((await fetch(`${ready.api}/health`)).status).toBe(200), { timeout: 15_000, interval: 100 });
    await vi.waitFor(served, { timeout: 15_000, interval: 100 });
    expect(await dueDate(ready)).toBe(dueBefore + 30 * 86_400_000);
  });

  it('stops everything on Ctrl-C: no process, no port, no state file', async () => {
    family = [...new Set([...family, ...descendants(first.pid)])];
    first.signal('SIGINT');
    expect(await first.exited).toBe(0);
    expect(family.filter(isRunning)).toEqual([]);
    expect(await Promise.all([ready.sip, ready.api, ready.demo.billing].map((address) => isListening(portOf(address))))).toEqual([false, false, false]);
    // Once free, another test may have it for a call: sockets for sound take any port that is free.
    await vi.waitFor(async () => expect(await isUdpFree(portOf(ready.sip))).toBe(true), { timeout: 30_000, interval: 200 });
    expect(existsSync(join(varDir, 'up.json'))).toBe(false);
  });
});
