import { describe, expect, it } from 'vitest';
import { SipHeaders } from '../../../media/sip/headers.js';
import { agreeAsCallee } from '../../../media/sip/session-timer.js';
import { answerTo, bareAgent, OFFER } from './agents.js';

const TIMER = 'Supported: timer';

async function upWith(sessionExpires: string) {
  const t = await bareAgent();
  t.deliver('INVITE', { body: OFFER, extra: [`Session-Expires: ${sessionExpires}`, TIMER] });
  const call = t.calls[0];
  if (!call) throw new Error('no call came up');
  const reasons: string[] = [];
  call.on('ended', ({ reason }) => reasons.push(reason));
  call.answer(answerTo(OFFER));
  t.inDialog('ACK', { cseq: 1 });
  return { ...t, call, reasons };
}

describe('session timer of the callee', () => {
  it.each([
    ['1800;refresher=uac', [TIMER], '1800;refresher=uac', 'timer'],
    ['1800;refresher=uas', [TIMER], '1800;refresher=uas', undefined],
    ['1800', [TIMER], '1800;refresher=uac', 'timer'],
    ['1800', [], '1800;refresher=uas', undefined],
    ['20', [], '90;refresher=uas', undefined],
  ])('%s with %j is agreed as %s', (asked, extra, given, require) => {
    const headers = SipHeaders.of([['x', asked], ...extra.map((line) => line.split(': ') as [string, string])]);
    const agreed = agreeAsCallee(headers);
    expect(agreed.kind).toBe('agreed');
    const list = SipHeaders.of(agreed.kind === 'agreed' ? agreed.headers : []);
    expect(list.get('session-expires')).toBe(given);
    expect(list.get('require')).toBe(require);
  });

  it('refreshes at half the interval when it is the refresher, again and again', async () => {
    const t = await upWith('200;refresher=uas');
    for (let round = 0; round < 3; round++) {
      t.clock.advance(99_999);
      await new Promise(setImmediate);
      const before = t.transport.sent.length;
      t.clock.advance(1);
      expect(t.transport.sent.length).toBe(before + 1);
      expect(t.transport.request(-1).body).toBe(answerTo(OFFER));
      t.answer('INVITE', 200, { body: OFFER, extra: ['Contact: <sip:alice@10.0.0.2:5070>', 'Session-Expires: 200;refresher=uac'] });
      await new Promise(setImmediate);
    }
    expect(t.call.state).toBe('up');
  });

  it('ends the call when the peer does not refresh', async () => {
    const t = await upWith('180;refresher=uac');
    t.clock.advance(147_999);
    expect(t.call.state).toBe('up');
    t.clock.advance(1);
    expect(t.reasons).toEqual(['sessionExpired']);
    expect(t.transport.request(-1).headers.get('reason')).toContain('Session timer expired');
  });

  it('starts anew with each refresh of the peer, by re-INVITE or UPDATE', async () => {
    const t = await upWith('180;refresher=uac');
    t.clock.advance(100_000);
    t.inDialog('UPDATE', { extra: ['Session-Expires: 180;refresher=uac', TIMER] });
    expect(t.transport.response(-1).headers.get('session-expires')).toBe('180;refresher=uac');
    t.clock.advance(100_000);
    t.inDialog('INVITE', { cseq: 3, body: OFFER, extra: ['Session-Expires: 180;refresher=uac', TIMER] });
    t.inDialog('ACK', { cseq: 3 });
    t.clock.advance(100_000);
    expect(t.call.state).toBe('up');
    expect(t.reasons).toEqual([]);
  });

  it('leaves no timer behind when the call ends', async () => {
    const t = await upWith('180;refresher=uas');
    t.inDialog('BYE');
    t.clock.advance(40_000);
    expect(t.clock.pending).toBe(0);
  });
});
