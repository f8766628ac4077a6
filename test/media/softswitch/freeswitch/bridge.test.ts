import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loudness, toneShare } from '../../../../media/rtp/goertzel.js';
import type { TestLeg } from './rig.js';
import { hears, MUSIC_HZ, Rig } from './rig.js';

let rig: Rig;
beforeAll(async () => {
  rig = await Rig.open();
});
afterAll(() => rig.close());

interface Pair {
  readonly a: TestLeg;
  readonly b: TestLeg;
}

/** Two legs that talk, 700 Hz and 900 Hz, and are bridged, `a` first. */
async function bridged(vars: { a?: string; b?: string } = {}): Promise<Pair> {
  const [a, b] = [await rig.leg({ payloads: '8 101' }), await rig.leg({ payloads: '0 101' })];
  a.talk(700);
  b.talk(900);
  if (vars.a !== undefined) await a.link.execute(a.uuid, 'set', vars.a);
  if (vars.b !== undefined) await b.link.execute(b.uuid, 'set', vars.b);
  expect(await a.link.api(`uuid_bridge ${a.uuid} ${b.uuid}`)).toBe(`+OK ${b.uuid}\n`);
  await Promise.all([a.listen(100), b.listen(100)]);
  return { a, b };
}

async function end(...legs: TestLeg[]): Promise<void> {
  for (const { call, link } of legs) {
    call.hangUp();
    await link.closed;
  }
}

const isParked = async (leg: TestLeg) => (await leg.link.api('show channels as json')).includes(`"uuid":"${leg.uuid}"`);

describe('a bridge', () => {
  it('carries sound both ways between the two laws', async () => {
    const { a, b } = await bridged();
    const [heardByA, heardByB] = await Promise.all([a.listen(100), b.listen(100)]);
    expect(toneShare(heardByA, 900)).toBeGreaterThan(0.95);
    expect(toneShare(heardByB, 700)).toBeGreaterThan(0.95);
    await end(a, b);
  });

  it('cuts what plays, which does not come back', async () => {
    const [a, b] = [await rig.leg(), await rig.leg()];
    a.talk(700);
    b.talk(900);
    const music = a.link.execute(a.uuid, 'playback', 'local_stream://moh');
    await a.link.event('PLAYBACK_START');
    await a.link.api(`uuid_bridge ${a.uuid} ${b.uuid}`);
    expect(await music).toMatchObject({ 'Application-Response': 'PLAYBACK ERROR' });
    await hears(a, 900);
    await end(a, b);
  });

  it('passes keys as events and tells them of the sender only', async () => {
    const { a, b } = await bridged();
    const came = new Promise((resolve) => { b.rtp.onDtmf = (key) => key.kind === 'end' && resolve(key); });
    a.rtp.sendDtmf('6', 120);
    expect(await came).toEqual({ kind: 'end', digit: '6', durationMs: 120 });
    expect(await a.link.event('DTMF')).toMatchObject({ 'DTMF-Digit': '6' });
    await b.link.execute(b.uuid, 'set', 'behind=everything');
    expect(b.link.story('DTMF')).toEqual([]);
    await end(a, b);
  });

  it('plays to one leg alone while the other hears nothing', async () => {
    const { a, b } = await bridged();
    const playing = a.link.execute(a.uuid, 'playback', 'tone_stream://%(500,0,1500)');
    await a.link.event('PLAYBACK_START');
    await a.listen(120);
    const before = b.rtp.stats().receivedPackets;
    await hears(a, 1500);
    expect(b.rtp.stats().receivedPackets).toBe(before);
    await playing;
    expect(toneShare((await b.listen(160)).subarray(640), 700)).toBeGreaterThan(0.9);
    await end(a, b);
  });

  it.each([['uuid_audio', 'start read mute 1', 'stop'], ['set_mute', 'read true', 'read false']])('silences one leg for the other by %s', async (how, on, off) => {
    const { a, b } = await bridged();
    const mute = (state: string) => (how === 'set_mute' ? a.link.execute(a.uuid, how, state) : a.link.api(`${how} ${a.uuid} ${state}`));
    await mute(on);
    await b.listen(160);
    expect(loudness(await b.listen(60))).toBeLessThan(20);
    await mute(off);
    await hears(b, 700);
    await end(a, b);
  });

  it('lets the other leg hear music while one holds, unless hold_music is silence', async () => {
    const { a, b } = await bridged();
    await a.call.reinvite(a.sdp('inactive').replace(' 8 0 101', ' 8 101'));
    await b.link.event('PLAYBACK_START', (event) => event['Playback-File-Path'] === 'local_stream://moh');
    await hears(b, MUSIC_HZ);
    await a.call.reinvite(a.sdp());
    await b.link.event('PLAYBACK_STOP');
    await hears(b, 700);
    await a.link.execute(a.uuid, 'set', 'hold_music=silence');
    await a.call.reinvite(a.sdp('sendonly'));
    await b.link.execute(b.uuid, 'set', 'behind=everything');
    expect(b.link.story('PLAYBACK_START')).toEqual([]);
    await end(a, b);
  });
});

describe('the end of a bridge', () => {
  it('by the second leg keeps a first leg with park_after_bridge, parked and in its application’s hands', async () => {
    const { a, b } = await bridged({ a: 'park_after_bridge=true' });
    await b.call.bye();
    await a.link.event('CHANNEL_PARK', (event) => event['Channel-State'] === 'CS_PARK');
    const heard = a.listen(240);
    expect(await a.link.execute(a.uuid, 'playback', 'tone_stream://%(400,0,1500)')).toMatchObject({ 'Application-Response': 'FILE PLAYED' });
    expect(toneShare((await heard).subarray(-480), 1500)).toBeGreaterThan(0.9);
    await end(a);
  });

  it('by the second leg sends a first leg without wishes on in its dial plan, to park for a bounded time', async () => {
    const { a, b } = await bridged();
    a.link.story();
    await b.call.bye();
    await a.link.event('CHANNEL_PARK');
    expect(a.link.story('CHANNEL_EXECUTE', 'CHANNEL_EXECUTE_COMPLETE')).toEqual(['CHANNEL_EXECUTE set', 'CHANNEL_EXECUTE_COMPLETE set', 'CHANNEL_EXECUTE park']);
    await end(a);
  });

  it('by the second leg ends a first leg with hangup_after_bridge', async () => {
    const { a, b } = await bridged({ a: 'hangup_after_bridge=true' });
    const ended = once(a.call, 'ended');
    await b.call.bye();
    await ended;
  });

  it('by the first leg hangs the second one up, unless that one parks after a bridge', async () => {
    const first = await bridged();
    const ended = once(first.b.call, 'ended');
    await first.a.call.bye();
    const [{ request }] = await ended;
    expect(request?.headers.get('reason')).toContain('NORMAL_CLEARING');
    const second = await bridged({ b: 'park_after_bridge=true' });
    await second.a.call.bye();
    await second.b.link.event('CHANNEL_PARK', (event) => event['Channel-State'] === 'CS_PARK');
    await end(second.b);
  });

  it('by uuid_transfer -both parks both', async () => {
    const { a, b } = await bridged();
    expect(await a.link.api(`uuid_transfer ${a.uuid} -both park inline`)).toBe('+OK\n');
    await Promise.all([a.link.event('CHANNEL_PARK'), b.link.event('CHANNEL_PARK')]);
    expect(await isParked(b)).toBe(true);
    expect(await a.link.execute(a.uuid, 'playback', 'silence_stream://40')).toMatchObject({ 'Application-Response': 'FILE PLAYED' });
    await end(a, b);
  });

  it('by a bridge to a third leg hangs up the old partner', async () => {
    const { a, b } = await bridged();
    const c = await rig.leg();
    c.talk(1100);
    const ended = once(b.call, 'ended');
    await a.link.api(`uuid_bridge ${a.uuid} ${c.uuid}`);
    await ended;
    await hears(a, 1100);
    await end(a, c);
  });

  it('does not come from a socket that ends', async () => {
    const { a, b } = await bridged();
    a.link.socket.destroy();
    await a.link.closed;
    await b.listen(60);
    await hears(a, 900);
    await end(a, b);
  });
});
