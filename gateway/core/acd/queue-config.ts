import { z } from 'zod';
import type { Language } from '../flow/flow-types.js';
import type { QueueId } from '../ids.js';
import { callbackSchema, toCallbackConfig, type CallbackConfig } from './callback-config.js';
import type { SkillNeed } from './queue-types.js';
import { slug } from './slug.js';

const text = z.string().trim().min(1).max(200);
const level = z.int().min(1).max(10);
const band = z.int().min(0).max(511);
/** What the media server plays by itself. */
export const DEFAULT_MUSIC = 'default';
const LONGEST_WRAP_UP_MS = 180_000;
const waitSeconds = z.int().min(1).max(7_200);

const target = z.union(
  [z.literal('lastResort'), z.literal('callback'), z.strictObject({ queue: slug.transform((id) => id as QueueId) }), z.strictObject({ transfer: z.string().regex(/^(\+?[0-9]{3,20}|sips?:[^\s@]{1,64}@[^\s@]{1,255})$/, 'a number or a SIP address') })],
  'lastResort, callback, { queue: <id> } or { transfer: <number or SIP address> }',
);

/** One queue as written in the contact centre's file. */
export const queueSchema = z.strictObject({
  name: z.strictObject({ sv: text, nb: text, en: text }),
  needs: z.record(slug, level),
  /** Up to three, the first counts most. */
  prefer: z.record(slug, level).default({}),
  relax: z.array(z.strictObject({ afterSeconds: waitSeconds, drop: z.array(slug).max(10).default([]), lower: z.record(slug, level).default({}) })).max(8).default([]),
  ageing: z.array(z.strictObject({ afterSeconds: waitSeconds, band })).max(8).default([]),
  overflow: z
    .strictObject({
      closed: z.strictObject({ hours: slug, waiting: z.enum(['stay', 'leave']).default('stay'), to: target }).optional(),
      nobody: z.strictObject({ to: target }).optional(),
      length: z.strictObject({ over: z.int().min(1).max(100_000), to: target }).optional(),
      estimate: z.strictObject({ overSeconds: waitSeconds, to: target }).optional(),
      wait: z.strictObject({ overSeconds: waitSeconds, to: target }).optional(),
    })
    .default({}),
  callback: callbackSchema.prefault({}),
  /** So long after a connection broke while waiting or talking the place is kept for the number. */
  reconnectSeconds: z.int().min(0).max(7_200).default(300),
  band: band.default(100),
  ringTimeoutMs: z.int().min(3_000).max(120_000).default(15_000),
  wrapUpMs: z.int().min(0).max(3_600_000).default(30_000),
  /** With all the time that the agent asks for; left out: three minutes, or `wrapUpMs` where that is longer. */
  wrapUpLongestMs: z.int().min(0).max(3_600_000).optional(),
  announce: z
    .strictObject({
      /** A shared prompt in place of the usual words. */
      welcome: slug.optional(),
      position: z.boolean().default(true),
      wait: z.boolean().default(true),
      comfort: z.strictObject({ everySeconds: z.int().min(15).max(600), prompts: z.array(slug).min(1).max(10) }).optional(),
    })
    .prefault({}),
  /** Music in MUSIC_DIR, by its name. */
  music: slug.default(DEFAULT_MUSIC),
});

export type QueueFile = z.infer<typeof queueSchema>;
/** Where callers go instead of waiting here. */
export type OverflowTarget = z.infer<typeof target>;
export type OverflowRules = QueueFile['overflow'];
/** `operator`: not a rule of the queue, somebody said so. */
export type OverflowRule = 'operator' | 'closed' | 'nobody' | 'length' | 'estimate' | 'wait';

/** What no longer needs to be there once a caller has waited so long: skills that are dropped, levels that are lowered. */
export interface Relaxation {
  readonly afterMs: number;
  readonly drop: readonly string[];
  readonly lower: readonly SkillNeed[];
}

export interface QueueConfig {
  readonly id: QueueId;
  readonly names: Readonly<Record<Language, string>>;
  /** What every caller of this queue needs; a flow may add to it. */
  readonly needs: readonly SkillNeed[];
  /** Among idle agents who can, those with these skills are taken first; the first counts most. */
  readonly prefer: readonly SkillNeed[];
  readonly relax: readonly Relaxation[];
  /** The next priority band at set waits. */
  readonly ageing: readonly { readonly afterMs: number; readonly band: number }[];
  readonly overflow: OverflowRules;
  readonly callback: CallbackConfig;
  readonly reconnectMs: number;
  /** Priority band 0 (highest) to 511 unless the flow says another. */
  readonly band: number;
  readonly ringTimeoutMs: number;
  readonly wrapUpMs: number;
  /** At least `wrapUpMs`; no more than that where there is no wrap-up. */
  readonly wrapUpLongestMs: number;
  readonly announce: QueueFile['announce'];
  /** `default`, or the name of music in MUSIC_DIR. */
  readonly music: string;
}

export function toQueueConfig(id: string, { name, needs, prefer, relax, ageing, callback, reconnectSeconds, ...rest }: QueueFile): QueueConfig {
  return {
    ...rest,
    id: id as QueueId,
    names: name,
    needs: needsIn(needs),
    prefer: needsIn(prefer),
    relax: relax.map(({ afterSeconds, drop, lower }) => ({ afterMs: afterSeconds * 1_000, drop, lower: needsIn(lower) })),
    ageing: ageing.map((step) => ({ afterMs: step.afterSeconds * 1_000, band: step.band })),
    callback: toCallbackConfig(callback),
    reconnectMs: reconnectSeconds * 1_000,
    wrapUpLongestMs: rest.wrapUpMs === 0 ? 0 : Math.max(rest.wrapUpMs, rest.wrapUpLongestMs ?? LONGEST_WRAP_UP_MS),
  };
}

const needsIn = (levels: Readonly<Record<string, number>>): readonly SkillNeed[] => Object.entries(levels).map(([skill, minLevel]) => ({ skill, minLevel }));
