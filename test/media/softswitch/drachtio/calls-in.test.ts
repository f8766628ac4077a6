import { EventEmitter, once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../../../../media/sip/clock.js';
import { answerCall, type Dialog, header, leave, type Message, next, type Peer, type Reply, request, Rig, SDP, tag } from './rig.js';

let rig: Rig;
afterEach(() => rig.close());

/** An application that leaves calls to the test. */
async function listening(clock?: FakeClock): Promise<{ peer: Peer; port: number; calls: EventEmitter }> {
  rig = await Rig.open(clock);
  const calls = new EventEmitter();
  await rig.app((srf) => srf.invite((req, res) => calls.emit('call', req, res)));
  return { peer: await rig.peer(), port: rig.server.sip.port, calls };
}

const arrival = async (calls: EventEmitter): Promise<{ req: Message; res: Reply }> => {
  const [req, res] = (await once(calls, 'call')) as [Message, Reply];
  return { req, res };
};

describe('a call from the network', () => {
  it('gets 100 at once and 503 when no application is connected', async () => {
    rig = await Rig.open();
    const peer = await rig.peer();
    peer.send(request('INVITE', { peer, port: rig.server.sip.port, callId: 'a' }));
    expect(await peer.next(/^SIP/)).toMatch(/^SIP\/2\.0 100 Trying/);
    const refused = await peer.next(/^SIP/);
    expect(refused).toMatch(/^SIP\/2\.0 503 Service Unavailable/);
    expect(refused.split('\r\n').map((line) => line.split(':')[0])).toEqual(['SIP/2.0 503 Service Unavailable', 'Via', 'From', 'To', 'Call-ID', 'CSeq', 'Content-Length', '', '']);
  });

  it('is answered by createUAS, acknowledged, and ended by BYE of the caller', async () => {
    rig = await Rig.open();
    const dialogs = new EventEmitter();
    await rig.app((srf) => answerCall(srf, dialogs));
    const peer = await rig.peer();
    const { port } = rig.server.sip;
    const made = next<Dialog>(dialogs, 'dialog');
    const { toTag, ok } = await rig.answered(peer, 'b');
    const dialog = await made;
    expect(dialog.id).toBe('b;from-tag=caller');
    expect(dialog.sip).toEqual({ callId: 'b', localTag: toTag, remoteTag: 'caller' });
    expect(header(ok, 'Contact')).toBe(`<sip:127.0.0.1:${port}>`);
    expect(header(ok, 'Content-Type')).toBe('application/sdp');
    expect(rig.server.counts().dialogs).toBe(1);
    const ended = once(dialog, 'destroy');
    peer.send(request('BYE', { peer, port, callId: 'b', cseq: 2, toTag }));
    expect(await peer.next(/CSeq: 2 BYE/)).toMatch(/^SIP\/2\.0 200 OK/);
    await ended;
    expect(rig.server.counts().dialogs).toBe(0);
  });

  it('is ended by the application with BYE to the Contact, and the dialog is then unknown', async () => {
    rig = await Rig.open();
    const dialogs = new EventEmitter();
    const srf = await rig.app((app) => answerCall(app, dialogs));
    const peer = await rig.peer();
    const made = next<Dialog>(dialogs, 'dialog');
    const { toTag } = await rig.answered(peer, 'c');
    const ended = (await made).destroy({ headers: { 'X-Reason': 'done' } });
    const bye = await peer.next(/^BYE/);
    expect(bye).toMatch(new RegExp(`^BYE sip:caller@127.0.0.1:${peer.port} SIP/2.0`));
    expect(tag(bye, 'From')).toBe(toTag);
    expect(header(bye, 'CSeq')).toBe('2 BYE');
    expect(header(bye, 'X-Reason')).toBe('done');
    peer.send(peer.reply(bye, '200 OK'));
    await ended;
    const error = await new Promise<(Error & { code?: string }) | null>((resolve) => {
      srf.request('sip:placeholder', { method: 'INFO', stackDialogId: 'c;from-tag=caller' }, resolve);
    });
    expect(error?.code).toBe('ENODIALOG');
  });

  it('shows the application the raw request with the address it came from', async () => {
    const { peer, port, calls } = await listening();
    peer.send(request('INVITE', { peer, port, callId: 'd', body: SDP }));
    const { req } = await arrival(calls);
    expect(req.receivedOn).toBe(`127.0.0.1:${port}`);
    expect({ protocol: req.protocol, port: req.source_port }).toEqual({ protocol: 'udp', port: peer.port });
    expect(req.get('Via')).toBe(`SIP/2.0/UDP 127.0.0.1:${peer.port};rport=${peer.port};branch=z9hG4bK-d-1-INVITE`);
    expect(req.body).toBe(SDP);
  });

  it('carries a rejection with its reason phrase and headers, and takes the ACK itself', async () => {
    const clock = new FakeClock(1_700_000_000_000);
    const { peer, port, calls } = await listening(clock);
    peer.send(request('INVITE', { peer, port, callId: 'e', body: SDP }));
    const { res } = await arrival(calls);
    res.send(486, { headers: { 'retry-after': '5', 'X-Why': 'busy' } });
    const busy = await peer.next(/^SIP\/2\.0 486 Busy Here/);
    expect([header(busy, 'Retry-After'), header(busy, 'X-Why'), header(busy, 'Contact')]).toEqual(['5', 'busy', '']);
    clock.advance(500);
    await peer.next(/^SIP\/2\.0 486/);
    peer.send(request('ACK', { peer, port, callId: 'e', toTag: tag(busy, 'To'), branch: 'z9hG4bK-e-1-INVITE' }));
    expect(await peer.rest()).toEqual(['SIP/2.0 100 Trying']);
    clock.advance(40_000);
    expect(await peer.rest()).toEqual([]);
    expect(rig.server.counts()).toMatchObject({ dialogs: 0 });
  });

  it('gives provisional and final responses the tag that the application chose first', async () => {
    const { peer, port, calls } = await listening();
    peer.send(request('INVITE', { peer, port, callId: 'f', body: SDP }));
    const { res } = await arrival(calls);
    res.send(183, { headers: { To: '<sip:x@y>;tag=chosen' }, body: SDP });
    expect(tag(await peer.next(/^SIP\/2\.0 183/), 'To')).toBe('chosen');
    res.send(200, { body: SDP });
    expect(tag(await peer.next(/^SIP\/2\.0 200/), 'To')).toBe('chosen');
  });

  it('with a late offer delivers the answer in the ACK', async () => {
    rig = await Rig.open();
    const dialogs = new EventEmitter();
    await rig.app((srf) => answerCall(srf, dialogs));
    const peer = await rig.peer();
    const { port } = rig.server.sip;
    const made = next<Dialog>(dialogs, 'dialog');
    peer.send(request('INVITE', { peer, port, callId: 'g' }));
    const ok = await peer.next(/^SIP\/2\.0 200/);
    expect(ok).toContain('m=audio');
    const acked = next<Message>(await made, 'ack');
    peer.send(request('ACK', { peer, port, callId: 'g', toTag: tag(ok, 'To'), body: SDP }));
    expect((await acked).body).toBe(SDP);
  });

  it('is repeated 200 until the ACK, at 0.5 s doubling to 4 s', async () => {
    const clock = new FakeClock(1_700_000_000_000);
    rig = await Rig.open(clock);
    await rig.app((srf) => answerCall(srf));
    const peer = await rig.peer();
    const { port } = rig.server.sip;
    peer.send(request('INVITE', { peer, port, callId: 'h', body: SDP }));
    const first = await peer.next(/^SIP\/2\.0 200/);
    await peer.rest();
    const times: number[] = [];
    for (let ms = 250; ms <= 12_000; ms += 250) {
      clock.advance(250);
      for (const line of await peer.rest()) if (line.startsWith('SIP/2.0 200')) times.push(ms);
    }
    expect(times).toEqual([500, 1500, 3500, 7500, 11_500]);
    peer.send(request('ACK', { peer, port, callId: 'h', toTag: tag(first, 'To') }));
    await peer.rest();
    expect(rig.server.counts().dialogs).toBe(1);
    clock.advance(40_000);
    expect(rig.server.counts()).toMatchObject({ dialogs: 1, transactions: 0, timers: 0 });
    expect(await peer.rest()).toEqual([]);
  });

  it('without an ACK is ended by a BYE of the server after 32 s, and the application is told', async () => {
    const clock = new FakeClock(1_700_000_000_000);
    rig = await Rig.open(clock);
    const dialogs = new EventEmitter();
    await rig.app((srf) => answerCall(srf, dialogs));
    const peer = await rig.peer();
    const made = next<Dialog>(dialogs, 'dialog');
    peer.send(request('INVITE', { peer, port: rig.server.sip.port, callId: 'i', body: SDP }));
    await peer.next(/^SIP\/2\.0 200/);
    const ended = once(await made, 'destroy');
    clock.advance(32_000);
    expect(header(await peer.next(/^BYE/), 'Reason')).toBe('SIP;cause=200;text="ACK timeout"');
    expect((await ended)[1]).toBe('ACK timeout');
    expect(rig.server.counts().dialogs).toBe(0);
  });

  it('is dropped without a word when no application answers it for 64 s', async () => {
    const clock = new FakeClock(1_700_000_000_000);
    const { peer, port, calls } = await listening(clock);
    peer.send(request('INVITE', { peer, port, callId: 'j', body: SDP }));
    const { res } = await arrival(calls);
    clock.advance(64_000);
    expect(await peer.rest()).toEqual(['SIP/2.0 100 Trying']);
    expect(rig.server.counts()).toMatchObject({ timers: 1, transactions: 1 }); // the barrier's own
    const failure = await new Promise((resolve) => res.send(200, { body: SDP }, resolve));
    expect(failure).toBe('Response not sent due to unknown transaction');
  });
});

describe('CANCEL', () => {
  it('before any answer gives 200 and 487 with different tags and reaches the application', async () => {
    const { peer, port, calls } = await listening();
    peer.send(request('INVITE', { peer, port, callId: 'k', body: SDP }));
    const { req, res } = await arrival(calls);
    const cancelled = once(req, 'cancel');
    peer.send(request('CANCEL', { peer, port, callId: 'k' }));
    const ok = await peer.next(/CSeq: 1 CANCEL/);
    const gone = await peer.next(/^SIP\/2\.0 487/);
    await cancelled;
    expect(ok).toMatch(/^SIP\/2\.0 200/);
    expect(tag(ok, 'To')).not.toBe(tag(gone, 'To'));
    peer.send(request('ACK', { peer, port, callId: 'k', toTag: tag(gone, 'To'), branch: 'z9hG4bK-k-1-INVITE' }));
    const failure = await new Promise((resolve) => res.send(200, { body: SDP }, resolve));
    expect(failure).toBe('Response not sent due to unknown transaction');
  });

  it('after 180 gives 200 and 487 with the tag of the 180', async () => {
    const { peer, port, calls } = await listening();
    peer.send(request('INVITE', { peer, port, callId: 'l', body: SDP }));
    const { req, res } = await arrival(calls);
    res.send(180);
    const ringing = await peer.next(/^SIP\/2\.0 180/);
    const cancelled = once(req, 'cancel');
    peer.send(request('CANCEL', { peer, port, callId: 'l' }));
    const tags = [await peer.next(/CSeq: 1 CANCEL/), await peer.next(/^SIP\/2\.0 487/)].map((text) => tag(text, 'To'));
    expect(tags).toEqual([tag(ringing, 'To'), tag(ringing, 'To')]);
    await cancelled;
  });

  it('after 200 gives 481 and leaves the call alone', async () => {
    rig = await Rig.open();
    await rig.app((srf) => answerCall(srf));
    const peer = await rig.peer();
    const { port } = rig.server.sip;
    await rig.answered(peer, 'm');
    peer.send(request('CANCEL', { peer, port, callId: 'm' }));
    expect(await peer.next(/CSeq: 1 CANCEL/)).toMatch(/^SIP\/2\.0 481/);
    expect(await peer.rest()).toEqual(['SIP/2.0 100 Trying']);
    expect(rig.server.counts().dialogs).toBe(1);
  });

  it('with a branch that fits nothing gives 481 and ends the ringing call with 500 and BYE', async () => {
    const { peer, port, calls } = await listening();
    peer.send(request('INVITE', { peer, port, callId: 'n', body: SDP }));
    const { res } = await arrival(calls);
    res.send(180);
    await peer.next(/^SIP\/2\.0 180/);
    peer.send(request('CANCEL', { peer, port, callId: 'n', branch: 'z9hG4bK-other' }));
    expect(await peer.next(/CSeq: 1 CANCEL/)).toMatch(/^SIP\/2\.0 481/);
    expect(header(await peer.next(/^BYE/), 'Reason')).toContain('CANCEL after 200 OK');
    await peer.next(/^SIP\/2\.0 500 Internal Server Error/);
  });
});

describe('requests outside a call', () => {
  it('reach the application that routed their method', async () => {
    rig = await Rig.open();
    await rig.app((srf) => srf.options((_req, res) => res.send(200, { headers: { allow: 'INVITE' } })));
    const peer = await rig.peer();
    const { port } = rig.server.sip;
    peer.send(request('OPTIONS', { peer, port, callId: 'o' }));
    const ok = await peer.next(/^SIP/);
    expect([ok.split('\r\n')[0], header(ok, 'Allow'), header(ok, 'Contact')]).toEqual(['SIP/2.0 200 OK', 'INVITE', '']);
    peer.send(request('REGISTER', { peer, port, callId: 'p' }));
    expect(await peer.next(/^SIP/)).toMatch(/^SIP\/2\.0 503/);
  });

  it.each([
    ['BYE', '481 Call/Transaction Does Not Exist'], ['UPDATE', '481 Call/Transaction Does Not Exist'], ['CANCEL', '481 Call/Transaction Does Not Exist'],
    ['MESSAGE', '503 Service Unavailable'], ['SUBSCRIBE', '503 Service Unavailable'], ['INFO', '503 Service Unavailable'],
  ])('without a dialog: %s is answered %s', async (method, expected) => {
    rig = await Rig.open();
    await rig.app((srf) => answerCall(srf));
    const peer = await rig.peer();
    peer.send(request(method, { peer, port: rig.server.sip.port, callId: 'q' }));
    expect((await peer.next(/^SIP/)).split('\r\n')[0]).toBe(`SIP/2.0 ${expected}`);
  });

  it.each(['REFER', 'PRACK', 'ACK', 'MADEUP'])('without a dialog: %s meets silence and leaves nothing behind', async (method) => {
    rig = await Rig.open();
    const peer = await rig.peer();
    peer.send(request(method, { peer, port: rig.server.sip.port, callId: 'r' }));
    expect(await peer.rest()).toEqual([]);
    expect(rig.server.counts().transactions).toBe(1); // the barrier's own
  });
});

it('alternates between two applications and goes on with the one that is left', async () => {
  rig = await Rig.open();
  const seen: string[] = [];
  const connect = (name: string) => rig.app((srf) => srf.invite((_req, res) => {
    seen.push(name);
    res.send(486);
  }));
  const first = await connect('one');
  await connect('two');
  const peer = await rig.peer();
  const call = async (callId: string): Promise<void> => {
    peer.send(request('INVITE', { peer, port: rig.server.sip.port, callId, body: SDP }));
    await peer.next(new RegExp(`^SIP/2.0 486[^]*Call-ID: ${callId}`));
  };
  for (const callId of ['s1', 's2', 's3', 's4']) await call(callId);
  expect(seen.filter((name) => name === 'one')).toHaveLength(2);
  leave(first);
  await expect.poll(() => rig.server.counts().clients).toBe(1);
  seen.length = 0;
  for (const callId of ['s5', 's6']) await call(callId);
  expect(seen).toEqual(['two', 'two']);
});
