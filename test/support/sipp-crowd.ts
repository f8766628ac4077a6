import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, messagesIn } from './sipp.js';

const SCENARIO = new URL('../telephony/sipp/uac-patience-expect-bye.xml', import.meta.url);

export interface CrowdOptions {
  /** `host:port` of the SIP server. */
  readonly target: string;
  readonly service: string;
  readonly calls: number;
  readonly perSecond: number;
  /** A caller hangs up so long after the answer, unless the other end does. */
  readonly patienceMs: number;
}

/** How a call looked to the one who placed it. `open`: nothing ended it. */
export type CrowdEnd = 'refused' | 'hung up' | 'was hung up on' | 'unanswered' | 'open';

/** Callers of one SIPp. @returns what became of each, by its Call-ID, once all are over or SIPp has given them up */
export async function sippCrowd({ target, service, calls, perSecond, patienceMs }: CrowdOptions): Promise<ReadonlyMap<string, CrowdEnd>> {
  const folder = await mkdtemp(join(tmpdir(), 'vx-crowd-'));
  const [sipPort, rtpPort] = await Promise.all([freePort(), freePort()]);
  const [scenario, messages] = [join(folder, 'scenario.xml'), join(folder, 'messages.log')];
  await writeFile(scenario, (await readFile(SCENARIO, 'utf8')).replaceAll('[patience]', String(patienceMs)));
  const args = [
    target, '-sf', scenario, '-s', service, '-i', '127.0.0.1', '-p', String(sipPort), '-mi', '127.0.0.1', '-mp', String(rtpPort), '-t', 'u1',
    // -aa: answers the OPTIONS of a gateway that takes a call over.
    '-m', String(calls), '-r', String(perSecond), '-aa', '-nostdin', '-recv_timeout', '8000', '-deadcall_wait', '0', '-trace_msg', '-message_file', messages,
  ];
  const child = spawn('sipp', args, { stdio: 'ignore', cwd: folder, env: { ...process.env, TERM: 'dumb' } });
  await once(child, 'exit');
  const log = await readFile(messages, 'utf8').catch(() => '');
  await rm(folder, { recursive: true });
  return endsIn(log);
}

function endsIn(log: string): ReadonlyMap<string, CrowdEnd> {
  const ends = new Map<string, CrowdEnd>();
  for (const { way, raw } of messagesIn(log)) {
    const callId = /^Call-ID: *(\S+)/im.exec(raw)?.[1] ?? '';
    const [line = ''] = raw.split('\r\n', 1);
    const method = /^CSeq: *\d+ *(\w+)/im.exec(raw)?.[1];
    if (line.startsWith('INVITE ') && !ends.has(callId)) ends.set(callId, 'unanswered');
    if (method === 'INVITE' && /^SIP\/2\.0 [3-6]/.test(line)) ends.set(callId, 'refused');
    if (method === 'INVITE' && line.startsWith('SIP/2.0 200') && ends.get(callId) === 'unanswered') ends.set(callId, 'open');
    if (line.startsWith('BYE ') && way === 'received') ends.set(callId, 'was hung up on');
    // Who hangs up has ended the call, whatever the answer: a BYE on its way to a gateway that is killed gets none.
    if (line.startsWith('BYE ') && way === 'sent' && ends.get(callId) === 'open') ends.set(callId, 'hung up');
  }
  return ends;
}
