import { beforeEach, describe, expect, it } from 'vitest';
import { useHouses, type House } from '../adapters/redis/house.js';
import { CIA, OneDesk } from '../support/one-desk.js';

let one: OneDesk;
let house: House;
useHouses((own) => {
  house = own;
  one = new OneDesk(own);
});

describe('an agent whose screen comes back at another gateway', () => {
  it('is ready there, whatever the one thinks that it left', async () => {
    const other = new OneDesk(house, 'n2');
    await one.signIn('voice', 'chat');
    await one.switchPhoneOn();
    await one.ready();
    one.desk.disconnected(CIA);
    await other.comesBack('voice', 'chat');
    one.clock.advance(5_000);
    await one.settled();
    expect([await house.phase('cia'), (await one.seat('chat')).phase]).toEqual(['ready', 'ready']);
  });

  it('is shown what happens there at once, and stays bound to it', async () => {
    const other = new OneDesk(house, 'n2');
    await one.signIn('chat');
    one.desk.disconnected(CIA);
    await other.signIn('chat');
    expect([one.desk.hasScreen(CIA), other.desk.hasScreen(CIA)]).toEqual([false, true]);
    await one.reload('chat');
    await one.arrives('i1');
    await other.ready();
    expect((await house.outbox('n2')).map(({ type }) => type)).toContain('item.offered');
  });
});

describe.each([['for calls', 'voice'], ['for chats alone', 'chat']] as const)('an agent %s whose screen is opened at a second gateway', (_for, channel) => {
  it('has that one; the older one is closed, which is no loss, and a reload there changes nothing', async () => {
    const other = new OneDesk(house, 'n2');
    await one.signIn(channel);
    await other.signIn(channel);
    await one.states();
    expect([one.replaced, one.desk.hasScreen(CIA), other.desk.hasScreen(CIA)]).toEqual([1, false, true]);
    one.desk.disconnected(CIA);
    await one.reload(channel);
    one.clock.advance(5_000);
    await one.settled();
    expect(await other.states()).not.toContain('screenLost');
    expect((await house.queue.roster()).agents).toMatchObject([{ node: 'n2' }]);
  });

  it('keeps the screen that was opened last, also where the word of an earlier one comes late', async () => {
    const other = new OneDesk(house, 'n2');
    await one.signIn(channel);
    await other.signIn(channel);
    await one.signIn(channel);
    await one.states();
    await other.states();
    expect([one.replaced, one.desk.hasScreen(CIA), other.replaced, other.desk.hasScreen(CIA)]).toEqual([0, true, 1, false]);
  });
});

describe('an agent whom a supervisor signs out', () => {
  it('stays signed out, whatever is reloaded', async () => {
    await one.signIn('voice', 'chat');
    await one.seats.logout(CIA);
    await one.states();
    await one.reload('voice', 'chat');
    expect([await house.phase('cia'), (await one.seat('chat')).phase]).toEqual(['loggedOut', 'loggedOut']);
    expect((await one.signIn('voice', 'chat')).state).toMatchObject({ phase: 'notReady', reason: 'signedIn' });
    await one.reload('voice', 'chat');
    expect(await house.phase('cia')).toBe('notReady(signedIn)');
  });

  it('stays signed out also where a reload comes in that moment, before the desk hears of it', async () => {
    await one.signIn('voice', 'chat');
    one.justBeforeSignIn = () => one.seats.logout(CIA);
    await one.reload('voice', 'chat');
    expect([await house.phase('cia'), (await one.seat('chat')).phase]).toEqual(['loggedOut', 'loggedOut']);
  });

  it('is signed out after the talk and after the chat, also when something is reloaded meanwhile', async () => {
    await one.signIn('chat');
    await one.ready();
    await one.arrives('i1');
    await one.takes();
    await one.seats.logout(CIA);
    await one.states();
    await one.reload('chat');
    await one.ends('i1');
    expect((await one.seat('chat')).phase).toBe('loggedOut');
  });

  it.each(['voice', 'chat'] as const)('is signed out after what is open in %s, also when the screen goes away before that', async (channel) => {
    await one.signIn(channel);
    await one.switchPhoneOn();
    await one.ready();
    await one.arrives('w1', channel);
    await (channel === 'voice' ? house.accept('cia') : one.takes(channel));
    await one.seats.logout(CIA);
    await one.seats.screenLost(CIA);
    await one.ends('w1', channel);
    expect(await one.seats.state(CIA)).toEqual({ phase: 'loggedOut' });
  });

  describe.each([['the same', 'n1'], ['another', 'n2']] as const)('and whose screen comes back by itself, at %s gateway', (_which, node) => {
    let back: OneDesk;
    beforeEach(() => void (back = node === 'n1' ? one : new OneDesk(house, node)));

    it('stays signed out, until they sign in by hand', async () => {
      await one.signIn('voice', 'chat');
      await one.seats.logout(CIA);
      expect((await back.comesBack('voice', 'chat')).state).toEqual({ phase: 'loggedOut' });
      expect([await house.phase('cia'), (await one.seat('chat')).phase]).toEqual(['loggedOut', 'loggedOut']);
      await back.reload('voice', 'chat');
      expect(await house.phase('cia')).toBe('loggedOut');
      expect((await back.signIn('voice', 'chat')).state).toMatchObject({ phase: 'notReady', reason: 'signedIn' });
    });

    it('stays signed out also where both come in one moment', async () => {
      await one.signIn('voice', 'chat');
      back.justBeforeSignIn = () => one.seats.logout(CIA);
      expect((await back.comesBack('voice', 'chat')).state).toEqual({ phase: 'loggedOut' });
      expect((await one.seat('chat')).phase).toBe('loggedOut');
    });

    it('has what is open there, and is signed out after it, without calls meanwhile', async () => {
      await one.signIn('voice', 'chat');
      await one.switchPhoneOn();
      await one.ready();
      await one.arrives('i1');
      await one.takes();
      await one.seats.logout(CIA);
      await back.comesBack('voice', 'chat');
      expect([await house.phase('cia'), (await back.seat('chat')).open]).toEqual(['loggedOut', ['i1']]);
      await one.ends('i1');
      expect((await back.seat('chat')).phase).toBe('loggedOut');
    });

    it('is signed out after the talk', async () => {
      await one.signIn('voice');
      await one.switchPhoneOn();
      await one.ready();
      await one.arrives('c1', 'voice');
      await house.accept('cia');
      await one.seats.logout(CIA);
      expect((await back.comesBack('voice')).state).toMatchObject({ phase: 'talking' });
      await one.ends('c1', 'voice');
      expect(await house.phase('cia')).toBe('loggedOut');
    });
  });
});

it('an agent whom the queue’s store has lost is signed in again once it is back', async () => {
  await one.signIn('voice', 'chat');
  await house.redis.del(...(await house.redis.keys(`${house.prefix}a:*`)));
  expect(await house.phase('cia')).toBe('loggedOut');
  await one.desk.signInAgain('storeReturned');
  expect([await house.phase('cia'), (await one.seat('chat')).phase]).toEqual(['notReady(signedIn)', 'notReady']);
});

describe('a screen that comes back by itself', () => {
  it('signs nobody in: where the store has lost who was there, the agent does it by hand', async () => {
    expect((await one.comesBack('voice', 'chat')).state).toEqual({ phase: 'loggedOut' });
    expect(one.facts).toEqual([]);
    expect((await one.signIn('voice', 'chat')).state).toMatchObject({ phase: 'notReady' });
  });

  it('finds its agent as they were, also with a channel that a reload gave meanwhile', async () => {
    await one.signIn('voice');
    await one.switchPhoneOn();
    await one.ready();
    one.desk.disconnected(CIA);
    await one.comesBack('voice', 'chat');
    expect([await house.phase('cia'), (await one.seat('chat')).phase]).toEqual(['ready', 'ready']);
  });
});
