import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EslClient, TestLeg } from './rig.js';
import { hears, HOST, MUSIC_HZ, Rig } from './rig.js';

let rig: Rig;
let admin: EslClient;
beforeAll(async () => {
  rig = await Rig.open({ parkTimeoutS: 1, mediaTimeoutMs: 1000 });
  admin = await rig.inbound();
  await admin.command('event json CHANNEL_PARK CHANNEL_UNPARK CHANNEL_EXECUTE_COMPLETE CHANNEL_HANGUP PLAYBACK_STOP');
});
afterAll(() => rig.close());

async function dropped(leg: TestLeg): Promise<void> {
  leg.link.socket.destroy();
  await leg.link.closed;
}

const parkedInDialplan = (leg: TestLeg) => admin.event('CHANNEL_PARK', (event) => event['Unique-ID'] === leg.uuid && event['variable_current_application'] === 'park');

/** Gives the channel to the application again, as a restarted gateway does. */
async function adopt(leg: TestLeg): Promise<EslClient> {
  expect(await admin.api(`uuid_transfer ${leg.uuid} 'socket:${HOST}:${rig.appPort} async full' inline`)).toBe('+OK\n');
  const { link, data } = await rig.nextLink();
  expect(data['Unique-ID']).toBe(leg.uuid);
  await link.command('event json CHANNEL_EXECUTE_COMPLETE CHANNEL_CALLSTATE');
  return link;
}

describe('a call whose application is gone', () => {
  it('parks for a bounded time when it was idle', async () => {
    const leg = await rig.leg();
    leg.talk(700);
    const ended = once(leg.call, 'ended');
    await dropped(leg);
    await parkedInDialplan(leg);
    const [{ request }] = await ended;
    expect(request?.headers.get('reason')).toContain('NORMAL_CLEARING');
  });

  it('hears a finite playback to its end and endless music on', async () => {
    const [finite, endless] = [await rig.leg(), await rig.leg()];
    for (const leg of [finite, endless]) leg.talk(700);
    const tone = finite.link.execute(finite.uuid, 'playback', 'tone_stream://%(300,0,500)').catch(() => undefined);
    const music = endless.link.execute(endless.uuid, 'playback', 'local_stream://moh').catch(() => undefined);
    await Promise.all([finite.link.event('PLAYBACK_START'), endless.link.event('PLAYBACK_START')]);
    await Promise.all([dropped(finite), dropped(endless)]);
    await admin.event('PLAYBACK_STOP', (event) => event['Unique-ID'] === finite.uuid);
    await parkedInDialplan(finite);
    await hears(endless, MUSIC_HZ);
    endless.call.hangUp();
    finite.call.hangUp();
    await Promise.all([tone, music]);
  });

  it('can be taken over again while parked or hearing music, and is hung up when that socket ends too', async () => {
    for (const app of ['sleep', 'playback']) {
      const leg = await rig.leg({ headers: [['X-Call-Ref', 'ref-9']] });
      leg.talk(700);
      const playing = app === 'playback' ? leg.link.execute(leg.uuid, 'playback', 'local_stream://moh').catch(() => undefined) : undefined;
      if (playing !== undefined) await leg.link.event('PLAYBACK_START');
      await dropped(leg);
      if (playing === undefined) await parkedInDialplan(leg);
      expect(await admin.api(`uuid_getvar ${leg.uuid} sip_h_X-Call-Ref`)).toBe('ref-9');
      const link = await adopt(leg);
      expect(await link.execute(leg.uuid, 'playback', 'silence_stream://40')).toMatchObject({ 'Application-Response': 'FILE PLAYED' });
      const ended = once(leg.call, 'ended');
      link.socket.destroy();
      await ended;
    }
  });

  it('goes on behind the socket of a take-over that says how', async () => {
    const leg = await rig.leg();
    leg.talk(700);
    await admin.api(`uuid_transfer ${leg.uuid} 'm:^:socket:${HOST}:${rig.appPort} async full^set:park_timeout=9^park' inline`);
    const { link } = await rig.nextLink();
    await dropped(leg);
    link.socket.destroy();
    await parkedInDialplan(leg);
    leg.call.hangUp();
  });

  it('stays parked, asleep, when it was parked after a bridge', async () => {
    const [a, b] = [await rig.leg(), await rig.leg()];
    a.talk(700);
    b.talk(900);
    await a.link.execute(a.uuid, 'set', 'park_after_bridge=true');
    await a.link.api(`uuid_bridge ${a.uuid} ${b.uuid}`);
    await a.listen(40);
    await b.call.bye();
    await admin.event('CHANNEL_PARK', (event) => event['Unique-ID'] === a.uuid && event['Channel-State'] === 'CS_PARK');
    await dropped(a);
    await admin.event('CHANNEL_UNPARK', (event) => event['Unique-ID'] === a.uuid && event['Channel-State'] === 'CS_PARK');
    const link = await adopt(a);
    expect(await link.execute(a.uuid, 'playback', 'silence_stream://40')).toMatchObject({ 'Application-Response': 'FILE PLAYED' });
    a.call.hangUp();
  });

  it('is hung up when nobody listens where it is sent', async () => {
    const leg = await rig.leg();
    const ended = once(leg.call, 'ended');
    expect(await admin.api(`uuid_transfer ${leg.uuid} 'socket:${HOST}:1 async full' inline`)).toBe('+OK\n');
    await ended;
  });

  it('parks when its application cannot be reached at all', async () => {
    const call = rig.invite({ body: 'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\n', headers: [['X-esl-outbound', `${HOST}:1`]] });
    const ended = once(call, 'ended');
    await admin.event('CHANNEL_PARK', (event) => event['variable_current_application'] === 'park' && event['variable_sip_call_id'] === call.sipCallId);
    await ended;
  });
});

describe('a call without RTP', () => {
  it('ends with MEDIA_TIMEOUT, idle or during endless music', async () => {
    const [idle, music] = [await rig.leg(), await rig.leg()];
    const ended = Promise.all([once(idle.call, 'ended'), once(music.call, 'ended')]);
    const playing = music.link.execute(music.uuid, 'playback', 'local_stream://moh').catch(() => undefined);
    expect(await idle.link.event('CHANNEL_CALLSTATE', (event) => event['Channel-Call-State'] === 'HANGUP')).toMatchObject({ 'Hangup-Cause': 'MEDIA_TIMEOUT' });
    for (const [{ request }] of await ended) expect(request?.headers.get('reason')).toBe('Q.850;cause=604;text="MEDIA_TIMEOUT"');
    await playing;
  });
});
