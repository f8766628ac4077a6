import { EventEmitter, once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { answeredCall, type Call } from './calls.js';
import { type App, leave, type Message, next, request, Rig, SDP } from './rig.js';

let rig: Rig;
afterEach(() => rig.close());

async function answered(): Promise<Call> {
  const call = await answeredCall();
  ({ rig } = call);
  return call;
}

describe('when the connection of the application is gone', () => {
  async function orphaned(): Promise<Call & { other: App; stops: EventEmitter }> {
    const call = await answered();
    const stops = new EventEmitter();
    const other = await rig.app((srf) => {
      srf.on('cdr:stop', (source: string, _time: string, reason: string, msg: Message) => stops.emit('stop', { source, reason, callId: msg.get('Call-ID') }));
    });
    leave(call.srf);
    await expect.poll(() => rig.server.counts().clients).toBe(1);
    return { ...call, other, stops };
  }

  it('BYE gets 481, and another application learns of the end by cdr:stop', async () => {
    const { peer, say, stops } = await orphaned();
    const stop = next<object>(stops, 'stop');
    say('BYE');
    expect(await peer.next(/CSeq: 2 BYE/)).toMatch(/^SIP\/2\.0 481/);
    expect(await stop).toEqual({ source: 'network', reason: 'normal-release', callId: 'c' });
    expect(rig.server.counts().dialogs).toBe(0);
  });

  it('a re-INVITE gets 100 and INFO silence, until the BYE ends both with 500', async () => {
    const { peer, say } = await orphaned();
    say('INFO');
    say('INVITE', { body: SDP });
    expect(await peer.rest()).toEqual(['SIP/2.0 100 Trying']);
    say('BYE');
    expect(await peer.next(/CSeq: 4 BYE/)).toMatch(/^SIP\/2\.0 481/);
    await peer.next(/^SIP\/2\.0 500[^]*CSeq: 2 INFO/);
    await peer.next(/^SIP\/2\.0 500[^]*CSeq: 3 INVITE/);
  });

  it('another connection ends the dialog by its id', async () => {
    const { peer, dialog, other } = await orphaned();
    const status = (method: string): Promise<number | string> => new Promise((resolve) => {
      other.request('sip:placeholder', { method, stackDialogId: dialog.id }, (error, req) => {
        if (error) resolve(error.code ?? error.message);
        else req.on('response', (res: Message) => resolve(res.status));
      });
    });
    const alive = status('OPTIONS');
    peer.send(peer.reply(await peer.next(/^OPTIONS/), '200 OK'));
    expect(await alive).toBe(200);
    const ended = status('BYE');
    peer.send(peer.reply(await peer.next(/^BYE/), '200 OK'));
    expect(await ended).toBe(200);
    expect(await status('BYE')).toBe('ENODIALOG');
  });

  it('a call nobody answered yet stays on 100 until the caller cancels it', async () => {
    rig = await Rig.open();
    const calls = new EventEmitter();
    const srf = await rig.app((app) => app.invite((req) => calls.emit('call', req)));
    const peer = await rig.peer();
    const { port } = rig.server.sip;
    const call = once(calls, 'call');
    peer.send(request('INVITE', { peer, port, callId: 'w', body: SDP }));
    await call;
    leave(srf);
    await expect.poll(() => rig.server.counts().clients).toBe(0);
    expect(await peer.rest()).toEqual(['SIP/2.0 100 Trying']);
    peer.send(request('CANCEL', { peer, port, callId: 'w' }));
    await peer.next(/^SIP\/2\.0 487/);
  });
});

describe('call detail records', () => {
  it('tell of attempt, start and stop of a call, each to one application', async () => {
    const { peer, say } = await answered();
    await peer.rest();
    say('BYE');
    await peer.next(/CSeq: 2 BYE/);
    const raw = await rig.raw();
    for (const kind of ['attempt', 'start', 'stop']) await raw.ask(`route|cdr:${kind}`);
    await rig.answered(peer, 'd2');
    expect(await raw.next(/\|cdr:attempt\|/)).toMatch(/^[0-9a-f-]{36}\|cdr:attempt\|network\|\d\d:\d\d:\d\d\.\d{6}\r\nINVITE /);
    expect(await raw.next(/\|cdr:start\|/)).toMatch(/\|cdr:start\|application\|[^|]*\|uas\r\nSIP\/2\.0 200 /);
  });

  it('tell of a call that nobody took', async () => {
    rig = await Rig.open();
    const raw = await rig.raw();
    for (const kind of ['attempt', 'stop']) await raw.ask(`route|cdr:${kind}`);
    const peer = await rig.peer();
    peer.send(request('INVITE', { peer, port: rig.server.sip.port, callId: 'n' }));
    await raw.next(/\|cdr:attempt\|/);
    expect(await raw.next(/\|cdr:stop\|/)).toMatch(/\|cdr:stop\|application\|[^|]*\|call-rejected\r\nSIP\/2\.0 503 /);
  });
});
