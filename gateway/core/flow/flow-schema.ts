import { z } from 'zod';
import { digitKey, languageSchema, nodeId, promptId, promptRefs, timersSchema, variableName, writtenValue, type Timers } from './fields.js';
import type { Language } from './flow-types.js';
import { nodeSchema, type FlowNode } from './node-schema.js';
import type { Dialling } from './dialling.js';
import type { OpeningHours } from './opening-hours.js';
import { promptSchema, type Prompt } from './prompt-schema.js';

const scalarType = z.enum(['text', 'digits', 'number', 'amount', 'date', 'time', 'boolean']);
const scalar = {
  type: scalarType,
  /** Shown to agents under this label. */
  label: z.string().min(1).max(60).optional(),
  /** Never leaves the flow in clear: masked on screens, in records and logs. */
  secret: z.boolean().default(false),
};
const fieldSchema = z.union([scalarType.transform((type) => ({ type, secret: false, optional: false, label: undefined })), z.strictObject({ ...scalar, optional: z.boolean().default(false) })]);
const variableSchema = z.discriminatedUnion('type', [
  z.strictObject({ ...scalar, initial: writtenValue.optional() }),
  z.strictObject({ type: z.literal('record'), fields: z.record(variableName, fieldSchema) }),
]);

/** A flow file as written, with defaults filled in. */
export const flowFileSchema = z.strictObject({
  purpose: z.string().min(1).max(1_000),
  owner: z.string().min(1).max(200),
  reviewBy: z.iso.date('a date such as 2027-06-01'),
  expect: z.string().min(1).max(1_000),
  /** The first one is spoken when nothing else is known. */
  languages: z.array(languageSchema).min(1).max(3),
  start: nodeId,
  /** Where a broken step leads (prompt that cannot be spoken, value that is missing): on to a person without asking anything. */
  error: nodeId,
  /** `first`: what is wrong just now is told before all else, unless an incident node stands somewhere. `none`: this flow tells of nothing. */
  incidents: z.enum(['first', 'none']).default('first'),
  /** Keys that lead out of every step. */
  anywhere: z.record(digitKey, nodeId).default({}),
  timers: timersSchema.default({}),
  /** Said when a back end is slow and the node names nothing else. */
  filler: promptRefs.optional(),
  vars: z.record(variableName, variableSchema).default({}),
  prompts: z.record(promptId, promptSchema).default({}),
  nodes: z.record(nodeId, nodeSchema),
});

export type FlowFile = z.infer<typeof flowFileSchema>;
export type Variable = z.infer<typeof variableSchema>;
export type ScalarVariable = Exclude<Variable, { type: 'record' }>;
export type RecordField = z.infer<typeof fieldSchema>;
export type ScalarType = z.infer<typeof scalarType>;

/** Milliseconds of the timers where neither node nor flow says otherwise. */
export const DEFAULT_TIMERS = { noInputMs: 6_000, interDigitMs: 3_000, totalMs: 30_000 } as const;

/** A flow that passed every check: what the interpreter runs. Made by `loadFlow` only. */
export interface Flow {
  /** The file's name without its ending. */
  readonly id: string;
  /** Hash of the content of the file and of the shared prompts. */
  readonly version: string;
  readonly purpose: string;
  readonly owner: string;
  readonly reviewBy: string;
  readonly expect: string;
  readonly languages: readonly Language[];
  readonly start: string;
  /** Where a run begins: what is wrong just now is told, then comes `start`. */
  readonly first: string;
  readonly error: string;
  readonly anywhere: ReadonlyMap<string, string>;
  readonly timers: Timers;
  readonly filler: readonly string[];
  readonly vars: ReadonlyMap<string, Variable>;
  readonly prompts: ReadonlyMap<string, Prompt>;
  readonly nodes: ReadonlyMap<string, FlowNode>;
  /** Opening hours of the contact centre by name. No part of the version: they change without a new one. */
  readonly hours: ReadonlyMap<string, OpeningHours>;
  /** Which numbers callers may have dialled; no part of the version either. */
  readonly dialling: Dialling;
  /** Every flow that is a part of this one, of its parts too, by id. */
  readonly subflows: ReadonlyMap<string, Flow>;
}
