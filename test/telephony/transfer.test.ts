import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectFile } from '../../gateway/project.js';
import { AgentPhone } from '../../media/phone/agent-phone.js';
import type { PhoneCall } from '../../media/phone/phone-call.js';
import { Exchange } from '../support/exchange.js';

const flow = (to: string): string => `purpose: Callers of another house are put through.
owner: test
reviewBy: 2030-01-01
expect: the transfer works
languages: [sv]
start: over
error: over
prompts: { bye: { sv: Jag kopplar. } }
nodes:
  over: { do: transfer, prompt: bye, to: "${to}" }
`;

describe('blind transfer', () => {
  let outside: AgentPhone;
  let exchange: Exchange;
  let folder: string;
  beforeAll(async () => {
    outside = await AgentPhone.open({ host: '127.0.0.1', user: 'outside', rule: { kind: 'after', ms: 50 }, say: { kind: 'tone', hz: 600 } });
    folder = mkdtempSync(join(tmpdir(), 'vx-flows-'));
    cpSync(projectFile('ivr-flows'), folder, { recursive: true });
    writeFileSync(join(folder, 'flows', 'put-through.yaml'), flow(outside.uri));
    writeFileSync(join(folder, 'flows', 'nowhere.yaml'), flow('+46700000000'));
    const centre = readFileSync(join(folder, 'contact-centre.yaml'), 'utf8');
    const number = (flowId: string) => `{ flow: ${flowId}, language: sv, lastResort: { do: tell, prompt: call-later } }`;
    writeFileSync(join(folder, 'contact-centre.yaml'), centre.replace('numbers:\n', `numbers:\n  "200": ${number('put-through')}\n  "201": ${number('nowhere')}\n`));
    exchange = await Exchange.start({ flowsDir: folder });
  });
  afterAll(async () => {
    await exchange.close();
    await outside.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('puts the caller through to a SIP address, and both hear each other', async () => {
    const arrived = new Promise<PhoneCall>((resolve) => outside.once('call', resolve));
    const call = await exchange.call('', { to: `sip:200@${exchange.sip}`, say: { kind: 'tone', hz: 1_000 } });
    const leg = await arrived;
    expect(await call.waitForTone(600, { timeoutMs: 5_000 })).toBe(true);
    expect(await leg.waitForTone(1_000, { timeoutMs: 5_000 })).toBe(true);
    leg.hangUp();
    const report = await call.finished;
    expect(report.ladder.some((entry) => entry.event === 'ended' && entry.by === 'remote')).toBe(true);
    expect([...exchange.thread.interactions.values()].map((one) => one.data.result)).toContain('completed/transferred');
  });

  it('tells the caller when nobody takes the number, and ends the call', async () => {
    const call = await exchange.call('', { to: `sip:201@${exchange.sip}` });
    const report = await call.finished;
    expect(report.result).toBe('completed');
    const said = exchange.log.of('says', call.call.sipCallId).flatMap((line) => line.fields['prompts']);
    expect(said).toEqual(['bye', 'call-later']);
    expect([...exchange.thread.interactions.values()].map((one) => one.data.result)).toContain('upstreamError/transfer-failed');
  });
});
