import { EventEmitter, once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../../../../media/sip/clock.js';
import { answeredCall, type Call, type CallOptions } from './calls.js';
import { answerCall, type Dialog, header, type Message, next, type Peer, type Reply, request, Rig, SDP, tag } from './rig.js';

let rig: Rig;
afterEach(() => rig.close());

async function answered(parts: CallOptions = {}): Promise<Call> {
  const call = await answeredCall(parts);
  ({ rig } = call);
  return call;
}

/** The next request of that kind that the application gets. */
const heard = async (dialog: Dialog, event: string): Promise<{ req: Message; res: Reply }> => {
  const [req, res] = (await once(dialog, event)) as [Message, Reply];
  return { req, res };
};

describe('inside a dialog', () => {
  it('a re-INVITE of the peer gets 100, reaches the application, and its 200 is not repeated', async () => {
    const clock = new FakeClock(1_700_000_000_000);
    const { peer, dialog, say } = await answered({ clock });
    const modify = heard(dialog, 'modify');
    say('INVITE', { body: SDP });
    const { req, res } = await modify;
    expect(req.body).toBe(SDP);
    res.send(200, { body: SDP });
    expect(await peer.next(/^SIP\/2\.0 100[^]*CSeq: 2 INVITE/)).toBeDefined();
    expect(header(await peer.next(/^SIP\/2\.0 200[^]*CSeq: 2 INVITE/), 'Contact')).toBe(`<sip:127.0.0.1:${rig.server.sip.port}>`);
    await peer.rest();
    clock.advance(10_000);
    expect(await peer.rest()).toEqual([]);
  });

  it('a re-INVITE of the application goes to the Contact and is acknowledged with its own CSeq', async () => {
    const { peer, dialog } = await answered();
    const done = dialog.modify(SDP.replace('40000', '40002'));
    const invite = await peer.next(/^INVITE/);
    expect(header(invite, 'CSeq')).toBe('2 INVITE');
    peer.send(peer.reply(invite, '200 OK', { body: SDP, headers: [`Contact: <sip:caller@127.0.0.1:${peer.port}>`] }));
    expect(header(await peer.next(/^ACK/), 'CSeq')).toBe('2 ACK');
    expect(await done).toBe(SDP);
  });

  it('a refused re-INVITE leaves the call alive and later requests work', async () => {
    const { peer, dialog } = await answered();
    const answer = dialog.request({ method: 'INVITE', body: SDP });
    peer.send(peer.reply(await peer.next(/^INVITE/), '488 Not Acceptable Here'));
    expect((await answer).status).toBe(488);
    const info = dialog.request({ method: 'INFO' });
    peer.send(peer.reply(await peer.next(/^INFO/), '200 OK'));
    expect((await info).status).toBe(200);
  });

  it('BYE of the application cancels its open re-INVITE first', async () => {
    const { peer, dialog } = await answered();
    void dialog.modify(SDP).catch(() => undefined);
    const invite = await peer.next(/^INVITE/);
    peer.send(peer.reply(invite, '100 Trying'));
    const ended = dialog.destroy();
    const cancel = await peer.next(/^CANCEL/);
    expect(header(cancel, 'CSeq')).toBe('2 CANCEL');
    peer.send(peer.reply(await peer.next(/^BYE/), '200 OK'));
    await ended;
  });

  it.each(['INFO', 'OPTIONS', 'UPDATE', 'MESSAGE', 'NOTIFY', 'REFER'])('%s of the peer reaches the dialog and its answer goes back', async (method) => {
    const { peer, dialog, say } = await answered();
    const got = heard(dialog, method.toLowerCase());
    say(method, { headers: ['X-Seen: yes'] });
    const { req, res } = await got;
    expect(req.get('X-Seen')).toBe('yes');
    res.send(202);
    expect(await peer.next(new RegExp(`CSeq: 2 ${method}`))).toMatch(/^SIP\/2\.0 202/);
  });

  it('a made-up method is answered 501 by the library', async () => {
    const { peer, say } = await answered();
    const error = console.error;
    console.error = () => undefined; // the library prints the method
    say('MADEUP');
    expect(await peer.next(/CSeq: 2 MADEUP/)).toMatch(/^SIP\/2\.0 501/);
    console.error = error;
  });

  it('BYE with a wrong tag gives 481 and an INVITE with one 100 and 481', async () => {
    const { peer, say } = await answered();
    say('BYE', { fromTag: 'wrong' });
    expect(await peer.next(/CSeq: 2 BYE/)).toMatch(/^SIP\/2\.0 481/);
    say('INVITE', { toTag: 'wrong' });
    expect(await peer.next(/CSeq: 3 INVITE/)).toMatch(/^SIP\/2\.0 100/);
    expect(await peer.next(/CSeq: 3 INVITE/)).toMatch(/^SIP\/2\.0 481/);
    expect(rig.server.counts().dialogs).toBe(1);
  });

  it('a challenged BYE keeps the dialog until the second one is answered', async () => {
    const { srf, peer, dialog } = await answered();
    const status = new Promise<number>((resolve) => srf.request('sip:placeholder', { method: 'BYE', stackDialogId: dialog.id }, (_error, req) => req.on('response', (res: Message) => resolve(res.status))));
    peer.send(peer.reply(await peer.next(/^BYE/), '407 Proxy Authentication Required'));
    expect(await status).toBe(407);
    expect(rig.server.counts().dialogs).toBe(1);
  });

  it('requests go where the caller sent from when its Contact is another address', async () => {
    const { peer, dialog } = await answered({ invite: { contact: '<sip:caller@10.9.9.9:5099>' } });
    const ended = dialog.destroy();
    const bye = await peer.next(/^BYE/);
    expect(bye).toMatch(/^BYE sip:caller@10\.9\.9\.9:5099 SIP/);
    peer.send(peer.reply(bye, '200 OK'));
    await ended;
  });

  it('a route set is followed in its order, and copied into the answers', async () => {
    rig = await Rig.open();
    const dialogs = new EventEmitter();
    await rig.app((app) => answerCall(app, dialogs));
    const [peer, proxy] = [await rig.peer(), await rig.peer()];
    const made = next<Dialog>(dialogs, 'dialog');
    const routes = [`<sip:127.0.0.1:${proxy.port};lr>`, '<sip:10.1.1.1;lr>'];
    const { ok } = await rig.answered(peer, 'rr', { headers: [`Record-Route: ${routes.join(', ')}`] });
    expect(ok.match(/^Record-Route: .*$/gm)).toEqual(routes.map((route) => `Record-Route: ${route}`));
    void (await made).destroy();
    const bye = await proxy.next(/^BYE/);
    expect(bye).toMatch(new RegExp(`^BYE sip:caller@127.0.0.1:${peer.port} SIP`));
    expect(bye.match(/^Route: .*$/gm)).toEqual(routes.map((route) => `Route: ${route}`));
    proxy.send(proxy.reply(bye, '200 OK'));
  });

  it('a strict router becomes the request URI and the Contact the last route', async () => {
    rig = await Rig.open();
    const dialogs = new EventEmitter();
    await rig.app((app) => answerCall(app, dialogs));
    const [peer, proxy] = [await rig.peer(), await rig.peer()];
    const made = next<Dialog>(dialogs, 'dialog');
    await rig.answered(peer, 'sr', { headers: [`Record-Route: <sip:127.0.0.1:${proxy.port}>`] });
    void (await made).destroy();
    const bye = await proxy.next(/^BYE/);
    expect(bye).toMatch(new RegExp(`^BYE sip:127.0.0.1:${proxy.port} SIP`));
    expect(header(bye, 'Route')).toBe(`<sip:caller@127.0.0.1:${peer.port}>`);
    proxy.send(proxy.reply(bye, '200 OK'));
  });
});

describe('session timers', () => {
  it('a refresher named by the caller is copied into the 200, and without refresh the server hangs up', async () => {
    const clock = new FakeClock(1_700_000_000_000);
    const { peer, dialog, ok } = await answered({ clock, invite: { headers: ['Supported: timer', 'Session-Expires: 120;refresher=uac'] } });
    expect(header(ok, 'Session-Expires')).toBe('120;refresher=uac');
    await peer.rest();
    const ended = once(dialog, 'destroy');
    clock.advance(119_999);
    expect(await peer.rest()).toEqual([]);
    clock.advance(1);
    expect(header(await peer.next(/^BYE/), 'Reason')).toBe('SIP;cause=200;text="Session timer expired"');
    expect((await ended)[1]).toBe('Session timer expired');
  });

  it('a refresh of the caller starts the interval anew', async () => {
    const clock = new FakeClock(1_700_000_000_000);
    const { peer, say } = await answered({ clock, invite: { headers: ['Session-Expires: 120;refresher=uac'] } });
    clock.advance(100_000);
    say('INVITE', { body: SDP, headers: ['Session-Expires: 120;refresher=uac'] });
    await peer.next(/^SIP\/2\.0 200[^]*CSeq: 2 INVITE/);
    clock.advance(100_000);
    expect((await peer.rest()).filter((line) => line.startsWith('BYE'))).toEqual([]);
    clock.advance(20_000);
    await peer.next(/^BYE/);
  });

  it('below 90 s in a re-INVITE gets 422 with Min-SE', async () => {
    const { peer, say } = await answered();
    say('INVITE', { body: SDP, headers: ['Session-Expires: 60'] });
    expect(header(await peer.next(/^SIP\/2\.0 422/), 'Min-SE')).toBe('90');
  });

  it('when the refreshing is ours the server sends and acknowledges it at half time', async () => {
    const clock = new FakeClock(1_700_000_000_000);
    const { peer } = await answered({ clock, invite: { headers: ['Session-Expires: 90;refresher=uas'] } });
    clock.advance(39_000);
    expect((await peer.rest()).filter((line) => line.startsWith('INVITE'))).toEqual([]);
    clock.advance(12_000);
    const refresh = await peer.next(/^INVITE/);
    expect(header(refresh, 'Session-Expires')).toBe('90;refresher=uac');
    expect(header(refresh, 'Min-SE')).toBe('90');
    expect(refresh).toContain('m=audio');
    peer.send(peer.reply(refresh, '200 OK', { body: SDP, headers: [`Contact: <sip:caller@127.0.0.1:${peer.port}>`, 'Session-Expires: 90;refresher=uac'] }));
    expect(header(await peer.next(/^ACK/), 'CSeq')).toBe('2 ACK');
    await peer.rest();
    clock.advance(51_000);
    await peer.next(/^INVITE/);
  });
});

describe('reliable provisional answers', () => {
  async function ringing(headers: string[]): Promise<{ peer: Peer; port: number; req: Message; res: Reply; clock: FakeClock }> {
    const clock = new FakeClock(1_700_000_000_000);
    rig = await Rig.open(clock);
    const calls = new EventEmitter();
    await rig.app((srf) => srf.invite((req, res) => calls.emit('call', req, res)));
    const peer = await rig.peer();
    const { port } = rig.server.sip;
    const call = once(calls, 'call') as Promise<[Message, Reply]>;
    peer.send(request('INVITE', { peer, port, callId: 'pr', body: SDP, headers }));
    const [req, res] = await call;
    return { peer, port, req, res, clock };
  }

  it('are numbered and repeated at 0.5, 1.5, 3.5 s … until their PRACK', async () => {
    const { peer, port, res, clock } = await ringing(['Supported: 100rel']);
    res.send(183, { headers: { require: '100rel' }, body: SDP });
    const progress = await peer.next(/^SIP\/2\.0 183/);
    await peer.rest();
    const times: number[] = [];
    for (let ms = 250; ms <= 4_000; ms += 250) {
      clock.advance(250);
      for (const line of await peer.rest()) if (line.startsWith('SIP/2.0 183')) times.push(ms);
    }
    expect(times).toEqual([500, 1_500, 3_500]);
    peer.send(request('PRACK', { peer, port, callId: 'pr', cseq: 2, toTag: tag(progress, 'To'), headers: [`RAck: ${header(progress, 'RSeq')} 1 INVITE`] }));
    await peer.next(/CSeq: 2 PRACK/);
    await peer.rest();
    clock.advance(10_000);
    expect(await peer.rest()).toEqual([]);
    res.send(200, { body: SDP });
    await peer.next(/^SIP\/2\.0 200[^]*CSeq: 1 INVITE/);
  });

  it('are refused to a caller that does not know them', async () => {
    const { res } = await ringing([]);
    const failure = await new Promise((resolve) => res.send(183, { headers: { require: '100rel' }, body: SDP }, resolve));
    expect(failure).toBe('Remote endpoint does not support 100rel');
  });

  it('that wait for PRACK make a failure impossible, said loudly', async () => {
    const { res } = await ringing(['Supported: 100rel']);
    await new Promise((resolve) => res.send(183, { headers: { require: '100rel' }, body: SDP }, resolve));
    const failure = await new Promise((resolve) => res.send(486, {}, resolve));
    expect(failure).toBe('a failure while a reliable 1xx waits for its PRACK is not supported by the softswitch');
  });
});
