import { z } from 'zod';
import { languageSchema } from '../flow/fields.js';
import type { Json } from '../ids.js';

/** Raised when the format changes in a way that older readers would misread; a release reads its own version. */
export const RECORDING_VERSION = 1;
/** The events of a longer recording are dropped, and the call is marked as not replayable. */
export const MAX_RECORDING_CHARACTERS = 64 * 1024;

const ms = z.number().nonnegative();
/** A node as its visits are counted: `menu`, or `balance/ask-pin` in a flow that is a part. */
const node = z.string().min(1).max(140);
const json: z.ZodType<Json> = z.json();
const values = z.record(z.string().max(60), json);

const incidentSchema = z.strictObject({
  id: z.string().max(64),
  from: ms,
  until: ms,
  /** Languages that it is told in; the words are not kept. */
  languages: z.array(languageSchema),
  services: z.array(z.string()),
  areas: z.array(z.string()),
  flows: z.array(z.string()),
});

/** What happened, in order. `at`: ms since the flow began. */
const eventSchema = z.discriminatedUnion('did', [
  /**
   * Keys that counted at a node: one, or those of one entry. A digit of a secret is `•`. `times`: when each counted, which is later than
   * it was pressed where it was typed ahead. `after`: ms of silence before the first, once the words were over; absent when it was pressed
   * during them or before. `out`: it led out of a node that only speaks or records, before or during its words, or out of the recording. `visit`: how often the call had come to
   * the node since the act before, where that is not once.
   */
  z.strictObject({ did: z.literal('keyed'), at: ms, node, keys: z.string().regex(/^[0-9*#•]{1,40}$/), times: z.array(ms).max(40), after: ms.optional(), out: z.enum(['before', 'during', 'recording']).optional(), visit: z.int().nonnegative().optional() }),
  /** Nothing was keyed in time. */
  z.strictObject({ did: z.literal('silent'), at: ms, node }),
  /** The caller's leg ended: by the caller, or lost. `spokeMs`: so long after a recording had begun. */
  z.strictObject({ did: z.literal('hungUp'), at: ms, node, by: z.enum(['caller', 'system']), spokeMs: ms.optional(), visit: z.int().nonnegative().optional() }),
  /** The caller's voice was recorded, `ms` long; null: that failed. */
  z.strictObject({ did: z.literal('recorded'), at: ms, node, ms: ms.nullable(), visit: z.int().nonnegative().optional() }),
  /** Words were heard for `ms`: to their end, or until a key `cut` them; null: they could not be played. `visit`: of the node in the call. */
  z.strictObject({ did: z.literal('said'), at: ms, node, visit: z.int().positive(), prompts: z.array(z.string()), ms: ms.nullable(), cut: z.literal(true).optional() }),
  /** A back end was asked. `tookMs` and `exit` null: no answer came while the flow ran. `result`: what the flow could see of it; absent when it looked at nothing. */
  z.strictObject({ did: z.literal('asked'), at: ms, node, call: z.string().max(100), with: values, tookMs: ms.nullable(), exit: z.string().max(40).nullable(), result: json.optional() }),
]);

const endSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('queue'), queue: z.string(), needs: z.array(z.strictObject({ skill: z.string(), minLevel: z.number() })), band: z.number().nullable(), reason: z.string().nullable() }),
  z.strictObject({ kind: z.literal('transfer'), target: z.string() }),
  z.strictObject({ kind: z.literal('hangup'), outcome: z.enum(['solved', 'told', 'failed', 'messageLeft', 'callbackBooked']) }),
  z.strictObject({ kind: z.literal('broken') }),
  z.strictObject({ kind: z.literal('callerLeft'), as: z.enum(['callbackBooked', 'messageLeft', 'solved', 'informed', 'unsolved']) }),
  z.strictObject({ kind: z.literal('lost') }),
]);

/**
 * The flow part of one call: what the caller keyed where and when, what the back ends answered, and how it ended. No audio; secrets are
 * masked. One line of a file of recordings.
 */
export const recordingSchema = z.strictObject({
  recording: z.literal(RECORDING_VERSION),
  callId: z.string().min(1).max(200),
  /** When the flow began, epoch ms. */
  at: ms,
  flow: z.string().regex(/^[a-z][a-z0-9-]{0,63}$/, 'a flow id'),
  version: z.string().max(40),
  ani: z.string().max(80).nullable(),
  dnis: z.string().max(80),
  language: languageSchema,
  /** Variables that were given from the start. */
  vars: values,
  /** What was known to be wrong when the call began. */
  incidents: z.array(incidentSchema),
  events: z.array(eventSchema),
  /** Every node that the call came to, in order. */
  way: z.array(node),
  end: endSchema,
  /** Why it cannot be replayed; its events and its way are left out then. */
  unusable: z.enum(['tooLarge', 'takenOver', 'unclear']).optional(),
});

export type Recording = z.infer<typeof recordingSchema>;
export type RecordedEvent = z.infer<typeof eventSchema>;
export type RecordedEnd = z.infer<typeof endSchema>;
export type Asked = Extract<RecordedEvent, { did: 'asked' }>;
/** What a caller did: the part of a recording that a replay repeats. */
export type Act = Extract<RecordedEvent, { did: 'keyed' | 'silent' | 'recorded' | 'hungUp' }>;

/** Reads one line of a file of recordings; or says what is wrong with it. */
export function readRecording(line: string): { readonly ok: true; readonly recording: Recording } | { readonly ok: false; readonly what: string; readonly fix: string } {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { ok: false, what: 'is no JSON', fix: 'keep one whole recording a line, as `vaxel flow recordings` prints them' };
  }
  const version = typeof value === 'object' && value !== null && 'recording' in value ? value.recording : undefined;
  if (version !== RECORDING_VERSION) {
    const what = version === undefined ? 'is no recording of a call' : `is a recording of format ${JSON.stringify(version)}, and this program reads format ${RECORDING_VERSION}`;
    return { ok: false, what, fix: 'export it again with `vaxel flow recordings`' };
  }
  const parsed = recordingSchema.safeParse(value);
  if (parsed.success) return { ok: true, recording: parsed.data };
  const issue = parsed.error.issues[0];
  return { ok: false, what: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not understood'}`, fix: 'export it again with `vaxel flow recordings`; a recording is not written by hand' };
}
