import { z } from 'zod';
import type { Language } from './flow-types.js';

/** Kinds of node that a later release brings: a file that uses one is refused with that reason, not as a typing error. */
export const LATER_KINDS: readonly string[] = ['record', 'hours', 'identify', 'incident', 'consent', 'callback', 'survey', 'subflow', 'share'];

export const MAX_PROMPT_CHARACTERS = 2_000;
const nodeId = z.string().regex(/^[a-z][a-z0-9-]{0,63}$/, 'a node id is lower case letters, digits and hyphens, beginning with a letter');
const promptId = z.string().regex(/^[a-z][a-z0-9-]{0,63}$/, 'a prompt id is lower case letters, digits and hyphens, beginning with a letter');
const slug = z.string().regex(/^[a-z][a-z0-9.-]{0,99}$/, 'lower case letters, digits, dots and hyphens, such as `invoice.extension`');
const variableName = z.string().regex(/^[a-z][A-Za-z0-9]{0,39}$/, 'a variable name is letters and digits, beginning with a lower case letter');
const digitKey = z.string().regex(/^[0-9*#]$/, 'a key is one of 0-9, * and #');
const languageSchema = z.enum(['sv', 'nb', 'en']);
const text = z.string().min(1).max(MAX_PROMPT_CHARACTERS);
const promptRefs = z.union([promptId.transform((id) => [id]), z.array(promptId).min(1).max(8)]);
/** `$invoice.id` refers to a variable, `$$x` is the text `$x`, anything else is the value itself. */
const value = z.union([z.string().max(500), z.number(), z.boolean()]);
const reference = z.string().regex(/^\$[a-z][A-Za-z0-9]*(\.[A-Za-z0-9-]+)*$/, 'a reference begins with $, such as `$invoice.status`');
const milliseconds = (least: number, most: number) => z.int().min(least).max(most);

export const promptSchema = z.strictObject({
  sv: text.optional(),
  nb: text.optional(),
  en: text.optional(),
  /** Whether a key stops it. Off for legal text: keys are kept until it has been heard. */
  bargeIn: z.boolean().default(true),
  /** Offers this language to callers of the others: spoken in it, and left out for a caller who already has it. */
  offers: languageSchema.optional(),
  /** Recorded files below `media/prompts` that win over speech. */
  files: z.strictObject({ sv: z.string().optional(), nb: z.string().optional(), en: z.string().optional() }).optional(),
});
export const promptFileSchema = z.strictObject({ prompts: z.record(promptId, promptSchema) });

const timersSchema = z.strictObject({
  /** From the end of the prompt to the first key. */
  noInputMs: milliseconds(1_000, 60_000).optional(),
  /** Between two keys of one entry. */
  interDigitMs: milliseconds(500, 20_000).optional(),
  /** From the first key to the end of the entry. */
  totalMs: milliseconds(2_000, 120_000).optional(),
});

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
  is: value.optional(),
  isNot: value.optional(),
  in: z.array(value).min(1).max(50).optional(),
  startsWith: value.optional(),
  lessThan: value.optional(),
  atMost: value.optional(),
  moreThan: value.optional(),
  atLeast: value.optional(),
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
    with: z.record(variableName, value).default({}),
    into: variableName.optional(),
    filler: promptRefs.optional(),
    exits: z.record(z.string().regex(/^[a-z][A-Za-z0-9]{0,39}$/, 'an exit is letters and digits'), nodeId),
  }),
  z.strictObject({ ...common, do: z.literal('branch'), when: z.array(conditionSchema).min(1).max(50), else: nodeId }),
  z.strictObject({
    ...common,
    do: z.literal('set'),
    values: z.record(variableName, value).default({}),
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

const scalarType = z.enum(['text', 'digits', 'number', 'amount', 'date', 'boolean']);
const scalar = {
  type: scalarType,
  /** Shown to agents under this label. */
  label: z.string().min(1).max(60).optional(),
  /** Never leaves the flow in clear: masked on screens, in records and logs. */
  secret: z.boolean().default(false),
};
const fieldSchema = z.union([scalarType.transform((type) => ({ type, secret: false, optional: false, label: undefined })), z.strictObject({ ...scalar, optional: z.boolean().default(false) })]);
const variableSchema = z.discriminatedUnion('type', [
  z.strictObject({ ...scalar, initial: value.optional() }),
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
export type FlowNode = z.infer<typeof nodeSchema>;
export type NodeOf<K extends FlowNode['do']> = Extract<FlowNode, { do: K }>;
export type InputNode = NodeOf<'menu' | 'collect' | 'confirm'>;
export type Prompt = z.infer<typeof promptSchema>;
export type Variable = z.infer<typeof variableSchema>;
export type ScalarVariable = Exclude<Variable, { type: 'record' }>;
export type RecordField = z.infer<typeof fieldSchema>;
export type Condition = z.infer<typeof conditionSchema>;
export type ConditionValue = z.infer<typeof value>;
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
  readonly error: string;
  readonly anywhere: ReadonlyMap<string, string>;
  readonly timers: FlowFile['timers'];
  readonly filler: readonly string[];
  readonly vars: ReadonlyMap<string, Variable>;
  readonly prompts: ReadonlyMap<string, Prompt>;
  readonly nodes: ReadonlyMap<string, FlowNode>;
}
