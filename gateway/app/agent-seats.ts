import { ITEM_CHANNELS, type Channel, type ChannelRules, type ItemChannel } from '../core/acd/channels.js';
import type { AgentState, SeatsState, Strategy } from '../core/acd/queue-types.js';
import { stateOfSeats } from '../core/acd/state-of-seats.js';
import { failed, ok, type Result } from '../core/errors.js';
import type { AgentId, NodeId, RequestId } from '../core/ids.js';
import type { Queue, SignIn } from '../ports/queue.js';
import type { DeskAgent } from './agent-tokens.js';

export interface AgentSeatsOptions {
  readonly queue: Pick<Queue, 'signIn' | 'ready' | 'notReady' | 'extendWrapUp' | 'logout' | 'agentState' | 'seatsState' | 'whereabouts'>;
  /** All agents of the contact centre, in the order of its file; read anew at every use. */
  readonly agents: () => readonly Pick<DeskAgent, 'id' | 'channels' | 'phone'>[];
  readonly centre: () => { readonly strategy: Strategy; readonly channels: ChannelRules };
  readonly node: NodeId;
  readonly newRequestId: () => RequestId;
}

/** An agent's seats for items of one channel. */
export interface ItemSeats {
  readonly channel: ItemChannel;
  readonly state: SeatsState;
}

/** Why agents are signed in again without asking for it. */
export type SignInAgain = 'reload' | 'storeReturned';

/** At a time. */
const MORE_TIME_MS = 30_000;
const RONA = 'rona';
/** Reason of an agent whose screen went away. */
export const SCREEN_LOST = 'screenLost';
/** Of seats that are signed in afresh. */
const SIGNED_IN = 'signedIn';
/** The wish of seats that are signed out after what is open there. */
const LEAVING = 'agentLeft';

/**
 * An agent's seats in all channels, moved as one: who is ready is so in each of them, voice first. Each step is a script of its own; one
 * that fails leaves the rest to the agent's next wish. What an agent does is asked here and nowhere else: that is the voice seat's state
 * where there is one, and else what the other seats say together.
 */
export class AgentSeats {
  /** The channels that each agent had when they signed in last. */
  private readonly given = new Map<AgentId, readonly Channel[]>();

  constructor(private readonly options: AgentSeatsOptions) {}

  /**
   * In all channels that the agent has, and out of those that the file took away: at once, or when what is open there is over. `again`: not
   * the agent asks, so an order to sign out stands, and who is signed out stays so unless the store may have lost them; but not where the channel
   * is given anew.
   */
  signIn(agent: DeskAgent, { again = null }: { readonly again?: SignInAgain | null } = {}): Promise<Result<AgentState>> {
    const before = this.given.get(agent.id) ?? [];
    const keeps = again === 'reload' ? 'signOut' : 'wish';
    return this.bind(agent, { channels: agent.channels, keeps: (channel) => (again !== null && before.includes(channel) ? keeps : null) });
  }

  /** The agent's screen came back by itself. Who is signed out stays so, and who is on the way out has what is open there alone. */
  async comeBack(agent: DeskAgent): Promise<Result<AgentState>> {
    try {
      const there = await this.signedIn(agent.id);
      const isLeaving = there.every(({ state }) => state.wish === LEAVING);
      const channels = isLeaving ? agent.channels.filter((channel) => channelsIn(there).includes(channel)) : agent.channels;
      // An order to sign out may come in this moment.
      const staying = isLeaving ? channels : channelsIn(there.filter(({ state }) => state.wish !== LEAVING));
      return await this.bind(agent, { channels, keeps: (channel) => (staying.includes(channel) ? 'signOut' : null) });
    } catch (error) {
      return failed('VG_STORE', String(error));
    }
  }

  private async bind(agent: DeskAgent, how: { readonly channels: readonly Channel[]; readonly keeps: (channel: Channel) => SignIn['keeps'] | null }): Promise<Result<AgentState>> {
    const { queue, centre, node } = this.options;
    const { strategy, channels: rules } = centre();
    const order = this.options.agents().findIndex(({ id }) => id === agent.id);
    const common = { skills: agent.skills, strategy, order, node };
    this.given.set(agent.id, agent.channels);
    const signedIn = await inEach(how.channels, (channel) => {
      const beside = agent.channels.filter((other) => other !== channel);
      const { slots, blocks } = rules[channel];
      const seats = { channel, slots, blocks: blocks.filter((other) => beside.includes(other)), beside };
      const keeps = how.keeps(channel);
      return queue.signIn({ ...this.asked(agent.id), ...common, ...(keeps ? { keeps } : {}), ...(channel === 'voice' && beside.length === 0 ? {} : { seats }) });
    });
    return signedIn.ok ? this.stateAfter(agent.id, () => this.levelled(agent)) : signedIn;
  }

  /** `VG_PHONE_UNREGISTERED`: in no channel, as the phone that calls need is not there. */
  ready(agentId: AgentId): Promise<Result<null>> {
    const phone = this.options.agents().find(({ id }) => id === agentId)?.phone?.address;
    const needed = phone === undefined ? {} : { phone };
    return inEach(this.channelsOf(agentId), (channel) => this.options.queue.ready({ ...this.asked(agentId), channel, ...(channel === 'voice' ? needed : {}) }));
  }

  notReady(agentId: AgentId, reason: string): Promise<Result<null>> {
    return inEach(this.channelsOf(agentId), (channel) => this.options.queue.notReady({ ...this.asked(agentId), channel, reason }));
  }

  /** Not ready wherever they are signed in, also where they are on the way out. */
  async stopped(agentId: AgentId, reason: string): Promise<Result<null>> {
    const channels = await this.signedInChannels(agentId);
    return inEach(channels.length === 0 ? this.channelsOf(agentId) : channels, (channel) => this.options.queue.notReady({ ...this.asked(agentId), channel, reason }));
  }

  /** The screen is gone from this node, and nothing new comes; unless it is at another node by now. */
  screenLost(agentId: AgentId): Promise<Result<null>> {
    const { queue, node } = this.options;
    return inEach(this.channelsOf(agentId), (channel) => queue.notReady({ ...this.asked(agentId), channel, reason: SCREEN_LOST, boundTo: node }));
  }

  /** Whether the agent is bound to another node. The first channel tells, as it is bound before the others. Rejects without an answer of the store. */
  async isElsewhere(agentId: AgentId): Promise<boolean> {
    const [channel = 'voice'] = this.channelsOf(agentId);
    const node = await this.options.queue.whereabouts({ agentId, channel });
    return node !== null && node !== this.options.node;
  }

  /** More time after a talk. */
  async extendWrapUp(agentId: AgentId): Promise<Result<null>> {
    const extended = await this.options.queue.extendWrapUp({ ...this.asked(agentId), byMs: MORE_TIME_MS });
    return extended.ok ? ok(null) : extended;
  }

  /** Of every channel, also of one that the agent no longer has. What leaves one channel blocks the others no longer: they take nothing then. */
  logout(agentId: AgentId): Promise<Result<AgentState>> {
    return this.stateAfter(agentId, async () => {
      const there = await this.signedIn(agentId);
      const blocked = there.filter(({ state }) => state.phase === 'blocked');
      const closed = await inEach(channelsIn(blocked), (channel) => this.options.queue.notReady({ ...this.asked(agentId), channel, reason: LEAVING }));
      if (!closed.ok) return closed;
      const channels = new Set([...this.channelsOf(agentId), ...channelsIn(there)]);
      return inEach([...channels], (channel) => this.options.queue.logout({ ...this.asked(agentId), channel }));
    });
  }

  /** What the agent does. A voice seat that was taken away counts until the talk there is over. */
  async state(agentId: AgentId): Promise<AgentState> {
    const voice = await this.options.queue.agentState(agentId);
    if (voice.phase !== 'loggedOut' || this.takesCalls(agentId)) return voice;
    return stateOfSeats((await this.items(agentId)).map(({ state }) => state));
  }

  /** Whether the agent has a voice seat, and so needs a phone. */
  takesCalls(agentId: AgentId): boolean {
    return this.options.agents().some(({ id, channels }) => id === agentId && channels.includes('voice'));
  }

  /** Whether something is offered or open in any channel. */
  async isBusy(agentId: AgentId): Promise<boolean> {
    const { phase } = await this.options.queue.agentState(agentId);
    if (phase === 'reserved' || phase === 'talking') return true;
    return (await this.items(agentId)).some(({ state }) => state.offer !== null || state.open.length > 0);
  }

  /** The agent's seats for items, channel by channel; also those that the file took away, while something is open there. */
  async items(agentId: AgentId): Promise<readonly ItemSeats[]> {
    const own = this.channelsOf(agentId);
    const all = await Promise.all(ITEM_CHANNELS.map(async (channel) => ({ channel, state: await this.options.queue.seatsState(agentId, channel) })));
    return all.filter(({ channel, state }) => own.includes(channel) || state.phase !== 'loggedOut');
  }

  /** Nobody answered in one channel: nobody is there for the others either. */
  async missed(agentId: AgentId): Promise<void> {
    const lower = (channel: Channel) => this.options.queue.notReady({ ...this.asked(agentId), channel, reason: RONA });
    const isTaking = (phase: string): boolean => phase === 'ready' || phase === 'blocked' || phase === 'full';
    if (isTaking((await this.options.queue.agentState(agentId)).phase)) await lower('voice');
    for (const { channel, state } of await this.items(agentId)) if (isTaking(state.phase) && state.wish === null) await lower(channel);
  }

  /**
   * What a reload took from an agent who is signed in, and gave. Where calls are new the agent says Ready anew, as that needs a phone; else
   * who is ready takes the new work too.
   */
  private async levelled(agent: DeskAgent): Promise<Result<null>> {
    const { queue } = this.options;
    const [voice, items] = await this.all(agent.id);
    const isOwn = ({ channel }: { readonly channel: Channel }): boolean => agent.channels.includes(channel);
    const takenAway = [{ channel: 'voice' as const, state: voice }, ...items].filter((one) => !isOwn(one) && one.state.phase !== 'loggedOut');
    const left = await inEach(channelsIn(takenAway), (channel) => queue.logout({ ...this.asked(agent.id), channel }));
    if (!left.ok) return left;
    const taking = items.filter((one) => isOwn(one) && wantsMore(one.state));
    if (isOwn({ channel: 'voice' }) && isFresh(voice)) return inEach(channelsIn(taking), (channel) => queue.notReady({ ...this.asked(agent.id), channel, reason: SIGNED_IN }));
    const isReady = isOwn({ channel: 'voice' }) ? wantsMore(voice) : taking.length > 0;
    const given = isReady ? items.filter((one) => isOwn(one) && isFresh(one.state)) : [];
    return inEach(channelsIn(given), (channel) => queue.ready({ ...this.asked(agent.id), channel }));
  }

  private async signedInChannels(agentId: AgentId): Promise<readonly Channel[]> {
    return channelsIn(await this.signedIn(agentId));
  }

  private async signedIn(agentId: AgentId): Promise<readonly { readonly channel: Channel; readonly state: SeatsState }[]> {
    const [voice, items] = await this.all(agentId);
    return [{ channel: 'voice' as const, state: voice }, ...items].filter(({ state }) => state.phase !== 'loggedOut');
  }

  private all(agentId: AgentId): Promise<readonly [SeatsState, readonly ItemSeats[]]> {
    return Promise.all([this.options.queue.seatsState(agentId, 'voice'), this.items(agentId)]);
  }

  /** Of one who is not configured: voice, where the queue says that they are not signed in. */
  private channelsOf(agentId: AgentId): readonly Channel[] {
    return this.options.agents().find(({ id }) => id === agentId)?.channels ?? ['voice'];
  }

  private asked(agentId: AgentId): { readonly requestId: RequestId; readonly agentId: AgentId } {
    return { requestId: this.options.newRequestId(), agentId };
  }

  /** The agent's state once these steps are done. */
  private async stateAfter(agentId: AgentId, steps: () => Promise<Result<null>>): Promise<Result<AgentState>> {
    try {
      const done = await steps();
      return done.ok ? ok(await this.state(agentId)) : done;
    } catch (error) {
      return failed('VG_STORE', String(error));
    }
  }
}

/** One after the other until one fails. */
async function inEach(channels: readonly Channel[], step: (channel: Channel) => Promise<Result<AgentState>>): Promise<Result<null>> {
  for (const channel of channels) {
    const done = await step(channel);
    if (!done.ok) return done;
  }
  return ok(null);
}

const channelsIn = (seats: readonly { readonly channel: Channel }[]): readonly Channel[] => seats.map(({ channel }) => channel);

const isFresh = (state: { readonly phase: string; readonly reason?: string }): boolean => state.phase === 'notReady' && state.reason === SIGNED_IN;

/** Whether whoever has the seats wants more work there, now or after what they do. */
const wantsMore = ({ phase, wish }: SeatsState): boolean => phase !== 'notReady' && phase !== 'loggedOut' && wish === null;

export const isMissed = (state: { readonly phase: string; readonly reason?: string }): boolean => state.phase === 'notReady' && state.reason === RONA;
