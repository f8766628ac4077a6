import { registrationKey } from '../../gateway/adapters/redis/keys.js';
import { createAgentDesk, type AgentDesk } from '../../gateway/app/agent-desk.js';
import { AgentSeats } from '../../gateway/app/agent-seats.js';
import { tokenDigest, type DeskAgent } from '../../gateway/app/agent-tokens.js';
import { channelsSchema, toChannelRules } from '../../gateway/core/acd/channel-config.js';
import type { Channel, ItemChannel } from '../../gateway/core/acd/channels.js';
import type { NewFact } from '../../gateway/core/acd/queue-fact.js';
import { brand, type NodeId } from '../../gateway/core/ids.js';
import type { ServerEvent } from '../../gateway/core/screen/messages.js';
import type { Queue } from '../../gateway/ports/queue.js';
import { agentId, callId, rid, silent, type House } from '../adapters/redis/house.js';
import { FakeClock } from './fake-clock.js';
import { noAgentItems } from './no-items.js';
import { noFigures } from './no-figures.js';

export const CIA = agentId('cia');
const TOKEN = 'cia-token-with-enough-letters';
const PHONE = { address: 'sip:cia@vaxel', answer: 'screen' } as const;

/** One agent at the desk of a real queue, with the channels that the file gives her just now. */
export class OneDesk {
  readonly facts: NewFact[] = [];
  readonly clock = new FakeClock();
  readonly seats: AgentSeats;
  readonly desk: AgentDesk;
  /** The one that a reload told last. */
  phone: string | null | undefined;
  /** How often the sockets here were closed for another gateway's. */
  replaced = 0;
  /** What happens between the desk's look at the store and its next order to sign in there. */
  justBeforeSignIn: () => Promise<unknown> = () => Promise.resolve();
  private readonly shown: ServerEvent[] = [];
  private told = 0;
  private channels: readonly Channel[] = [];

  constructor(private readonly house: House, private readonly node = 'n1') {
    const rules = toChannelRules(channelsSchema.parse({}));
    const centre = () => ({ strategy: 'longestIdle' as const, channels: rules, notReadyReasons: ['break', 'lunch'], dispositions: [] });
    const agents = (): readonly DeskAgent[] => [{ id: CIA, name: 'Cia', phone: this.channels.includes('voice') ? PHONE : null, skills: [{ skill: 'billing', level: 5 }], channels: this.channels, isSupervisor: false, tokenSha256: tokenDigest(TOKEN) }];
    const signIn: Queue['signIn'] = async (request) => {
      const happens = this.justBeforeSignIn;
      this.justBeforeSignIn = () => Promise.resolve();
      await happens();
      return house.queue.signIn(request);
    };
    const queue = new Proxy(house.queue, { get: (real, name) => (name === 'signIn' ? signIn : Reflect.get(real, name, real)) });
    this.seats = new AgentSeats({ queue, agents, centre, node: brand<NodeId>(node), newRequestId: rid });
    const push = (_agentId: typeof CIA, event: ServerEvent) => (this.shown.push(event), Promise.resolve({ sentAt: null, acknowledgedAt: null }));
    const calls = { accept: () => Promise.resolve({ ok: true as const }), decline: () => Promise.resolve({ ok: true as const }), hangUp: () => Promise.resolve({ ok: true as const }), wrapUp: () => Promise.resolve({ ok: true as const }), openOffer: () => [] };
    this.desk = createAgentDesk({
      seats: this.seats, agents, centre, calls, items: noAgentItems, screens: { push, closeReplaced: () => void (this.replaced += 1) },
      record: (fact) => this.facts.push(fact), figures: noFigures, newRequestId: rid, clock: this.clock, log: silent,
    });
  }

  signIn(...channels: readonly Channel[]) {
    return this.opens({ isBack: false }, channels);
  }

  /** The screen, by itself. */
  comesBack(...channels: readonly Channel[]) {
    return this.opens({ isBack: true }, channels);
  }

  private async opens(how: { readonly isBack: boolean }, channels: readonly Channel[]) {
    this.channels = channels;
    const signedIn = await this.desk.signIn(TOKEN, how);
    if (!signedIn.ok) throw new Error(signedIn.error.detail);
    return signedIn.value.welcome;
  }

  async reload(...channels: readonly Channel[]): Promise<void> {
    this.channels = channels;
    await this.desk.signInAgain('reload');
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
    const events = await this.house.outbox(this.node);
    for (const event of events.slice(this.told)) await this.desk.onQueueEvent(event);
    this.told = events.length;
    this.phone = this.shown.flatMap((event) => (event.type === 'agent' && event.phone !== undefined ? [event.phone] : [])).at(-1);
    return this.shown.splice(0).flatMap((event) => (event.type !== 'agent' ? [] : [event.state.phase === 'notReady' ? event.state.reason : event.state.phase]));
  }
}
