import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../../../../media/sip/clock.js';
import { type App, header, type Message, type Peer, Rig, SDP, tag, type UacOptions } from './rig.js';

let rig: Rig;
afterEach(() => rig.close());

async function open(clock?: FakeClock): Promise<{ srf: App; peer: Peer; uri: string; contact: string }> {
  rig = await Rig.open(clock);
  const srf = await rig.app();
  const peer = await rig.peer();
  return { srf, peer, uri: `sip:agent@127.0.0.1:${peer.port}`, contact: `Contact: <sip:agent@127.0.0.1:${peer.port}>` };
}

/** The INVITE of the application, with the promise of its outcome and the request to cancel. */
async function invite(parts: { srf: App; peer: Peer; uri: string }, opts: UacOptions = { localSdp: SDP }): Promise<{ outcome: Promise<{ dialog?: unknown; status?: number }>; received: string; sent: Message }> {
  let outcome: Promise<{ dialog?: unknown; status?: number }> = Promise.resolve({});
  const sent = await new Promise<Message>((resolve, reject) => {
    outcome = parts.srf.createUAC(parts.uri, opts, { cbRequest: (error, req) => (error ? reject(error as Error) : resolve(req)) })
      .then((dialog) => ({ dialog }), (error: { status: number }) => ({ status: error.status }));
  });
  return { outcome, received: await parts.peer.next(/^INVITE/), sent };
}

describe('a call of the application', () => {
  it('is completed with From, To, Call-ID, CSeq and Contact, and @localhost becomes our address', async () => {
    const parts = await open();
    const headers = { 'X-Call-Ref': '7', 'p-asserted-identity': '<sip:8@localhost>', diversion: '<sip:9@localhost>', via: 'x', route: '<sip:x>', 'call-info': '<x>;answer-after=0' };
    const { received, sent } = await invite(parts, { localSdp: SDP, callingNumber: '4711', headers });
    const local = `127.0.0.1:${rig.server.sip.port}`;
    expect(received).toMatch(new RegExp(`^INVITE ${parts.uri} SIP/2.0`));
    expect(header(received, 'From')).toMatch(new RegExp(`^<sip:4711@${local}>;tag=`));
    expect(header(received, 'To')).toBe(`<${parts.uri}>`);
    expect(header(received, 'P-Asserted-Identity')).toBe(`<sip:8@${local}>`);
    expect(header(received, 'Diversion')).toBe('<sip:9@localhost>');
    expect(header(received, 'X-Call-Ref')).toBe('7');
    expect(header(received, 'Route')).toBe('');
    expect(received.match(/^Via:/gm)).toHaveLength(1);
    expect(received.split('\r\n').map((line) => line.split(':')[0]).slice(0, 11)).toEqual([
      `INVITE ${parts.uri} SIP/2.0`.split(':')[0], 'Via', 'Max-Forwards', 'From', 'To', 'Call-ID', 'CSeq', 'Contact', 'Call-Info', 'Content-Type', 'Content-Length']);
    expect(sent.raw).toBe(received);
  });

  it('is answered, acknowledged by the application, and ended by BYE both ways', async () => {
    const parts = await open();
    const { outcome, received } = await invite(parts);
    parts.peer.send(parts.peer.reply(received, '100 Trying'));
    parts.peer.send(parts.peer.reply(received, '180 Ringing', { toTag: 'ag' }));
    parts.peer.send(parts.peer.reply(received, '200 OK', { toTag: 'ag', body: SDP, headers: [parts.contact] }));
    const ack = await parts.peer.next(/^ACK/);
    expect(header(ack, 'CSeq')).toBe(header(received, 'CSeq').replace('INVITE', 'ACK'));
    const { dialog } = await outcome;
    expect(dialog).toMatchObject({ id: `${header(received, 'Call-ID')};from-tag=${tag(received, 'From')}` });
    const ended = once(dialog as NodeJS.EventEmitter, 'destroy');
    parts.peer.send([
      `BYE sip:127.0.0.1:${rig.server.sip.port} SIP/2.0`, `Via: SIP/2.0/UDP 127.0.0.1:${parts.peer.port};branch=z9hG4bK-bye`,
      `From: ${header(received, 'To')};tag=ag`, `To: ${header(received, 'From')}`, `Call-ID: ${header(received, 'Call-ID')}`, 'CSeq: 9 BYE', 'Content-Length: 0', '', '',
    ].join('\r\n'));
    await parts.peer.next(/^SIP\/2\.0 200/);
    await ended;
    expect(rig.server.counts().dialogs).toBe(0);
  });

  it('hears of 180 but not of 100', async () => {
    const parts = await open();
    const heard: number[] = [];
    const failed = parts.srf.createUAC(parts.uri, { localSdp: SDP }, { cbProvisional: (res) => heard.push(res.status) }).catch((error: { status: number }) => error.status);
    const received = await parts.peer.next(/^INVITE/);
    for (const status of ['100 Trying', '180 Ringing', '183 Session Progress', '486 Busy Here']) parts.peer.send(parts.peer.reply(received, status, { toTag: 'x' }));
    await parts.peer.next(/^ACK/);
    expect(await failed).toBe(486);
    expect(heard).toEqual([180, 183]);
    expect(rig.server.counts().dialogs).toBe(0);
  });

  it('is sent again after 1, 3, 7, 15 and 31 s, and fails with 408 after 32 s', async () => {
    const clock = new FakeClock(1_700_000_000_000);
    const parts = await open(clock);
    const { outcome } = await invite(parts);
    const times: number[] = [];
    for (let second = 1; second <= 32; second++) {
      clock.advance(1000);
      for (const line of await parts.peer.rest()) if (line.startsWith('INVITE')) times.push(second);
    }
    expect(times).toEqual([1, 3, 7, 15, 31]);
    expect(await outcome).toEqual({ status: 408 });
  });

  it('gets PRACK for each reliable provisional answer, in the dialog that the first one made', async () => {
    const parts = await open();
    const { outcome, received } = await invite(parts);
    const cseq = Number.parseInt(header(received, 'CSeq'), 10);
    for (const [index, status] of ['180 Ringing', '183 Session Progress'].entries()) {
      parts.peer.send(parts.peer.reply(received, status, { toTag: 'x', headers: [parts.contact, 'Require: 100rel', `RSeq: ${70 + index}`] }));
      const prack = await parts.peer.next(/^PRACK/);
      expect([header(prack, 'RAck'), header(prack, 'CSeq'), tag(prack, 'To')]).toEqual([`${70 + index} ${cseq} INVITE`, `${cseq + 1 + index} PRACK`, 'x']);
      parts.peer.send(parts.peer.reply(prack, '200 OK'));
    }
    parts.peer.send(parts.peer.reply(received, '486 Busy Here', { toTag: 'x' }));
    expect(header(await parts.peer.next(/^ACK/), 'CSeq')).toBe(`${cseq} ACK`);
    expect(await outcome).toEqual({ status: 486 });
    expect(rig.server.counts().dialogs).toBe(0);
  });

  it('has no time-out once it rings', async () => {
    const clock = new FakeClock(1_700_000_000_000);
    const parts = await open(clock);
    const ringing = new Promise<number>((resolve) => {
      void parts.srf.createUAC(parts.uri, { localSdp: SDP }, { cbProvisional: (res) => resolve(res.status) }).catch(() => undefined);
    });
    const received = await parts.peer.next(/^INVITE/);
    parts.peer.send(parts.peer.reply(received, '180 Ringing', { toTag: 'x' }));
    expect(await ringing).toBe(180);
    clock.advance(600_000);
    expect(await parts.peer.rest()).toEqual([]);
    expect(rig.server.counts().transactions).toBe(2); // the INVITE, and the barrier's own
  });

  it('acknowledges a repeated 200 and the 200 of another fork with the first ACK', async () => {
    const parts = await open();
    const { outcome, received } = await invite(parts);
    const ok = (toTag: string): string => parts.peer.reply(received, '200 OK', { toTag, body: SDP, headers: [parts.contact] });
    parts.peer.send(ok('one'));
    const ack = await parts.peer.next(/^ACK/);
    await outcome;
    parts.peer.send(ok('one'));
    expect(await parts.peer.next(/^ACK/)).toBe(ack);
    parts.peer.send(ok('two'));
    expect(await parts.peer.next(/^ACK/)).toBe(ack);
  });

  it('without Contact in the 200 fails and is never acknowledged', async () => {
    const parts = await open();
    const { outcome, received } = await invite(parts);
    parts.peer.send(parts.peer.reply(received, '200 OK', { toTag: 'ag', body: SDP }));
    expect(await outcome).toEqual({ status: 500 });
    expect(await parts.peer.rest()).toEqual([]);
  });

  it('answers a digest challenge in the same call with CSeq + 1', async () => {
    const parts = await open();
    const { outcome, received } = await invite(parts, { localSdp: SDP, auth: { username: 'u', password: 'p' } });
    parts.peer.send(parts.peer.reply(received, '401 Unauthorized', { toTag: 'x', headers: ['WWW-Authenticate: Digest realm="r", nonce="n"'] }));
    await parts.peer.next(/^ACK/);
    const second = await parts.peer.next(/^INVITE/);
    expect(header(second, 'Call-ID')).toBe(header(received, 'Call-ID'));
    expect(header(second, 'From')).toBe(header(received, 'From'));
    expect(Number.parseInt(header(second, 'CSeq'), 10)).toBe(Number.parseInt(header(received, 'CSeq'), 10) + 1);
    const md5 = (text: string): string => createHash('md5').update(text).digest('hex');
    expect(header(second, 'Authorization')).toContain(`response="${md5(`${md5('u:r:p')}:n:${md5(`INVITE:${parts.uri}`)}`)}"`);
    parts.peer.send(parts.peer.reply(second, '200 OK', { toTag: 'y', body: SDP, headers: [parts.contact] }));
    await parts.peer.next(/^ACK/);
    expect((await outcome).dialog).toBeDefined();
  });
});

describe('CANCEL of the application', () => {
  it('is held back until the first 1xx, carries its headers, and ends in 487', async () => {
    const parts = await open();
    const { outcome, received, sent } = await invite(parts);
    await new Promise<void>((resolve, reject) => sent.cancel({ headers: { reason: 'SIP;cause=200' } }, (error) => (error ? reject(error) : resolve())));
    expect(await parts.peer.rest()).toEqual([]);
    parts.peer.send(parts.peer.reply(received, '180 Ringing', { toTag: 'x' }));
    const cancel = await parts.peer.next(/^CANCEL/);
    expect(header(cancel, 'Reason')).toBe('SIP;cause=200');
    expect(header(cancel, 'Via')).toBe(header(received, 'Via'));
    parts.peer.send(parts.peer.reply(cancel, '200 OK'));
    parts.peer.send(parts.peer.reply(received, '487 Request Terminated', { toTag: 'x' }));
    await parts.peer.next(/^ACK/);
    expect(await outcome).toEqual({ status: 487 });
  });

  it('that crosses a 200 is followed by ACK and BYE of the server', async () => {
    const parts = await open();
    const { outcome, received, sent } = await invite(parts);
    const ended = outcome.then(({ dialog }) => once(dialog as NodeJS.EventEmitter, 'destroy'));
    parts.peer.send(parts.peer.reply(received, '180 Ringing', { toTag: 'x' }));
    await new Promise<void>((resolve) => sent.cancel({}, () => resolve()));
    const cancel = await parts.peer.next(/^CANCEL/);
    parts.peer.send(parts.peer.reply(received, '200 OK', { toTag: 'x', body: SDP, headers: [parts.contact] }));
    parts.peer.send(parts.peer.reply(cancel, '200 OK'));
    await parts.peer.next(/^ACK/);
    expect(header(await parts.peer.next(/^BYE/), 'Reason')).toContain('ACK-BYE due to cancel race condition');
    expect((await ended)[1]).toBe('ACK-BYE due to cancel race condition');
    expect(rig.server.counts().dialogs).toBe(0);
  });
});

it.each(['OPTIONS', 'MESSAGE'])('%s of the application is sent again after 1, 3 and 7 s and then every 4 s, and fails with 408 after 32 s', async (method) => {
  const clock = new FakeClock(1_700_000_000_000);
  const parts = await open(clock);
  const outcome = new Promise<number>((resolve, reject) => {
    parts.srf.request(parts.uri, { method }, (error, req) => (error ? reject(error) : void req.on('response', (res: Message) => resolve(res.status))));
  });
  await parts.peer.next(new RegExp(`^${method}`));
  const times: number[] = [];
  for (let second = 1; second <= 32; second++) {
    clock.advance(1000);
    for (const line of await parts.peer.rest()) if (line.startsWith(method)) times.push(second);
  }
  expect(times).toEqual([1, 3, 7, 11, 15, 19, 23, 27, 31]);
  expect(await outcome).toBe(408);
});

describe('what cannot be sent', () => {
  const failure = (srf: App, uri: string): Promise<string> => new Promise((resolve) => {
    srf.request(uri, { method: 'OPTIONS' }, (error, req) => {
      if (error) resolve(error.message);
      else req.on('response', (res: Message) => resolve(`${res.status} ${res.reason}`));
    });
  });

  it.each([
    ['sip:x@127.0.0.1:9;transport=tls', 'requested protocol/transport not available'],
    ['sips:x@127.0.0.1:9', '416 Unsupported URI Scheme'],
    ['sip:x@127.0.0.1:1;transport=tcp', '503 Service Unavailable'],
    ['tel:+4712345678', 'a request to a tel: URI takes drachtio-server down, not supported by the softswitch'],
  ])('%s ends with: %s', async (uri, expected) => {
    const { srf } = await open();
    expect(await failure(srf, uri)).toBe(expected);
  });

  it('a request to ourselves is refused', async () => {
    const { srf } = await open();
    expect(await failure(srf, `sip:x@127.0.0.1:${rig.server.sip.port}`)).toBe('can not send request to myself');
  });

  it.runIf(process.platform === 'linux')('a UDP port of this machine without listener gives 503 soon', async () => {
    const { srf, peer } = await open();
    const { port } = peer;
    await peer.close();
    expect(await failure(srf, `sip:x@127.0.0.1:${port}`)).toBe('503 Service Unavailable');
  });

  it('SUBSCRIBE is refused loudly', async () => {
    const { srf } = await open();
    const error = await new Promise<Error | null>((resolve) => srf.request('sip:x@127.0.0.1:9', { method: 'SUBSCRIBE' }, resolve));
    expect(error?.message).toBe('SUBSCRIBE is not supported by the softswitch');
  });
});
