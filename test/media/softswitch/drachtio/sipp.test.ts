import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventEmitter, once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { answerCall, type Dialog, next, Rig, SDP } from './rig.js';

const hasSipp = spawnSync('sipp', ['-v']).error === undefined;
let rig: Rig;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sipp-'));
});
afterEach(async () => {
  await rig.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs SIPp to its end and gives its exit code: 0 when every call went by the scenario. */
function sipp(args: readonly string[]): { done: Promise<number> } {
  const child = spawn('sipp', [...args, '-i', '127.0.0.1', '-nostdin', '-timeout', '10', '-timeout_error'], { cwd: folder, stdio: 'ignore', env: { ...process.env, TERM: 'dumb' } });
  return { done: once(child, 'exit').then(([code]) => Number(code)) };
}

const scenario = (body: string): string => {
  const path = join(folder, 'scenario.xml');
  writeFileSync(path, `<?xml version="1.0" encoding="ISO-8859-1" ?>\n<scenario name="s">\n${body}\n</scenario>\n`);
  return path;
};

const head = (method: string, cseq: number, peer = ''): string => `${method} sip:100@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:sipp@[local_ip]:[local_port]>;tag=[call_number]
To: <sip:100@[remote_ip]:[remote_port]>${peer}
Call-ID: [call_id]
CSeq: ${cseq} ${method}
Contact: <sip:sipp@[local_ip]:[local_port];transport=[transport]>
Max-Forwards: 70`;
const SDP_BODY = `Content-Type: application/sdp
Content-Length: [len]

v=0
o=- 1 1 IN IP4 [local_ip]
s=-
c=IN IP4 [local_ip]
t=0 0
m=audio 40000 RTP/AVP 8
`;
const send = (text: string, attributes = ''): string => `<send ${attributes}><![CDATA[\n\n${text}\n]]></send>`;
const EMPTY = 'Content-Length: 0\n';

describe.runIf(hasSipp)('SIPp', () => {
  it.each(['u1', 't1'])('places ten calls over %s, hangs up, and nothing is left', async (transport) => {
    rig = await Rig.open();
    await rig.app((srf) => answerCall(srf));
    const { port } = rig.server.sip;
    const { done } = sipp([`127.0.0.1:${port}`, '-sn', 'uac', '-t', transport, '-m', '10', '-r', '20', '-d', '50']);
    expect(await done).toBe(0);
    await expect.poll(() => rig.server.counts().dialogs).toBe(0);
  });

  it('answers a call of the application and is hung up on', async () => {
    rig = await Rig.open();
    const srf = await rig.app();
    const probe = await rig.peer();
    const { port } = probe;
    await probe.close();
    // SIPp's own callee would wait four seconds after the BYE.
    const copied = '[last_Via:]\n[last_From:]\n[last_To:];tag=[call_number]\n[last_Call-ID:]\n[last_CSeq:]\nContact: <sip:[local_ip]:[local_port]>';
    const file = scenario([
      '<recv request="INVITE"/>', send(`SIP/2.0 180 Ringing\n${copied}\n${EMPTY}`), send(`SIP/2.0 200 OK\n${copied}\n${SDP_BODY}`, 'retrans="500"'), '<recv request="ACK"/>',
      '<recv request="BYE"/>', send(`SIP/2.0 200 OK\n${copied.replace(';tag=[call_number]', '')}\n${EMPTY}`),
    ].join('\n'));
    const { done } = sipp(['-sf', file, '-p', String(port), '-m', '1']);
    const dialog = await dial(srf, port);
    expect(dialog.remote.sdp).toContain('m=audio');
    await dialog.destroy();
    expect(await done).toBe(0);
  });

  it('cancels a ringing call', async () => {
    rig = await Rig.open();
    await rig.app((srf) => srf.invite((_req, res) => res.send(180)));
    const file = scenario([
      send(`${head('INVITE', 1)}\n${SDP_BODY}`, 'retrans="500"'), '<recv response="100" optional="true"/>', '<recv response="180"/>',
      // SIPp writes the branch of the INVITE into a CANCEL by [branch-N]: N messages back.
      send(`${head('CANCEL', 1).replace('[branch]', '[branch-3]')}\n${EMPTY}`, 'retrans="500"'), '<recv response="200"/>', '<recv response="487"/>',
      send(`${head('ACK', 1, '[peer_tag_param]').replace('[branch]', '[branch-6]')}\n${EMPTY}`),
    ].join('\n'));
    const { done } = sipp([`127.0.0.1:${rig.server.sip.port}`, '-sf', file, '-m', '1']);
    expect(await done).toBe(0);
    await expect.poll(() => rig.server.counts().dialogs).toBe(0);
  });

  it('is put on hold by re-INVITE from its side and told the answer', async () => {
    rig = await Rig.open();
    const dialogs = new EventEmitter();
    await rig.app((srf) => answerCall(srf, dialogs));
    const made = next<Dialog>(dialogs, 'dialog').then((dialog) => dialog.on('modify', (_req, res) => res.send(200, { body: SDP })));
    const file = scenario([
      send(`${head('INVITE', 1)}\n${SDP_BODY}`, 'retrans="500"'), '<recv response="100" optional="true"/>', '<recv response="200"/>', send(`${head('ACK', 1, '[peer_tag_param]')}\n${EMPTY}`),
      send(`${head('INVITE', 2, '[peer_tag_param]')}\n${SDP_BODY}`, 'retrans="500"'), '<recv response="100" optional="true"/>', '<recv response="200"/>', send(`${head('ACK', 2, '[peer_tag_param]')}\n${EMPTY}`),
      send(`${head('BYE', 3, '[peer_tag_param]')}\n${EMPTY}`, 'retrans="500"'), '<recv response="200"/>',
    ].join('\n'));
    const { done } = sipp([`127.0.0.1:${rig.server.sip.port}`, '-sf', file, '-m', '1']);
    await made;
    expect(await done).toBe(0);
  });
});

/** SIPp needs a moment to listen; until then the closed port gives 503. */
async function dial(srf: { createUAC(uri: string, opts: { localSdp: string }): Promise<Dialog> }, port: number): Promise<Dialog> {
  for (;;) {
    try {
      return await srf.createUAC(`sip:agent@127.0.0.1:${port}`, { localSdp: SDP });
    } catch (error) {
      if ((error as { status?: number }).status !== 503) throw error;
    }
  }
}
