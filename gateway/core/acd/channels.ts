import { brand, type AgentId, type QueueId } from '../ids.js';

/** What is distributed. A seat of one channel never takes the work of another; a callback is a call. */
export const CHANNELS = ['voice', 'chat', 'email', 'case'] as const;
export type Channel = (typeof CHANNELS)[number];
/** Channels whose work other systems hand in. */
export type ItemChannel = Exclude<Channel, 'voice'>;
export const ITEM_CHANNELS = ['chat', 'email', 'case'] as const satisfies readonly ItemChannel[];

/** How much of a channel one agent takes at a time, and beside what. */
export interface ChannelRule {
  readonly slots: number;
  /** Channels whose seats get nothing while one of this channel is busy. */
  readonly blocks: readonly Channel[];
  /** How long an offer stands before it goes on to another agent. A queue has its own for calls. */
  readonly offerMs: number;
}
export type ChannelRules = Readonly<Record<Channel, ChannelRule>>;

/** An agent, or a queue, in one channel. The scripts know voice by the plain name, others as `anna/chat`, `billing/chat`. */
export const inChannel = (name: string, channel: Channel): string => (channel === 'voice' ? name : `${name}/${channel}`);

/** The other way round. */
export function ofChannel(text: string): { readonly name: string; readonly channel: Channel } {
  const at = text.lastIndexOf('/');
  const channel = CHANNELS.find((one) => one === text.slice(at + 1));
  return at < 0 || channel === undefined ? { name: text, channel: 'voice' } : { name: text.slice(0, at), channel };
}

export function agentIn(text: string): { readonly agentId: AgentId; readonly channel: Channel } {
  const { name, channel } = ofChannel(text);
  return { agentId: brand(name), channel };
}

export function queueIn(text: string): { readonly queue: QueueId; readonly channel: Channel } {
  const { name, channel } = ofChannel(text);
  return { queue: brand(name), channel };
}
