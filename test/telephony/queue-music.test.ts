import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { projectFile } from '../../gateway/project.js';
import { tone } from '../../media/rtp/tone.js';
import { writeWav8k } from '../../media/rtp/wav.js';
import { expectNothingLeft } from '../support/contract-case.js';
import { AGENT_SECRET, Exchange } from '../support/exchange.js';

const FLOW = `purpose: Who waits hears what suits the queue.
owner: test
reviewBy: 2030-01-01
expect: nothing
languages: [sv]
start: person
error: person
prompts: {}
nodes:
  person: { do: queue, queue: billing }
`;
const [FIRST_HZ, SECOND_HZ, OTHER_HZ] = [520, 880, 1_400];
const SOON = { timeoutMs: 20_000 };

describe('who waits', () => {
  let exchange: Exchange;
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'vx-music-'));
    const [flows, music] = [join(folder, 'ivr-flows'), join(folder, 'music')];
    cpSync(projectFile('ivr-flows'), flows, { recursive: true });
    writeFileSync(join(flows, 'flows', 'waits.yaml'), FLOW);
    const centre = readFileSync(join(flows, 'contact-centre.yaml'), 'utf8');
    const quiet = centre.replace('numbers:\n', 'numbers:\n  "300": { flow: waits, language: sv, lastResort: { do: tell, prompt: call-later } }\n').replaceAll(/( {4})music: default/g, '$1music: default\n$1announce: { position: false, wait: false }');
    writeFileSync(join(flows, 'contact-centre.yaml'), quiet.replace('music: default', 'music: calm').replace('music: default', 'music: brisk'));
    mkdirSync(join(music, 'calm'), { recursive: true });
    await writeWav8k(join(music, 'calm', '1.wav'), tone([FIRST_HZ], 1_500));
    await writeWav8k(join(music, 'calm', '2.wav'), tone([SECOND_HZ], 1_500));
    await writeWav8k(join(music, 'brisk.wav'), tone([OTHER_HZ], 1_500));
    exchange = await Exchange.start({ flowsDir: flows, environment: { MUSIC_DIR: music } });
  });
  afterAll(async () => {
    await exchange.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('hears the music of the queue, file after file and again from the first; that of the next queue when moved there', async () => {
    const caller = await exchange.call('wait:60000', { to: `sip:300@${exchange.sip}` });
    for (const hz of [FIRST_HZ, SECOND_HZ, FIRST_HZ, SECOND_HZ]) expect(await caller.waitForTone(hz, SOON), `${hz} Hz`).toBe(true);
    const call = exchange.facts.callIdOf(caller.call.sipCallId);
    const moved = await fetch(`${exchange.gateway.httpUrl}/v1/queue/orders`, { method: 'POST', headers: { authorization: `Bearer ${AGENT_SECRET}`, 'content-type': 'application/json' }, body: JSON.stringify({ do: 'move', call, queue: 'technical', by: 'test' }) });
    expect(moved.status).toBe(200);
    expect(await caller.waitForTone(OTHER_HZ, SOON)).toBe(true);
    caller.hangUp();
    await exchange.ended(caller.call.sipCallId);
    await vi.waitFor(() => expectNothingLeft(exchange));
  });
});
