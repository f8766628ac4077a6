import { describe, expect, it } from 'vitest';
import { answerTo, OFFER } from './agents.js';
import { placed, up } from './calls-up.js';

describe('re-INVITE', () => {
  it('of the peer during ours gets 491', async () => {
    const t = await up();
    void t.call.hold();
    t.inDialog('INVITE', { body: OFFER });
    expect(t.transport.response(-1).status).toBe(491);
  });

  it('of the peer while its last one is open gets 500 with Retry-After', async () => {
    const t = await up();
    t.call.on('reinvite', () => undefined);
    t.inDialog('INVITE', { body: OFFER });
    t.inDialog('INVITE', { body: OFFER, cseq: 3 });
    expect(t.transport.response(-1).status).toBe(500);
    expect(t.transport.response(-1).headers.has('retry-after')).toBe(true);
  });

  it.each([['callee up to 2 s', up, 1000], ['caller 2.1 to 4 s', placed, 3050]] as const)('refused with 491 is tried again: the %s later', async (_name, make, pauseMs) => {
    const t = await make();
    const held = t.call.hold();
    t.answer('INVITE', 491);
    await Promise.resolve();
    const before = t.transport.sent.length;
    t.clock.advance(pauseMs - 1);
    await new Promise(setImmediate);
    expect(t.transport.sent.length).toBe(before);
    t.clock.advance(1);
    await new Promise(setImmediate);
    expect(t.transport.request(-1).method).toBe('INVITE');
    t.answer('INVITE', 200, { body: answerTo(OFFER) });
    expect(await held).toMatchObject({ ok: true });
  });

  it.each([[488, 'up'], [481, 'ended'], [408, 'ended']])('refused with %s leaves the call %s', async (status, state) => {
    const t = await up();
    const held = t.call.hold();
    t.answer('INVITE', status);
    expect(await held).toEqual({ ok: false, status });
    expect(t.call.state).toBe(state);
    if (state === 'ended') expect(t.transport.request(-1).method).toBe('BYE');
  });

  it('without an offer is answered with ours', async () => {
    const t = await up();
    const media: string[] = [];
    t.call.on('media', ({ sdp }) => media.push(sdp));
    t.inDialog('INVITE');
    expect(t.transport.response(-1).body).toContain('m=audio 4002');
    t.inDialog('ACK', { cseq: 2, body: answerTo(OFFER) });
    expect(media).toEqual([answerTo(OFFER)]);
  });

  it('of ours is closed by the BYE of the peer', async () => {
    const t = await up();
    const held = t.call.hold();
    t.inDialog('BYE');
    t.answer('INVITE', 487);
    expect(await held).toMatchObject({ ok: false });
    expect(t.call.state).toBe('ended');
  });

  it('is cancelled with 487', async () => {
    const t = await up();
    t.call.on('reinvite', () => undefined);
    t.inDialog('INVITE', { body: OFFER, branch: 'z9hG4bKre' });
    t.inDialog('CANCEL', { branch: 'z9hG4bKre' });
    expect(t.transport.log.slice(-2)).toEqual(['200', '487']);
    expect(t.call.state).toBe('up');
  });
});
