import { z } from 'zod';
import { digitKey, languageSchema, nodeId, promptRefs, reference, slug, timersSchema, variableName, writtenValue } from './fields.js';

/** Kinds of node that a later release brings: a file that uses one is refused with that reason, not as a typing error. */
export const LATER_KINDS: readonly string[] = ['record', 'hours', 'identify', 'incident', 'consent', 'callback', 'survey', 'subflow', 'share'];

const retrySchema = z.strictObject({
  retries: z.int().min(0).max(5).default(2),
  /** Said before the node's own prompt is repeated. */
  prompt: promptRefs.optional(),
  next: nodeId,
});

const common = {
  note: z.string().max(500).optional(),
  /** Why the caller calls, once they have come here. */
  reason: slug.optional(),
  /** The caller got what they came for once they have come here; hanging up afterwards counts as served. */
  solved: z.boolean().optional(),
};
const input = { timers: timersSchema.optional(), typeAhead: z.enum(['keep', 'flush']).default('keep'), noInput: retrySchema, noMatch: retrySchema };

const conditionSchema = z.strictObject({
  value: reference,
  is: writtenValue.optional(),
  isNot: writtenValue.optional(),
  in: z.array(writtenValue).min(1).max(50).optional(),
  startsWith: writtenValue.optional(),
  lessThan: writtenValue.optional(),
  atMost: writtenValue.optional(),
  moreThan: writtenValue.optional(),
  atLeast: writtenValue.optional(),
  isSet: z.boolean().optional(),
  next: nodeId,
});

const kinds = [
  z.strictObject({ ...common, do: z.literal('say'), prompt: promptRefs, next: nodeId }),
  z.strictObject({ ...common, ...input, do: z.literal('menu'), prompt: promptRefs.optional(), keys: z.record(digitKey, nodeId) }),
  z.strictObject({
    ...common,
    ...input,
    do: z.literal('collect'),
    prompt: promptRefs.optional(),
    into: variableName,
    min: z.int().min(1).max(32).default(1),
    max: z.int().min(1).max(32),
    terminator: z.enum(['#', 'none']).default('#'),
    /** Values may begin with an `anywhere` key: then that key exits only when it stays alone. */
    mayStartWithAnywhere: z.boolean().default(false),
    next: nodeId,
  }),
  z.strictObject({
    ...common,
    ...input,
    do: z.literal('confirm'),
    prompt: promptRefs,
    keys: z.strictObject({ yes: z.coerce.string().pipe(digitKey), no: z.coerce.string().pipe(digitKey) }).default({ yes: '1', no: '2' }),
    yes: nodeId,
    no: nodeId,
  }),
  z.strictObject({
    ...common,
    do: z.literal('connector'),
    call: z.string().regex(/^[a-z][A-Za-z0-9]*\.[a-z][A-Za-z0-9]*$/, 'connector file and operation, such as `billing.extendInvoice`'),
    with: z.record(variableName, writtenValue).default({}),
    into: variableName.optional(),
    filler: promptRefs.optional(),
    exits: z.record(z.string().regex(/^[a-z][A-Za-z0-9]{0,39}$/, 'an exit is letters and digits'), nodeId),
  }),
  z.strictObject({ ...common, do: z.literal('branch'), when: z.array(conditionSchema).min(1).max(50), else: nodeId }),
  z.strictObject({
    ...common,
    do: z.literal('set'),
    values: z.record(variableName, writtenValue).default({}),
    /** Tells the rest of the call who is calling. */
    customer: z.strictObject({ id: reference, name: reference, confidence: z.enum(['numberOnly', 'entered', 'verified']) }).optional(),
    next: nodeId,
  }),
  z.strictObject({ ...common, do: z.literal('language'), to: languageSchema, next: nodeId }),
  z.strictObject({
    ...common,
    do: z.literal('queue'),
    prompt: promptRefs.optional(),
    queue: z.string().regex(/^[a-z][a-z0-9-]{0,63}$/, 'a queue id is lower case letters, digits and hyphens'),
    /** `skill` may hold templates, such as `language-{{language}}`. */
    needs: z.array(z.strictObject({ skill: z.string().min(1).max(100), minLevel: z.int().min(1).max(10).default(1) })).max(10).default([]),
    band: z.int().min(0).max(511).default(256),
  }),
  z.strictObject({ ...common, do: z.literal('transfer'), prompt: promptRefs.optional(), to: z.string().min(1).max(200) }),
  z.strictObject({ ...common, do: z.literal('hangup'), prompt: promptRefs.optional(), /** Left out: solved when a node before said so, else told. */ outcome: z.enum(['solved', 'told', 'failed']).optional() }),
] as const;
export const nodeSchema = z.discriminatedUnion('do', kinds);
export const NODE_KINDS: readonly string[] = kinds.map((kind) => kind.shape.do.value);

export type FlowNode = z.infer<typeof nodeSchema>;
export type KindName = FlowNode['do'];
export type NodeOf<K extends KindName> = Extract<FlowNode, { do: K }>;
export type Condition = z.infer<typeof conditionSchema>;
export type Retry = z.infer<typeof retrySchema>;
