import type { Channel, ItemChannel } from '../../../gateway/core/acd/channels.js';
import { brand, type NodeId } from '../../../gateway/core/ids.js';
import { agentId, callId, rid, type House } from './house.js';

export const SLOTS: Readonly<Record<Channel, number>> = { voice: 1, chat: 3, email: 2, case: 1 };
export const BLOCKS: Readonly<Record<Channel, readonly Channel[]>> = { voice: ['chat', 'email'], chat: ['voice'], email: ['voice'], case: ['voice'] };
const BOTH: readonly Channel[] = ['voice', 'chat'];

/** What agents with seats in several channels do in a house, and their items. */
export function seated(house: () => House) {
  const signIn = async (name: string, channels = BOTH, blocks = BLOCKS, slots = SLOTS): Promise<void> => {
    for (const channel of channels) {
      const beside = channels.filter((other) => other !== channel);
      const seats = { channel, slots: slots[channel], blocks: blocks[channel].filter((other) => channels.includes(other)), beside };
      await house().queue.signIn({ requestId: rid(), agentId: agentId(name), skills: [{ skill: 'billing', level: 5 }], node: brand<NodeId>('n1'), seats });
    }
  };
  const seats = (name: string, channel: ItemChannel = 'chat') => house().queue.seatsState(agentId(name), channel);
  return {
    signIn,
    seats,
    /** Signs in and makes ready in each channel. */
    agent: async (name: string, channels = BOTH, blocks = BLOCKS): Promise<void> => {
      await signIn(name, channels, blocks);
      for (const channel of channels) await house().queue.ready({ requestId: rid(), agentId: agentId(name), channel });
    },
    item: (name: string, channel: ItemChannel = 'chat') => house().arrive(name, { billing: 1 }, { channel }),
    complete: (name: string, call: string, channel: Channel = 'chat') => house().queue.complete({ requestId: rid(), callId: callId(call), agentId: agentId(name), channel, wrapUpMs: 0 }),
    accept: async (name: string, channel: ItemChannel = 'chat'): Promise<string> => {
      const { offer } = await seats(name, channel);
      if (offer === null) throw new Error(`${name} has no offer`);
      await house().queue.accept({ requestId: rid(), offerId: offer.offerId });
      return offer.callId;
    },
  };
}
