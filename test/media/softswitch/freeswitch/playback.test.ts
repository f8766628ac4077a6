import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findPrompt } from '../../../../media/rtp/align.js';
import { joinSounds, tone } from '../../../../media/rtp/tone.js';
import { writeWav8k } from '../../../../media/rtp/wav.js';
import type { TestLeg } from './rig.js';
import { hears, MUSIC_HZ, Rig } from './rig.js';

let rig: Rig;
let leg: TestLeg;
const prompt = joinSounds([400, 650, 500, 900].map((hz) => tone([hz], 60)));
let file = '';

beforeAll(async () => {
  rig = await Rig.open();
  file = join(rig.folder, 'prompt.wav');
  await writeWav8k(file, prompt);
  await writeFile(join(rig.folder, 'text.wav'), 'no sound');
});
beforeEach(async () => {
  leg = await rig.leg();
});
afterAll(() => rig.close());

const play = (name: string, more?: Readonly<Record<string, string>>) => leg.link.execute(leg.uuid, 'playback', name, more);
const set = (assignment: string) => leg.link.execute(leg.uuid, 'set', assignment);
const started = (name: string) => leg.link.event('PLAYBACK_START', (event) => event['Playback-File-Path'] === name);
const MUSIC = 'local_stream://moh';

describe('playback', () => {
  it('of a file is heard whole and tells its length', async () => {
    const heard = leg.listen(prompt.length / 8 - 20);
    const done = await play(file);
    expect(done).toMatchObject({ 'Application-Response': 'FILE PLAYED', variable_playback_ms: '240', variable_playback_samples: '1920', Application: 'playback' });
    expect(findPrompt(await heard, prompt.subarray(0, 1600))?.coefficient).toBeGreaterThan(0.98);
  });

  it('starts at a sample of the file when told', async () => {
    expect(await play(`${file}@@960`)).toMatchObject({ variable_playback_ms: '120' });
  });

  it.each(['/nope.wav', '/tmp', 'relative.wav', 'foo://x', 'local_stream://nope'])('of %s is FILE NOT FOUND and plays nothing', async (name) => {
    expect(await play(name)).toMatchObject({ 'Application-Response': 'FILE NOT FOUND' });
    expect(leg.link.story('PLAYBACK_START')).toEqual([]);
  });

  it('of a text file called .wav is FILE NOT FOUND', async () => {
    expect(await play(join(rig.folder, 'text.wav'))).toMatchObject({ 'Application-Response': 'FILE NOT FOUND' });
  });

  it('takes a list once the delimiter is set, and skips what is missing in it', async () => {
    expect(await play(`${file}!${file}`)).toMatchObject({ 'Application-Response': 'FILE NOT FOUND' });
    await set('playback_delimiter=!');
    expect(await play(`tone_stream://%(40,0,440)!/nope.wav!${file}`)).toMatchObject({ 'Application-Response': 'FILE PLAYED' });
    expect(leg.link.story('PLAYBACK_START', 'PLAYBACK_STOP')).toEqual([
      'PLAYBACK_START tone_stream://%(40,0,440)', 'PLAYBACK_STOP tone_stream://%(40,0,440) done', `PLAYBACK_START ${file}`, `PLAYBACK_STOP ${file} done`,
    ]);
  });

  it('of a list tells what its last file came to', async () => {
    await set('playback_delimiter=!');
    expect(await play(`${file}!/nope.wav`)).toMatchObject({ 'Application-Response': 'FILE NOT FOUND' });
    expect(await play(`/nope.wav!${file}`)).toMatchObject({ 'Application-Response': 'FILE PLAYED' });
  });

  it.each([
    ['silence_stream://200', '200'], ['tone_stream://%(100,50,440,480);loops=2', '300'], ['tone_stream://L=2;%(100,100,440)', '400'], ['tone_stream://garbage', '0'],
  ])('of %s lasts %s ms', async (name, ms) => {
    expect(await play(name)).toMatchObject({ 'Application-Response': 'FILE PLAYED', variable_playback_ms: ms });
  });

  it('inside music interrupts it, and the music comes back by itself', async () => {
    const music = play(MUSIC);
    await started(MUSIC);
    await hears(leg, MUSIC_HZ);
    const announcement = 'tone_stream://%(300,0,900)';
    const inner = play(announcement);
    await started(announcement);
    await hears(leg, 900);
    expect(await inner).toMatchObject({ 'Application-Response': 'FILE PLAYED' });
    await hears(leg, MUSIC_HZ);
    await leg.link.api(`uuid_break ${leg.uuid} all`);
    expect(await music).toMatchObject({ 'Application-Response': 'FILE PLAYED' });
  });

  it('asked twice in one instant plays the second first', async () => {
    await Promise.all([play('tone_stream://%(60,0,441)'), play('tone_stream://%(60,0,442)')]);
    expect(leg.link.story('PLAYBACK_STOP').map((line) => line.slice(-10))).toEqual([',442) done', ',441) done']);
  });

  it('under event-lock lets nothing in until it is over', async () => {
    const locked = play('tone_stream://%(100,0,441)', { 'event-lock': 'true' });
    await Promise.all([locked, play('tone_stream://%(60,0,442)')]);
    expect(leg.link.story('PLAYBACK_STOP').map((line) => line.slice(-10))).toEqual([',441) done', ',442) done']);
  });

  it('lets set act at once', async () => {
    const music = play(MUSIC);
    await started(MUSIC);
    await set('x=1');
    expect(await leg.link.api(`uuid_getvar ${leg.uuid} x`)).toBe('1');
    await leg.link.execute(leg.uuid, 'break');
    await music;
  });

  it('ends, inner and outer, on uuid_break; of a list only the file that plays', async () => {
    const outer = play(MUSIC);
    await started(MUSIC);
    const inner = play('tone_stream://%(5000,0,441)');
    await started('tone_stream://%(5000,0,441)');
    await leg.link.api(`uuid_break ${leg.uuid}`);
    await Promise.all([inner, outer]);
    expect(leg.link.story('PLAYBACK_STOP').map((line) => line.split(' ').at(-1))).toEqual(['break', 'break']);
    await set('playback_delimiter=!');
    const list = play(`${MUSIC}!tone_stream://%(40,0,441)`);
    await started(MUSIC);
    await leg.link.api(`uuid_break ${leg.uuid} all`);
    await list;
    expect(leg.link.story('PLAYBACK_STOP')).toEqual([`PLAYBACK_STOP ${MUSIC} break`, 'PLAYBACK_STOP tone_stream://%(40,0,441) done']);
  });

  it('is not harmed by a uuid_break before it', async () => {
    expect(await leg.link.api(`uuid_break ${leg.uuid}`)).toBe('+OK\n');
    expect(await play('silence_stream://60')).toMatchObject({ variable_playback_ms: '60' });
  });

  it('on hold runs its time and sends nothing', async () => {
    await leg.call.reinvite(leg.sdp('inactive'));
    const before = leg.rtp.stats().receivedPackets;
    expect(await play('tone_stream://%(100,0,441)')).toMatchObject({ 'Application-Response': 'FILE PLAYED' });
    expect(leg.rtp.stats().receivedPackets).toBe(before);
  });

  it('is reported as an error when the call ends meanwhile', async () => {
    const music = play(MUSIC);
    await started(MUSIC);
    await leg.call.bye();
    expect(await music).toMatchObject({ 'Application-Response': 'PLAYBACK ERROR', 'Hangup-Cause': 'NORMAL_CLEARING' });
  });
});

describe('keys', () => {
  it('are told when they come up, at least 400 samples long, and once', async () => {
    leg.rtp.sendDtmf('5', 40);
    leg.rtp.sendDtmf('#', 200);
    expect(await leg.link.event('DTMF')).toMatchObject({ 'DTMF-Digit': '5', 'DTMF-Duration': '400', 'DTMF-Source': 'RTP', 'Unique-ID': leg.uuid });
    expect(await leg.link.event('DTMF')).toMatchObject({ 'DTMF-Digit': '#', 'DTMF-Duration': '1600' });
  });

  it('stop a playback by * unless playback_terminators says otherwise', async () => {
    const byDefault = play(MUSIC);
    await started(MUSIC);
    leg.rtp.sendDtmf('1', 60);
    leg.rtp.sendDtmf('*', 60);
    expect(await byDefault).toMatchObject({ variable_playback_terminator_used: '*' });
    await set('playback_terminators=none');
    const never = play(MUSIC);
    await started(MUSIC);
    leg.link.story('DTMF');
    leg.rtp.sendDtmf('*', 60);
    await leg.link.event('DTMF');
    await set('playback_terminators=any');
    leg.rtp.sendDtmf('7', 60);
    expect(await never).toMatchObject({ variable_playback_terminator_used: '7' });
  });

  it('end only the innermost playback', async () => {
    const music = play(MUSIC);
    await started(MUSIC);
    const inner = play('tone_stream://%(5000,0,441)');
    await started('tone_stream://%(5000,0,441)');
    leg.rtp.sendDtmf('*', 60);
    await inner;
    expect(leg.link.story('PLAYBACK_STOP')).toHaveLength(1);
    await leg.link.api(`uuid_break ${leg.uuid} all`);
    await music;
  });

  it('are sent by the application and the API with their lengths', async () => {
    await leg.link.execute(leg.uuid, 'send_dtmf', '12@100');
    expect(await leg.link.api(`uuid_send_dtmf ${leg.uuid} 4`)).toBe(`+OK ${leg.uuid} sent DTMF 4.\n`);
    while (leg.keys.filter((key) => key.kind === 'end').length < 3) await new Promise((resolve) => { leg.rtp.onDtmf = (key) => { leg.keys.push(key); resolve(undefined); }; });
    expect(leg.keys.filter((key) => key.kind === 'end').map((key) => [key.digit, key.durationMs])).toEqual([['1', 100], ['2', 100], ['4', 260]]);
  });

  it('in the sound are told after start_dtmf only', async () => {
    const sound = joinSounds([tone([852, 1336], 120), tone([600], 200)]);
    let at = 0;
    leg.rtp.source = () => sound.subarray((at = (at + 160) % sound.length), at + 160);
    await leg.link.execute(leg.uuid, 'sleep', '700');
    expect(leg.link.story('DTMF')).toEqual([]);
    await leg.link.execute(leg.uuid, 'start_dtmf');
    expect(await leg.link.event('DTMF')).toMatchObject({ 'DTMF-Digit': '8', 'DTMF-Source': 'INBAND_AUDIO' });
  });
});

describe('variables', () => {
  it('are set one by one, several at once, exported and unset', async () => {
    await leg.link.execute(leg.uuid, 'multiset', '^^^a=1^b=two words');
    await leg.link.execute(leg.uuid, 'export', 'c=3');
    await leg.link.execute(leg.uuid, 'export', 'nolocal:g=7');
    await leg.link.execute(leg.uuid, 'unset', 'a');
    await leg.link.api(`uuid_setvar ${leg.uuid} d four 4`);
    await leg.link.api(`uuid_setvar_multi ${leg.uuid} e=5;f=6`);
    const values = [];
    for (const name of ['a', 'B', 'c', 'g', 'export_vars', 'd', 'e', 'f']) values.push(await leg.link.api(`uuid_getvar ${leg.uuid} ${name}`));
    expect(values).toEqual(['_undef_', 'two words', '3', '_undef_', 'c,nolocal:g', 'four 4', '5', '6']);
  });

  it('stand percent-encoded in uuid_dump, with RTP counters once asked for', async () => {
    await set('note=a b:c%');
    await play('silence_stream://100');
    expect(await leg.link.api(`uuid_set_media_stats ${leg.uuid}`)).toBe('+OK:\n');
    const dump = await leg.link.api(`uuid_dump ${leg.uuid}`);
    expect(dump).toContain('\nvariable_note: a%20b%3Ac%25\n');
    expect(dump).toContain('\nvariable_rtp_audio_out_packet_count: 5\n');
  });
});
