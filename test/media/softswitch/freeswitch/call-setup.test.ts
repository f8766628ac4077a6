import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { toneShare } from '../../../../media/rtp/goertzel.js';
import { Rig, sdpOf } from './rig.js';

let rig: Rig;
beforeAll(async () => {
  rig = await Rig.open();
});
afterAll(() => rig.close());

const audioLine = (sdp: string | undefined): string | undefined => /^m=audio \d+ (.*)\r$/m.exec(sdp ?? '')?.[1];

describe('a call into the switch', () => {
  it('is answered with the first codec it knows and telephone-event, and reaches its application', async () => {
    const leg = await rig.leg({ payloads: '18 8 0 101', headers: [['X-Call-Ref', 'ref-7']] });
    expect(audioLine(leg.call.remoteSdp)).toBe('RTP/AVP 8 101');
    expect(leg.call.remoteSdp).not.toContain('a=sendrecv');
    expect(leg.data).toMatchObject({
      'Event-Name': 'CHANNEL_DATA', 'Socket-Mode': 'async', Control: 'full', 'Reply-Text': '+OK\n', variable_dtmf_type: 'rfc2833', 'variable_sip_h_X-Call-Ref': 'ref-7',
      variable_sip_call_id: leg.call.sipCallId, variable_remote_media_port: String(leg.rtp.port), 'Channel-Unique-ID': leg.uuid,
    });
    expect(leg.data['variable_rtp_local_sdp_str']).toBe(`${leg.call.remoteSdp ?? ''}a=sendrecv\r\n`);
    expect(leg.data['variable_sip_user_agent']).toMatch(/^drachtio-fsmrf:/);
    await leg.call.bye();
  });

  it('without telephone-event uses INFO by name', async () => {
    const leg = await rig.leg({ payloads: '0' });
    expect(leg.data['variable_dtmf_type']).toBe('info');
    expect(audioLine(leg.call.remoteSdp)).toBe('RTP/AVP 0');
    await leg.call.bye();
  });

  it('for another name is refused with 404, without codec in common with 488', async () => {
    const [other] = await once(rig.invite({ user: 'somebody', body: sdpOf(4000, '8') }), 'failed');
    expect(other).toMatchObject({ status: 404 });
    expect(other.message.headers.get('reason')).toContain('cause=3;');
    const [noCodec] = await once(rig.invite({ body: sdpOf(4000, '18') }), 'failed');
    expect(noCodec).toMatchObject({ status: 488 });
    expect(noCodec.message.headers.get('reason')).toContain('cause=88;');
  });

  it('without description gets an offer of both laws, and its application once the ACK has brought the answer', async () => {
    let offer = '';
    const call = rig.invite({ lateAnswer: (sdp) => ((offer = sdp), sdpOf(4000, '8 0 101', 'recvonly')) });
    const { link, data } = await rig.nextLink();
    expect(audioLine(offer)).toBe('RTP/AVP 0 8 101 13');
    expect(data).toMatchObject({ variable_remote_media_port: '4000', variable_rtp_use_codec_name: 'PCMA' });
    const modified = await call.reinvite(sdpOf(5000, '8 0 101'));
    expect(modified.ok && audioLine(modified.sdp)).toBe('RTP/AVP 0 101 13');
    expect(await link.api(`uuid_getvar ${data['Unique-ID'] ?? ''} read_codec`)).toBe('PCMU');
    await call.bye();
  });

  it('is held and resumed by re-INVITE, with the mirrored direction written', async () => {
    const leg = await rig.leg();
    const directions = [];
    for (const direction of ['sendonly', 'inactive', 'recvonly', 'sendrecv']) {
      const result = await leg.call.reinvite(leg.sdp(direction));
      directions.push(result.ok ? (/a=(recvonly|inactive|sendonly|sendrecv)/.exec(result.sdp)?.[1] ?? 'none') : result.status);
    }
    expect(directions).toEqual(['recvonly', 'inactive', 'sendonly', 'none']);
    expect(leg.link.story('CHANNEL_CALLSTATE')).toEqual(['CHANNEL_CALLSTATE HELD', 'CHANNEL_CALLSTATE UNHELD', 'CHANNEL_CALLSTATE ACTIVE']);
    await leg.call.bye();
  });

  it('survives a re-INVITE that it must refuse', async () => {
    const leg = await rig.leg();
    expect(await leg.call.reinvite(sdpOf(leg.rtp.port, '18'))).toEqual({ ok: false, status: 488 });
    const heard = leg.listen(100);
    await leg.link.execute(leg.uuid, 'playback', 'tone_stream://%(300,0,500)');
    expect(toneShare(await heard, 500)).toBeGreaterThan(0.9);
    await leg.call.bye();
  });

  it('sends no RTP while nothing is played', async () => {
    const leg = await rig.leg();
    leg.talk(700);
    await leg.link.execute(leg.uuid, 'sleep', '300');
    expect(leg.rtp.stats().receivedPackets).toBe(0);
    await leg.call.bye();
  });
});

describe('the end of a call', () => {
  it('by the peer is told before the goodbye of the socket', async () => {
    const leg = await rig.leg();
    await leg.call.bye();
    expect(await leg.link.event('CHANNEL_CALLSTATE', (event) => event['Channel-Call-State'] === 'HANGUP')).toMatchObject({ 'Hangup-Cause': 'NORMAL_CLEARING' });
    const notice = await leg.link.next((frame) => frame.head.includes('disconnect-notice'));
    expect(notice.head).toContain(`Controlled-Session-UUID: ${leg.uuid}`);
    await leg.link.closed;
  });

  it.each([['the hangup application', 'hangup'], ['uuid_kill', 'kill'], ['hupall of its variable', 'hupall']])('by %s sends a BYE with the cause', async (_what, how) => {
    const leg = await rig.leg({ headers: [['X-Call-Ref', 'ref-8']] });
    const ended = once(leg.call, 'ended');
    if (how === 'hupall') expect(await leg.link.api('hupall USER_BUSY sip_h_X-Call-Ref ref-8')).toBe('+OK hangup all channels matching [sip_h_X-Call-Ref]=[ref-8] with cause: USER_BUSY\n');
    else if (how === 'kill') await leg.link.api(`uuid_kill ${leg.uuid} USER_BUSY`);
    else await leg.link.execute(leg.uuid, 'hangup', 'USER_BUSY').catch(() => undefined);
    const [{ request }] = await ended;
    expect(request?.headers.get('reason')).toBe('Q.850;cause=17;text="USER_BUSY"');
    await leg.link.closed;
  });

  it('comes for an application that the softswitch has not, loudly', async () => {
    const leg = await rig.leg();
    const ended = once(leg.call, 'ended');
    expect(await leg.link.command(`sendmsg ${leg.uuid}\ncall-command: execute\nexecute-app-name: record_session\nexecute-app-arg: /tmp/x.wav`)).toBe('-ERR record_session not supported by the softswitch');
    const [{ request }] = await ended;
    expect(request?.headers.get('reason')).toContain('DESTINATION_OUT_OF_ORDER');
  });

  it('leaves nothing behind', async () => {
    const own = await Rig.open({ timers: { t1Ms: 10, t2Ms: 20, t4Ms: 20 } });
    const before = own.fs.counts();
    const leg = await own.leg();
    await leg.link.execute(leg.uuid, 'set', 'park_timeout=100');
    await leg.link.api(`uuid_transfer ${leg.uuid} park inline`);
    await leg.link.event('CHANNEL_PARK');
    expect(own.fs.counts()).toMatchObject({ channels: 1, rtpSessions: 1, sockets: 1 });
    await leg.call.bye();
    await leg.link.closed;
    await vi.waitUntil(() => own.fs.counts().rtpSessions === 0 && own.fs.counts().timers === before.timers, { timeout: 5000 });
    expect(own.fs.counts()).toEqual(before);
    await own.close();
    expect(own.fs.counts()).toEqual({ channels: 0, rtpSessions: 0, sockets: 0, timers: 0 });
  });

  it('comes to every call when the switch is closed', async () => {
    const own = await Rig.open();
    const legs = [await own.leg(), await own.leg()];
    const ended = legs.map((leg) => once(leg.call, 'ended'));
    await own.fs.close();
    await Promise.all(ended);
    expect(own.fs.counts()).toMatchObject({ channels: 0, rtpSessions: 0 });
    await own.close();
  });
});
