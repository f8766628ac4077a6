import { spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SipTrace } from './sip-trace.js';

/** Whether SIPp is installed (package sip-tester). */
export const hasSipp = spawnSync('sipp', ['-v'], { stdio: 'ignore' }).error === undefined;
/** SIPp plays recorded digits through a raw socket, which only root may open. */
export const canPlayDigits = hasSipp && process.getuid?.() === 0;

export interface SippRun {
  readonly scenario: URL;
  /** `host:port` of the SIP server under test. */
  readonly target: string;
  readonly service: string;
  readonly protocol?: 'udp' | 'tcp';
  /** What stands in the scenario for `[name]`, beside SIPp's own words. */
  readonly keys?: Readonly<Record<string, string>>;
  readonly names: ReadonlyMap<string, string>;
}

export interface SippResult {
  /** Empty when every step was as written, else what SIPp says. */
  readonly problem: string;
  readonly sipCallId: string;
  readonly trace: SipTrace;
}

/** A call of SIPp on its way: its Call-ID is known at once. */
export interface SippCall {
  readonly sipCallId: string;
  readonly done: Promise<SippResult>;
}

/** Places one call by a scenario, from ports of its own. */
export function sipp(run: SippRun): SippCall {
  const sipCallId = randomUUID();
  return { sipCallId, done: play(run, sipCallId) };
}

async function play(run: SippRun, sipCallId: string): Promise<SippResult> {
  const folder = await mkdtemp(join(tmpdir(), 'vx-sipp-'));
  const [sipPort, rtpPort] = await Promise.all([freePort(), freePort()]);
  const files = { errors: join(folder, 'errors.log'), messages: join(folder, 'messages.log') };
  const scenario = join(folder, 'scenario.xml');
  const values = Object.entries(run.keys ?? {});
  await writeFile(scenario, values.reduce((xml, [name, value]) => xml.replaceAll(`[${name}]`, value), await readFile(run.scenario, 'utf8')));
  const args = [
    run.target, '-sf', scenario, '-s', run.service, '-i', '127.0.0.1', '-p', String(sipPort), '-mi', '127.0.0.1', '-mp', String(rtpPort), '-t', run.protocol === 'tcp' ? 't1' : 'u1',
    '-m', '1', '-cid_str', sipCallId, '-nostdin', '-timeout', '40', '-timeout_error', '-recv_timeout', '20000',
    '-trace_err', '-error_file', files.errors, '-trace_msg', '-message_file', files.messages,
  ];
  const child = spawn('sipp', args, { stdio: 'ignore', cwd: folder, env: { ...process.env, TERM: 'dumb' } });
  const [code] = (await once(child, 'exit')) as [number];
  const [errors, messages] = await Promise.all([files.errors, files.messages].map((file) => readFile(file, 'utf8').catch(() => '')));
  await rm(folder, { recursive: true });
  const trace = new SipTrace(new Map([...run.names, [`127.0.0.1:${sipPort}`, 'phone']]));
  for (const { way, raw } of messagesIn(messages ?? '')) trace.add(way, raw);
  return { problem: code === 0 ? '' : `SIPp ended with ${code}\n${errors ?? ''}`, sipCallId, trace };
}

/** What SIPp writes with `-trace_msg`, in its order. */
export function messagesIn(log: string): readonly { readonly way: 'sent' | 'received'; readonly raw: string }[] {
  return log.split(/^-{20,} .*\n/m).flatMap((part) => {
    const [, verb, raw] = /^(?:UDP|TCP) message (sent|received)[^\n]*\n\n([\s\S]*)$/.exec(part) ?? [];
    return raw === undefined ? [] : [{ way: verb === 'sent' ? ('sent' as const) : ('received' as const), raw: raw.replace(/\n$/, '') }];
  });
}

/**
 * Outside the range that the system gives to others, and below those of FreeSWITCH's RTP: ours begins at 20000, its own at 16384. So nobody
 * takes a port between our look and SIPp's use of it; test files that run side by side begin far apart.
 */
const PORTS = { first: 10_000, count: 6_000 };
let nextPort = (Number(process.env['VITEST_POOL_ID'] ?? 0) * 2_000 + process.pid) % PORTS.count;

/** An even UDP port that is free now, as is the one two above it, which SIPp takes for video. */
export async function freePort(): Promise<number> {
  for (;;) {
    nextPort = (nextPort + 4) % PORTS.count;
    const port = PORTS.first + (nextPort & ~1);
    if ((await isFree(port)) && (await isFree(port + 2))) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const socket = createSocket('udp4');
  const bound = await new Promise<boolean>((resolve) => {
    socket.once('error', () => resolve(false));
    socket.bind(port, '127.0.0.1', () => resolve(true));
  });
  socket.close();
  return bound;
}
