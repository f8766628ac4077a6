import { z } from 'zod';
import { CHANNELS, ITEM_CHANNELS, type Channel, type ChannelRule, type ChannelRules } from './channels.js';

const blocks = z.array(z.enum(CHANNELS)).max(CHANNELS.length);
const rule = (slots: number) =>
  z
    .strictObject({
      /** As much of it one agent has open at a time. */
      slots: z.int().min(1).max(20).default(slots),
      blocks: blocks.default(['voice']),
      offerSeconds: z.int().min(5).max(3_600).default(30),
    })
    .prefault({});

/** The channels as written in the contact centre's file: without a word there it is one call, or three chats, or one e-mail, or one case. */
export const channelsSchema = z
  .strictObject({ voice: z.strictObject({ blocks: blocks.default([...ITEM_CHANNELS]) }).prefault({}), chat: rule(3), email: rule(1), case: rule(1) })
  .prefault({});

export function toChannelRules({ voice, ...items }: z.infer<typeof channelsSchema>): ChannelRules {
  const toRule = (channel: Channel, { slots, blocks: others, offerSeconds }: { readonly slots: number; readonly blocks: readonly Channel[]; readonly offerSeconds: number }): ChannelRule => ({
    slots,
    // Its own slots are what limits a channel.
    blocks: others.filter((other) => other !== channel),
    offerMs: offerSeconds * 1_000,
  });
  return { voice: toRule('voice', { slots: 1, blocks: voice.blocks, offerSeconds: 0 }), chat: toRule('chat', items.chat), email: toRule('email', items.email), case: toRule('case', items.case) };
}
