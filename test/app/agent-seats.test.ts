import { describe, expect, it } from 'vitest';
import { callId, useHouses, type House } from '../adapters/redis/house.js';
import { CIA, OneDesk } from '../support/one-desk.js';

let one: OneDesk;
let house: House;
useHouses((own) => {
  house = own;
  one = new OneDesk(own);
});

describe('an agent who takes no calls', () => {
  it('is welcomed without a phone, and ready without one', async () => {
    expect(await one.signIn('chat', 'email')).toMatchObject({ agent: { id: 'cia', phone: null, answer: null }, state: { phase: 'notReady', reason: 'signedIn' } });
    expect(await one.ready()).toMatchObject({ ok: true });
    expect(await one.states()).toEqual(['ready']);
    expect(await one.desk.presentState(CIA)).toMatchObject([{ type: 'agent', state: { phase: 'ready', since: house.now } }]);
    expect(await house.phase('cia')).toBe('loggedOut');
  });

  it('is offered no call, ever', async () => {
    await one.signIn('chat');
    await one.ready();
    await one.arrives('c1', 'voice');
    expect(await house.queue.waiting(callId('c1'))).toMatchObject({ position: 1 });
  });

  it('is shown as ready while a slot is free, at work while none is, and each change once', async () => {
    await one.signIn('chat');
    await one.ready();
    await one.states();
    for (const name of ['i1', 'i2', 'i3']) {
      await one.arrives(name);
      expect(await one.states()).toEqual(['blocked']);
      await one.takes();
      expect(await one.states()).toEqual(name === 'i3' ? [] : ['ready']);
    }
    await one.ends('i2');
    expect(await one.states()).toEqual(['ready']);
    await one.ends('i1');
    expect(await one.states()).toEqual([]);
  });

  it('has a break at once with work open, also where no slot is free, and takes it back', async () => {
    await one.signIn('email');
    await one.ready();
    await one.arrives('e1', 'email');
    await one.takes('email');
    await one.states();
    expect(await one.pause('lunch')).toMatchObject({ ok: true });
    expect(await one.seat('email')).toMatchObject({ phase: 'full', wish: 'lunch', open: ['e1'] });
    expect(await one.states()).toEqual(['lunch']);
    await one.ready();
    expect(await one.states()).toEqual(['blocked']);
    expect(await one.seat('email')).toMatchObject({ phase: 'full', wish: null });
    await one.pause('break');
    await one.ends('e1', 'email');
    expect(await one.states()).toEqual(['break']);
    expect(await one.seat('email')).toMatchObject({ phase: 'notReady', reason: 'break' });
  });

  it('who leaves an offer unanswered is not ready in any channel, and keeps what is open', async () => {
    await one.signIn('chat', 'email');
    await one.ready();
    await one.arrives('e1', 'email');
    await one.takes('email');
    await one.arrives('i1');
    house.now += 15_000;
    await house.queue.reap(10);
    expect((await one.states()).at(-1)).toBe('rona');
    await one.ends('e1', 'email');
    expect([await one.seat('chat'), await one.seat('email')]).toMatchObject([{ phase: 'notReady', reason: 'rona' }, { phase: 'notReady', reason: 'rona' }]);
    expect(await one.seats.state(CIA)).toMatchObject({ phase: 'notReady', reason: 'rona' });
  });

  it('whose screen is lost gets nothing more', async () => {
    await one.signIn('chat');
    await one.ready();
    one.desk.disconnected(CIA);
    one.clock.advance(5_000);
    await expect.poll(() => one.seat('chat')).toMatchObject({ phase: 'notReady', reason: 'screenLost' });
    expect((await one.signIn('chat')).state).toMatchObject({ phase: 'notReady', reason: 'screenLost' });
  });

  it('signs out once nothing is open, and in again', async () => {
    await one.signIn('chat', 'email');
    await one.ready();
    await one.arrives('i1');
    await one.takes();
    expect(await one.signOut()).toMatchObject({ ok: false, error: { code: 'VG_AGENT_STATE' } });
    await one.ends('i1');
    expect(await one.signOut()).toMatchObject({ ok: true });
    expect((await one.states()).at(-1)).toBe('loggedOut');
    expect((await house.queue.roster()).agents).toEqual([]);
    expect((await one.signIn('chat', 'email')).state).toMatchObject({ phase: 'notReady', reason: 'signedIn' });
  });

  it('is in the log with their channels, and with each state once', async () => {
    await one.signIn('chat');
    await one.states();
    await one.ready();
    await one.states();
    await one.arrives('i1');
    await one.takes();
    await one.states();
    expect(one.facts).toMatchObject([
      { type: 'agent.signedIn', agentId: 'cia', channels: ['chat'] },
      { type: 'agent.changed', phase: 'notReady', reason: 'signedIn' },
      { type: 'agent.changed', phase: 'ready', reason: null, at: house.now },
    ]);
  });
});

describe('an agent with calls and chats who signs out', () => {
  it.each([
    ['a call is offered', () => Promise.resolve()],
    ['the wrap-up of one runs', async () => {
      await house.accept('cia');
      await house.complete('cia', 'c1', 30_000);
    }],
  ])('while %s is offered no chat that waits meanwhile, not even for a moment', async (_while, goOn) => {
    await one.signIn('voice', 'chat');
    await one.switchPhoneOn();
    await one.ready();
    await one.arrives('c1', 'voice');
    await goOn();
    await one.arrives('i1');
    expect(await one.seats.logout(CIA)).toMatchObject({ ok: true, value: { phase: 'loggedOut' } });
    expect((await one.seat('chat')).phase).toBe('loggedOut');
    expect((await house.outbox()).filter(({ type }) => type === 'item.offered')).toEqual([]);
  });

  it('while a chat is offered is offered no call that waits meanwhile', async () => {
    await one.signIn('voice', 'chat');
    await one.switchPhoneOn();
    await one.ready();
    await one.arrives('i1');
    await one.arrives('c1', 'voice');
    await one.seats.logout(CIA);
    expect((await house.outbox()).filter(({ type }) => type === 'offer.made')).toEqual([]);
  });
});

describe('a reload', () => {
  it('that takes calls away leaves the agent ready for the rest', async () => {
    await one.switchPhoneOn();
    await one.signIn('voice', 'chat');
    await one.ready();
    await one.reload('chat');
    expect(await house.phase('cia')).toBe('loggedOut');
    expect(await one.seats.state(CIA)).toMatchObject({ phase: 'ready' });
    expect(await one.states()).not.toContain('loggedOut');
    expect(one.phone).toBeNull();
    await one.arrives('c1', 'voice');
    expect(await house.queue.waiting(callId('c1'))).not.toBeNull();
  });

  it('that takes calls away while one goes on lets it end, and then the other channels say what the agent does', async () => {
    await one.switchPhoneOn();
    await one.signIn('voice', 'chat');
    await one.ready();
    await one.arrives('c1', 'voice');
    await house.accept('cia');
    await one.reload('chat');
    expect(await one.seats.state(CIA)).toMatchObject({ phase: 'talking', callId: 'c1' });
    expect((await one.states()).at(-1)).toBe('talking');
    expect(await one.signOut()).toMatchObject({ ok: false });
    await house.complete('cia', 'c1', 5_000);
    expect(await one.states()).toEqual(['ready']);
  });

  it('that gives calls asks the agent for Ready again, as that needs a phone', async () => {
    await one.signIn('chat');
    await one.ready();
    await one.reload('voice', 'chat');
    expect(await one.seats.state(CIA)).toMatchObject({ phase: 'notReady', reason: 'signedIn' });
    expect(await one.seat('chat')).toMatchObject({ phase: 'notReady', reason: 'signedIn' });
    expect(await one.ready()).toMatchObject({ ok: false, error: { code: 'VG_PHONE_UNREGISTERED' } });
    await one.switchPhoneOn();
    expect(await one.ready()).toMatchObject({ ok: true });
    expect([await house.phase('cia'), (await one.seat('chat')).phase]).toEqual(['ready', 'ready']);
  });

  it('that gives back a channel while work is open there goes on giving more of it', async () => {
    await one.signIn('chat', 'email');
    await one.ready();
    await one.arrives('i1', 'email');
    await one.takes('email');
    await one.reload('chat');
    await one.reload('chat', 'email');
    await one.ends('i1', 'email');
    expect((await one.seat('email')).phase).toBe('ready');
  });

  it('that gives another channel gives it to who is ready, and not to who has a break', async () => {
    await one.signIn('chat');
    await one.reload('chat', 'case');
    expect(await one.seat('case')).toMatchObject({ phase: 'notReady', reason: 'signedIn' });
    await one.ready();
    await one.reload('chat', 'email', 'case');
    expect(await one.seat('email')).toMatchObject({ phase: 'ready' });
  });

  it.each([
    ['gives it to who is on a call and stays for the next', false, 'ready'],
    ['not to who wants a break after the call', true, 'signedIn'],
  ] as const)('that gives another channel %s', async (_whom, wantsBreak, then) => {
    await one.switchPhoneOn();
    await one.signIn('voice', 'chat');
    await one.ready();
    await one.arrives('c1', 'voice');
    await house.accept('cia');
    if (wantsBreak) await one.pause('break');
    await one.reload('voice', 'chat', 'email');
    await one.ends('c1', 'voice');
    const email = await one.seat('email');
    expect(email.phase === 'notReady' ? email.reason : email.phase).toBe(then);
  });

  it('that takes a channel away lets what is open there be done, and gives no more of it', async () => {
    await one.signIn('chat', 'email');
    await one.ready();
    await one.arrives('e1', 'email');
    await one.takes('email');
    await one.reload('chat');
    expect(await one.seats.items(CIA)).toMatchObject([{ channel: 'chat', state: { phase: 'ready' } }, { channel: 'email', state: { wish: 'agentLeft', open: ['e1'] } }]);
    await one.ends('e1', 'email');
    expect(await one.seats.items(CIA)).toMatchObject([{ channel: 'chat' }]);
    expect(await one.seats.state(CIA)).toMatchObject({ phase: 'ready' });
  });
});
