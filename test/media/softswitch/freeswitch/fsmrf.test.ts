import { once } from 'node:events';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toneShare } from '../../../../media/rtp/goertzel.js';
import { RtpSession } from '../../../../media/rtp/session.js';
import { silence } from '../../../../media/rtp/tone.js';
import { writeWav8k } from '../../../../media/rtp/wav.js';
import { audioOf } from '../../../../media/sip/offer-answer.js';
import type { Drachtio } from '../../../../media/softswitch/drachtio/start.js';
import { startDrachtio } from '../../../../media/softswitch/drachtio/start.js';
import { HOST, PASSWORD, Rig, quiet, sdpOf } from './rig.js';

/** What the gateway uses of the client packages. */
interface Endpoint {
  readonly uuid: string;
  readonly local: { readonly sdp: string };
  readonly remote: { readonly sdp: string };
  readonly dtmfType: string;
  play(file: string | readonly string[]): Promise<{ playbackSeconds: string; playbackMilliseconds: string }>;
  set(values: Readonly<Record<string, string>>): Promise<void>;
  api(command: string, args: string): Promise<{ body: string }>;
  bridge(other: Endpoint): Promise<unknown>;
  unbridge(): Promise<unknown>;
  modify(sdp: string): Promise<unknown>;
  mute(): Promise<unknown>;
  getChannelVariables(media: boolean): Promise<Readonly<Record<string, unknown>>>;
  destroy(): Promise<void>;
  once(event: 'dtmf' | 'destroy', heard: (fact: Readonly<Record<string, string>>) => void): void;
}
interface MediaServer {
  readonly sip: { readonly ipv4: { readonly udp: { readonly address: string } } };
  createEndpoint(opts?: { remoteSdp?: string; headers?: Readonly<Record<string, string>> }): Promise<Endpoint>;
  disconnect(): void;
}
interface SrfLike {
  connect(opts: object): void;
  disconnect(): void;
  on(event: string, heard: (...args: unknown[]) => void): void;
}

const load = createRequire(import.meta.url);
const Srf = load('drachtio-srf') as new () => SrfLike;
const Mrf = load('drachtio-fsmrf') as new (srf: SrfLike) => { connect(opts: object): Promise<MediaServer> };

let rig: Rig;
let drachtio: Drachtio;
let srf: SrfLike;
let ms: MediaServer;
const open: RtpSession[] = [];

beforeAll(async () => {
  rig = await Rig.open();
  drachtio = await startDrachtio({ host: HOST, sipPort: 0, adminHost: HOST, adminPort: 0, secret: 's', log: quiet });
  srf = new Srf();
  srf.on('error', () => undefined);
  srf.connect({ ...drachtio.admin, secret: 's' });
  await once(srf as never, 'connect');
  ms = await new Mrf(srf).connect({ address: HOST, port: rig.fs.esl.port, secret: PASSWORD, listenAddress: HOST });
});
afterAll(async () => {
  ms.disconnect();
  srf.disconnect();
  for (const rtp of open) await rtp.close();
  await drachtio.close();
  await rig.close();
});

/** An RTP peer and the end point that was made for its description. */
async function pair(payloads = '8 0 101'): Promise<{ rtp: RtpSession; endpoint: Endpoint }> {
  const rtp = await RtpSession.open({ host: HOST, pacer: rig.pacer });
  open.push(rtp);
  const endpoint = await ms.createEndpoint({ remoteSdp: sdpOf(rtp.port, payloads), headers: { 'X-Call-Ref': 'ref-1' } });
  follow(rtp, endpoint.local.sdp);
  rtp.source = () => silence(20);
  return { rtp, endpoint };
}

function follow(rtp: RtpSession, sdp: string): void {
  const remote = audioOf(sdp);
  rtp.setRemote(remote && { address: remote.address, port: remote.port });
  rtp.setFormat({ codec: remote?.codecs[0]?.name === 'PCMU' ? 'PCMU' : 'PCMA', telephoneEvent: { payloadType: 101, clockRate: 8000 } });
}

const hear = (rtp: RtpSession, hz: number) => new Promise<void>((resolve) => {
  rtp.onFrame = (frame) => {
    if (toneShare(frame, hz) > 0.9) resolve();
  };
});

describe('drachtio-fsmrf with the stand-ins', () => {
  it('finds the SIP address of the media server', () => {
    expect(ms.sip.ipv4.udp.address).toBe(`${HOST}:${rig.fs.sip.port}`);
  });

  it('makes an end point from a description, with what it reads from the channel', async () => {
    const { endpoint, rtp } = await pair();
    expect(endpoint.dtmfType).toBe('rfc2833');
    expect(audioOf(endpoint.local.sdp)?.codecs.map((codec) => codec.name)).toEqual(['PCMA']);
    expect(audioOf(endpoint.remote.sdp)?.port).toBe(rtp.port);
    expect((await endpoint.api('uuid_getvar', `${endpoint.uuid} sip_h_X-Call-Ref`)).body).toBe('ref-1');
    await endpoint.destroy();
  });

  it('plays files, lists and tones and tells their length', async () => {
    const { endpoint, rtp } = await pair();
    const file = join(rig.folder, 'short.wav');
    await writeWav8k(file, silence(60));
    const heard = hear(rtp, 650);
    expect(await endpoint.play('tone_stream://%(200,0,650)')).toMatchObject({ playbackMilliseconds: '200', playbackSeconds: '0' });
    await heard;
    expect(await endpoint.play([file, 'silence_stream://40'])).toMatchObject({ playbackMilliseconds: '40' });
    await expect(endpoint.play('/nope.wav')).rejects.toThrow('File Not Found');
    await endpoint.destroy();
  });

  it('ends a play by uuid_break and hears keys meanwhile', async () => {
    const { endpoint, rtp } = await pair();
    await endpoint.set({ playback_terminators: 'none', park_after_bridge: 'true' });
    const key = new Promise((resolve) => { endpoint.once('dtmf', resolve); });
    const music = endpoint.play('local_stream://moh');
    rtp.sendDtmf('*', 100);
    expect(await key).toMatchObject({ dtmf: '*', duration: '800', source: 'RTP' });
    await endpoint.api('uuid_break', `${endpoint.uuid} all`);
    await music;
    await endpoint.destroy();
  });

  it('makes an end point without description and gives it one later', async () => {
    const endpoint = await ms.createEndpoint();
    expect(endpoint.local.sdp).toContain('RTP/AVP');
    const rtp = await RtpSession.open({ host: HOST, pacer: rig.pacer });
    open.push(rtp);
    await endpoint.modify(sdpOf(rtp.port, '0 101'));
    expect((await endpoint.getChannelVariables(true))['variable_remote_media_port']).toBe(String(rtp.port));
    const heard = hear(rtp, 650);
    await endpoint.play('tone_stream://%(200,0,650)');
    await heard;
    await endpoint.destroy();
  });

  it('bridges two end points, and parks both on unbridge', async () => {
    const [a, b] = [await pair('8 101'), await pair('0 101')];
    await a.endpoint.bridge(b.endpoint);
    const heard = hear(b.rtp, 700);
    const sound = Int16Array.from({ length: 8000 }, (_, i) => Math.round(8000 * Math.sin((2 * Math.PI * 700 * i) / 8000)));
    let at = 0;
    a.rtp.source = () => sound.subarray((at = (at + 160) % 8000), at + 160);
    await heard;
    await a.endpoint.unbridge();
    await Promise.all([a.endpoint.play('silence_stream://40'), b.endpoint.play('silence_stream://40')]);
    await Promise.all([a.endpoint.destroy(), b.endpoint.destroy()]);
  });

  it('tells of an end point that ended by itself', async () => {
    const { endpoint } = await pair();
    const gone = new Promise((resolve) => { endpoint.once('destroy', resolve); });
    await endpoint.api('uuid_kill', `${endpoint.uuid} USER_BUSY`);
    await gone;
  });
});
