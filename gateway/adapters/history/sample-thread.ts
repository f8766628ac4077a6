import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { interactionSchema, type Interaction } from '../../core/thread/interaction.js';

const HOUR_MS = 3_600_000;

const sampleSchema = z.strictObject({
  id: z.string().min(1),
  hoursAgo: z.number().positive(),
  channel: z.enum(['phone', 'web', 'chat', 'email', 'sms', 'note']),
  direction: z.enum(['in', 'out']).default('in'),
  summary: z.string().min(1),
  reason: z.string().optional(),
  result: z.string().optional(),
  agent: z.string().optional(),
  note: z.string().optional(),
});

const fileSchema = z.strictObject({
  customer: z.string().min(1),
  number: z.string().min(1),
  source: z.string().min(1),
  entries: z.array(sampleSchema).min(1),
});

const TYPES = {
  phone: 'vaxel.phone.call',
  web: 'vaxel.web.visit',
  chat: 'vaxel.chat.dialogue',
  email: 'vaxel.email.message',
  sms: 'vaxel.sms.message',
  note: 'vaxel.note',
} as const;

/** Reads the demo customer's earlier interactions; their times count back from `now`. Throws an Error that names file and field. */
export async function readSamples(file: string, now: number): Promise<readonly Interaction[]> {
  const parsed = fileSchema.safeParse(parse(await readFile(file, 'utf8')));
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new Error(`${basename(file)}: ${issue?.path.join('.')}: ${issue?.message ?? 'not understood'}`);
  }
  const { customer, number, source, entries } = parsed.data;
  return entries.map(({ id, hoursAgo, channel, ...data }) =>
    interactionSchema.parse({
      specversion: '1.0',
      id: `sample:${id}`,
      source,
      type: TYPES[channel],
      subject: customer,
      time: new Date(now - hoursAgo * HOUR_MS).toISOString(),
      data: { channel, number, ...data },
    }),
  );
}
