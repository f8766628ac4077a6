import { describe, expect, it } from 'vitest';
import { registrationKey } from '../../gateway/adapters/redis/keys.js';
import { createAgentDesk, type AgentDesk } from '../../gateway/app/agent-desk.js';
import { AgentSeats } from '../../gateway/app/agent-seats.js';
import { tokenDigest, type DeskAgent } from '../../gateway/app/agent-tokens.js';
import { channelsSchema, toChannelRules } from '../../gateway/core/acd/channel-config.js';
import type { Channel, ItemChannel } from '../../gateway/core/acd/channels.js';
import type { NewFact } from '../../gateway/core/acd/queue-fact.js';
import { brand, type NodeId } from '../../gateway/core/ids.js';
import type { ServerEvent } from '../../gateway/core/screen/messages.js';
import { agentId, callId, rid, silent, useHouses, type House } from '../adapters/redis/house.js';
import { FakeClock } from '../support/fake-clock.js';
import { noAgentItems } from '../support/no-items.js';
import { noFigures } from '../support/no-figures.js';

const CIA = agentId('cia');
const TOKEN = 'cia-token-with-enough-letters';
const PHONE = { address: 'sip:cia@vaxel', answer: 'screen' } as const;

/** One agent at the desk of a real queue, with the channels that the file gives her just now. */
class OneDesk {
  readonly facts: NewFact[] = [];
  readonly clock = new FakeClock();
  readonly seats: AgentSeats;
  readonly desk: AgentDesk;
  /** The one that a reload told last. */
  phone: string | null | undefined;
  private readonly shown: ServerEvent[] = [];
  private told = 0;
  private channels: readonly Channel[] = [];

  constructor(private readonly house: House, node = 'n1') {
    const rules = toChannelRules(channelsSchema.parse({}));
    const centre = () => ({ strategy: 'longestIdle' as const, channels: rules, notReadyReasons: ['break', 'lunch'], dispositions: [] });
    const agents = (): readonly DeskAgent[] => [{ id: CIA, name: 'Cia', phone: this.channels.includes('voice') ? PHONE : null, skills: [{ skill: 'billing', level: 5 }], channels: this.channels, isSupervisor: false, tokenSha256: tokenDigest(TOKEN) }];
    this.seats = new AgentSeats({ queue: house.queue, agents, centre, node: brand<NodeId>(node), newRequestId: rid });
    const push = (_agentId: typeof CIA, event: ServerEvent) => (this.shown.push(event), Promise.resolve({ sentAt: null, acknowledgedAt: null }));
    const calls = { accept: () => Promise.resolve({ ok: true as const }), decline: () => Promise.resolve({ ok: true as const }), hangUp: () => Promise.resolve({ ok: true as const }), wrapUp: () => Promise.resolve({ ok: true as const }), openOffer: () => [] };
    this.desk = createAgentDesk({
      seats: this.seats, agents, centre, calls, items: noAgentItems, screens: { push },
      record: (fact) => this.facts.push(fact), figures: noFigures, newRequestId: rid, clock: this.clock, log: silent,
    });
  }

  async signIn(...channels: readonly Channel[]) {
    this.channels = channels;
    const signedIn = await this.desk.signIn(TOKEN);
    if (!signedIn.ok) throw new Error(signedIn.error.detail);
    return signedIn.value.welcome;
  }

  async reload(...channels: readonly Channel[]): Promise<void> {
    this.channels = channels;
    await this.desk.signInAgain();
  }

  async switchPhoneOn(): Promise<void> {
    await this.house.redis.set(registrationKey(this.house.tenant, PHONE.address), '{}');
  }

  ready = () => this.desk.command(CIA, { type: 'ready', id: '1' });
  pause = (reason: string) => this.desk.command(CIA, { type: 'notReady', id: '1', reason });
  /** Whatever the desk has ordered by now is done: its commands go to the store in order. */
  async settled(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    await this.house.queue.snapshot();
    await this.house.queue.snapshot();
  }
  signOut = () => this.desk.command(CIA, { type: 'signOut', id: '1' });

  async arrives(name: string, channel: Channel = 'chat'): Promise<void> {
    await this.house.arrive(name, { billing: 1 }, { channel });
  }

  async takes(channel: ItemChannel = 'chat'): Promise<void> {
    const { offer } = await this.seat(channel);
    if (offer === null) throw new Error(`nothing is offered in ${channel}`);
    await this.house.queue.accept({ requestId: rid(), offerId: offer.offerId });
  }

  async ends(name: string, channel: Channel = 'chat'): Promise<void> {
    await this.house.queue.complete({ requestId: rid(), callId: callId(name), agentId: CIA, channel, wrapUpMs: 0 });
  }

  seat(channel: ItemChannel) {
    return this.house.queue.seatsState(CIA, channel);
  }

  /** Tells the desk what the queue has to tell by now. @returns the agent's states that were shown since the last time */
  async states(): Promise<readonly string[]> {
    const events = await this.house.outbox();
    for (const event of events.slice(this.told)) await this.desk.onQueueEvent(event);
    this.told = events.length;
    this.phone = this.shown.flatMap((event) => (event.type === 'agent' && event.phone !== undefined ? [event.phone] : [])).at(-1);
    return this.shown.splice(0).flatMap((event) => (event.type !== 'agent' ? [] : [event.state.phase === 'notReady' ? event.state.reason : event.state.phase]));
  }
}

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

describe('an agent whose screen comes back at another gateway', () => {
  it('is ready there, whatever the one thinks that it left', async () => {
    const other = new OneDesk(house, 'n2');
    await one.signIn('voice', 'chat');
    await one.switchPhoneOn();
    await one.ready();
    one.desk.disconnected(CIA);
    await other.signIn('voice', 'chat');
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

  it('that gives another channel gives it to who is ready, and not to who has a break', async () => {
    await one.signIn('chat');
    await one.reload('chat', 'case');
    expect(await one.seat('case')).toMatchObject({ phase: 'notReady', reason: 'signedIn' });
    await one.ready();
    await one.reload('chat', 'email', 'case');
    expect(await one.seat('email')).toMatchObject({ phase: 'ready' });
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
