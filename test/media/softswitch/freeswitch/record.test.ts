import { once } from 'node:events';
import { access, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { findPrompt } from '../../../../media/rtp/align.js';
import { joinSounds, silence, tone } from '../../../../media/rtp/tone.js';
import { parseWav } from '../../../../media/rtp/wav.js';
import { Rig, type TestLeg } from './rig.js';

let rig: Rig;
let leg: TestLeg;
let files = 0;
let file = '';

beforeAll(async () => {
  rig = await Rig.open();
});
beforeEach(async () => {
  leg = await rig.leg();
  file = join(rig.folder, `recorded-${++files}.wav`);
});
afterAll(() => rig.close());

const record = (limits = '') => leg.link.execute(leg.uuid, 'record', `${file} ${limits}`.trim());
const recorded = async () => parseWav(await readFile(file));
const started = () => leg.link.event('CHANNEL_EXECUTE', (event) => event['Application'] === 'record');
/** Says this once, then what is sent is silence, or nothing. */
function say(pcm: Int16Array, then: 'silence' | 'nothing' = 'silence'): void {
  let at = 0;
  const quiet = then === 'silence' ? silence(20) : undefined;
  leg.rtp.source = () => ((at += 160) <= pcm.length ? pcm.subarray(at - 160, at) : quiet);
}
const SENTENCE = joinSounds([400, 650, 500, 900, 350, 1_100].map((hz) => tone([hz], 100)));

describe('record', () => {
  it('writes what the peer says as 8 kHz WAV until it is silent for so many seconds', async () => {
    const done = record('20 200 1');
    await started();
    say(SENTENCE);
    const { variable_record_ms: ms, variable_record_samples: samples, variable_playback_terminator_used: terminator } = await done;
    const { sampleRate, pcm } = await recorded();
    expect(sampleRate).toBe(8_000);
    expect(findPrompt(pcm, SENTENCE)?.coefficient).toBeGreaterThan(0.99);
    expect([Number(samples), Number(ms) * 8, terminator]).toEqual([pcm.length, pcm.length, undefined]);
    expect(pcm.length).toBeGreaterThanOrEqual(SENTENCE.length + 8_000);
  });

  it('ends by silence before the first word too, and where no RTP comes at all', async () => {
    say(silence(20));
    await record('20 200 1');
    expect((await recorded()).pcm.length).toBeGreaterThan(4_000);
    leg.rtp.source = () => undefined;
    await record('20 200 1');
    expect((await recorded()).pcm.length).toBeLessThan(4_000);
  });

  it('ends at its limit', async () => {
    leg.talk(500);
    await record('1 200 5');
    expect((await recorded()).pcm.length).toBe(8_000);
  });

  it('ends by uuid_break with what was said until then', async () => {
    const done = record('20 200 5');
    await started();
    say(SENTENCE, 'nothing');
    await vi.waitFor(() => expect(leg.rtp.stats().sentPackets).toBeGreaterThanOrEqual(SENTENCE.length / 160), { timeout: 5_000, interval: 10 });
    await leg.link.api(`uuid_break ${leg.uuid}`);
    await done;
    expect(findPrompt((await recorded()).pcm, SENTENCE.subarray(0, SENTENCE.length - 800))?.coefficient).toBeGreaterThan(0.99);
  });

  it('ends by a terminator where there are some, and no other key', async () => {
    await leg.link.execute(leg.uuid, 'set', 'playback_terminators=#');
    const done = record('20 200 9');
    await started();
    say(SENTENCE);
    leg.rtp.sendDtmf('5', 60);
    await leg.link.event('DTMF', (event) => event['DTMF-Digit'] === '5');
    leg.rtp.sendDtmf('#', 60);
    expect(await done).toMatchObject({ variable_playback_terminator_used: '#' });
  });

  it.each([['at its end', 'true'], ['as it comes', 'false']] as const)('writes what is said %s when enable_file_write_buffering is %s', async (_when, buffering) => {
    await leg.link.execute(leg.uuid, 'set', `enable_file_write_buffering=${buffering}`);
    const done = record('20 200 9');
    await started();
    say(SENTENCE, 'nothing');
    await vi.waitFor(() => expect(leg.rtp.stats().sentPackets).toBeGreaterThanOrEqual(SENTENCE.length / 160), { timeout: 5_000, interval: 10 });
    if (buffering === 'true') expect((await stat(file)).size).toBe(44);
    else await vi.waitFor(async () => expect((await stat(file)).size).toBeGreaterThan(SENTENCE.length * 2 - 1_600), { timeout: 5_000, interval: 10 });
    await leg.link.api(`uuid_break ${leg.uuid}`);
    await done;
    expect(findPrompt((await recorded()).pcm, SENTENCE.subarray(0, SENTENCE.length - 800))?.coefficient).toBeGreaterThan(0.99);
  });

  it('leaves a whole file when the peer hangs up', async () => {
    void record('20 200 9').catch(() => undefined);
    await started();
    say(SENTENCE, 'nothing');
    await vi.waitFor(() => expect(leg.rtp.stats().sentPackets).toBeGreaterThanOrEqual(SENTENCE.length / 160), { timeout: 5_000, interval: 10 });
    leg.call.hangUp();
    await leg.link.closed;
    expect(findPrompt((await recorded()).pcm, SENTENCE.subarray(0, SENTENCE.length - 800))?.coefficient).toBeGreaterThan(0.99);
  });

  it('ends the channel when the file cannot be written', async () => {
    const ended = once(leg.call, 'ended');
    file = join(rig.folder, 'nowhere', 'x.wav');
    void record().catch(() => undefined);
    const [{ request }] = await ended;
    expect(request?.headers.get('reason')).toContain('DESTINATION_OUT_OF_ORDER');
    await expect(access(file)).rejects.toThrow();
  });
});
