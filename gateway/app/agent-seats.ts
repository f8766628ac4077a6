import type { Channel, ChannelRules, ItemChannel } from '../core/acd/channels.js';
import type { AgentState, SeatsState, Strategy } from '../core/acd/queue-types.js';
import { failed, ok, type Result } from '../core/errors.js';
import type { AgentId, NodeId, RequestId } from '../core/ids.js';
import type { Queue } from '../ports/queue.js';
import type { DeskAgent } from './agent-tokens.js';

export interface AgentSeatsOptions {
  readonly queue: Pick<Queue, 'signIn' | 'ready' | 'notReady' | 'logout' | 'agentState' | 'seatsState'>;
  /** All agents of the contact centre, in the order of its file; read anew at every use. */
  readonly agents: () => readonly DeskAgent[];
  readonly centre: () => { readonly strategy: Strategy; readonly channels: ChannelRules };
  readonly node: NodeId;
  readonly newRequestId: () => RequestId;
}

const RONA = 'rona';

/**
 * An agent's seats in all channels, moved as one: who is ready is so in each of them, voice first. Each step is a script of its own; one
 * that fails leaves the rest to the agent's next wish.
 */
export class AgentSeats {
  constructor(private readonly options: AgentSeatsOptions) {}

  /** @returns the state of the voice seat */
  async signIn(agent: DeskAgent): Promise<Result<AgentState>> {
    const { queue, agents, centre, node } = this.options;
    const { strategy, channels: rules } = centre();
    const order = agents().findIndex(({ id }) => id === agent.id);
    const common = { skills: agent.skills, strategy, order, node };
    if (agent.channels.length === 1) return queue.signIn({ ...this.asked(agent.id), ...common });
    return this.inEach(agent.channels, (channel) => {
      const beside = agent.channels.filter((other) => other !== channel);
      const { slots, blocks } = rules[channel];
      return queue.signIn({ ...this.asked(agent.id), ...common, seats: { channel, slots, blocks: blocks.filter((other) => beside.includes(other)), beside } });
    });
  }

  ready(agentId: AgentId): Promise<Result<AgentState>> {
    return this.inEach(this.channelsOf(agentId), (channel) => this.options.queue.ready({ ...this.asked(agentId), channel }));
  }

  notReady(agentId: AgentId, reason: string): Promise<Result<AgentState>> {
    return this.inEach(this.channelsOf(agentId), (channel) => this.options.queue.notReady({ ...this.asked(agentId), channel, reason }));
  }

  logout(agentId: AgentId): Promise<Result<AgentState>> {
    return this.inEach(this.channelsOf(agentId), (channel) => this.options.queue.logout({ ...this.asked(agentId), channel }));
  }

  /** Whether something is offered or open in any channel. */
  async isBusy(agentId: AgentId): Promise<boolean> {
    const { phase } = await this.options.queue.agentState(agentId);
    if (phase === 'reserved' || phase === 'talking') return true;
    return (await this.items(agentId)).some(({ state }) => state.offer !== null || state.open.length > 0);
  }

  /** The agent's seats for items, channel by channel. */
  items(agentId: AgentId): Promise<readonly { readonly channel: ItemChannel; readonly state: SeatsState }[]> {
    const channels = this.channelsOf(agentId).filter((channel) => channel !== 'voice');
    return Promise.all(channels.map(async (channel) => ({ channel, state: await this.options.queue.seatsState(agentId, channel) })));
  }

  /** Nobody answered in one channel: nobody is there for the others either. */
  async missed(agentId: AgentId): Promise<void> {
    const { queue } = this.options;
    const lower = (channel: Channel) => queue.notReady({ ...this.asked(agentId), channel, reason: RONA });
    const isOpen = (phase: string): boolean => phase === 'ready' || phase === 'blocked';
    if (this.channelsOf(agentId).length > 1 && isOpen((await queue.agentState(agentId)).phase)) await lower('voice');
    for (const { channel, state } of await this.items(agentId)) if (isOpen(state.phase)) await lower(channel);
  }

  private channelsOf(agentId: AgentId): readonly Channel[] {
    return this.options.agents().find(({ id }) => id === agentId)?.channels ?? ['voice'];
  }

  private asked(agentId: AgentId): { readonly requestId: RequestId; readonly agentId: AgentId } {
    return { requestId: this.options.newRequestId(), agentId };
  }

  /** One after the other until one fails. The answer is that for voice. */
  private async inEach(channels: readonly Channel[], step: (channel: Channel) => Promise<Result<AgentState>>): Promise<Result<AgentState>> {
    let voice: AgentState | null = null;
    for (const channel of channels) {
      const done = await step(channel);
      if (!done.ok) return done;
      if (channel === 'voice') voice = done.value;
    }
    return voice === null ? failed('VG_AGENT_STATE', 'an agent has a voice seat') : ok(voice);
  }
}

export const isMissed = (state: { readonly phase: string; readonly reason?: string }): boolean => state.phase === 'notReady' && state.reason === RONA;
