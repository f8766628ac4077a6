import { z } from 'zod';
import { digitKey, languageSchema, nodeId, operationName, promptId, promptRefs, reference, slug, timersSchema, variableName, writtenValue } from './fields.js';

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

const exitName = z.string().regex(/^[a-z][A-Za-z0-9]{0,39}$/, 'an exit is letters and digits');
const backEnd = {
  call: operationName,
  with: z.record(variableName, writtenValue).default({}),
  into: variableName.optional(),
  filler: promptRefs.optional(),
  exits: z.record(exitName, nodeId),
};
const yesAndNo = z.strictObject({ yes: z.coerce.string().pipe(digitKey), no: z.coerce.string().pipe(digitKey) }).default({ yes: '1', no: '2' });
const digitNumber = z.int().min(0).max(9);
const key = z.coerce.string().pipe(digitKey);
/** `true`: the shared prompt `review-message`, and the keys as below. */
const reviewSchema = z.union([
  z.boolean().transform((isWanted) => (isWanted ? { prompt: ['review-message'], keys: { listen: '1', again: '2', send: '3' } } : undefined)),
  z.strictObject({ prompt: promptRefs, keys: z.strictObject({ listen: key, again: key, send: key }).default({ listen: '1', again: '2', send: '3' }) }),
]);

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

/** Whom the caller needs. `skill` may hold templates, such as `language-{{language}}`. */
const needsSchema = z.array(z.strictObject({ skill: z.string().min(1).max(100), minLevel: z.int().min(1).max(10).default(1) })).max(10).default([]);
/** Who is waited for first: `last` = whoever spoke to the customer last; a variable that holds an agent's id; an agent's id. */
const wantedAgent = z.string().regex(/^(\$[a-z][A-Za-z0-9]*(\.[A-Za-z0-9-]+)*|[a-z][a-z0-9-]{0,39})$/, '`last`, a variable such as `$case.owner`, or the id of an agent').optional();
/** So long the caller waits for that agent alone. Left out: 30. */
const agentForSeconds = z.int().min(1).max(3_600).optional();
const queueId = z.string().regex(/^[a-z][a-z0-9-]{0,63}$/, 'a queue id is lower case letters, digits and hyphens');

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
    keys: yesAndNo,
    yes: nodeId,
    no: nodeId,
  }),
  z.strictObject({
    ...common,
    do: z.literal('connector'),
    ...backEnd,
    /** Sent to the caller once the back end said `ok`: what was done, in writing. */
    receipt: z.strictObject({ prompt: promptId, channel: z.enum(['sms', 'email']) }).optional(),
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
  z.strictObject({
    ...common,
    do: z.literal('hours'),
    /** Opening hours of the contact centre, by name. */
    of: z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, 'opening hours as named in the contact centre file'),
    open: nodeId,
    closed: nodeId,
    /** On a public holiday; left out: as closed. */
    holiday: nodeId.optional(),
  }),
  z.strictObject({
    ...common,
    do: z.literal('language'),
    to: languageSchema.optional(),
    /** A preference that is stored somewhere; one that the flow does not speak changes nothing. */
    from: reference.optional(),
    /** By the beginning of the calling number, the longest first. */
    byNumber: z.record(z.string().regex(/^\+\d{1,15}$/, 'the beginning of a number, such as "+47"'), languageSchema).optional(),
    next: nodeId,
  }),
  z.strictObject({
    ...common,
    do: z.literal('share'),
    /** Of the callers, in percent; the same caller always goes the same way. */
    percent: z.number().min(0).max(100),
    to: nodeId,
    else: nodeId,
  }),
  z.strictObject({ ...common, ...input, do: z.literal('consent'), /** What is consented to, such as `recording`. */ to: slug, prompt: promptRefs, keys: yesAndNo, yes: nodeId, no: nodeId }),
  z.strictObject({
    ...common,
    do: z.literal('survey'),
    questions: z.array(z.strictObject({ id: variableName, prompt: promptRefs, lowest: digitNumber.default(1), highest: digitNumber.default(5) })).min(1).max(3),
    timers: timersSchema.optional(),
    /** A question that stays unanswered is left out. */
    retries: z.int().min(0).max(2).default(0),
    noMatch: promptRefs.optional(),
    next: nodeId,
  }),
  z.strictObject({
    ...common,
    do: z.literal('identify'),
    by: z.enum(['number', 'customerNumber', 'pin', 'code']),
    ...backEnd,
    /** Who it is once the back end says `ok`. */
    customer: z.strictObject({ id: reference, name: reference }).optional(),
    prompt: promptRefs.optional(),
    min: z.int().min(1).max(32).default(1),
    max: z.int().min(1).max(32).optional(),
    terminator: z.enum(['#', 'none']).default('#'),
    timers: timersSchema.optional(),
    /** Exits that mean "that was wrong": asked again until the attempts are used up. */
    wrong: z.strictObject({ exits: z.array(exitName).min(1).max(5), prompt: promptRefs, attempts: z.int().min(1).max(5).default(3) }).optional(),
    noInput: retrySchema.optional(),
    noMatch: retrySchema.optional(),
  }),
  z.strictObject({
    ...common,
    do: z.literal('incident'),
    /** Services that this flow is about; left out: all incidents that name no service. */
    services: z.array(slug).min(1).max(20).optional(),
    /** Where the caller is, such as a postcode; incidents of other areas are left out. */
    area: reference.optional(),
    next: nodeId,
  }),
  z.strictObject({
    ...common,
    do: z.literal('subflow'),
    flow: z.string().regex(/^[a-z][a-z0-9-]{0,63}$/, 'the id of a flow'),
    /** First values of the other flow's variables. */
    with: z.record(variableName, writtenValue).default({}),
    /** Own variable: the other flow's variable that it takes its value from on return. */
    into: z.record(variableName, variableName).default({}),
    exits: z.record(exitName, nodeId),
  }),
  z.strictObject({ ...common, do: z.literal('return'), exit: exitName }),
  z.strictObject({
    ...common,
    do: z.literal('record'),
    /** Played first; then comes a beep. */
    prompt: promptRefs,
    maxSeconds: z.int().min(5).max(600).default(120),
    /** So much silence ends the message. */
    silenceSeconds: z.int().min(1).max(20).default(4),
    terminator: z.enum(['#', '*', 'none']).default('#'),
    /** Less than that is no message. */
    minSeconds: z.number().min(0.5).max(30).default(2),
    /** Whether the caller may listen again and record again before it is sent. */
    review: reviewSchema.optional(),
    timers: timersSchema.optional(),
    /** A record variable with the fields `id: text` and `seconds: number`. */
    into: variableName.optional(),
    next: nodeId,
    /** Where nothing was said. */
    empty: nodeId,
    /** Where it cannot be recorded. */
    failed: nodeId,
  }),
  z.strictObject({
    ...common,
    do: z.literal('queue'),
    prompt: promptRefs.optional(),
    queue: queueId,
    needs: needsSchema,
    /** Left out: the queue's own. */
    band: z.int().min(0).max(511).optional(),
    agent: wantedAgent,
    agentForSeconds,
  }),
  z.strictObject({
    ...common,
    ...input,
    do: z.literal('callback'),
    /** Asks whether the number in `into` is right; it may be said as `{{number|digits}}`. */
    prompt: promptRefs,
    /** Asks for a number, ended by #. */
    enter: promptRefs,
    keys: z.strictObject({ confirm: key, other: key, refuse: key }).default({ confirm: '1', other: '2', refuse: '3' }),
    /** Holds the number that is asked about: the caller's own, then what they key. */
    into: variableName,
    queue: queueId,
    needs: needsSchema,
    /** Left out: the queue's own. */
    band: z.int().min(0).max(511).optional(),
    agent: wantedAgent,
    agentForSeconds,
    confirmed: nodeId,
    refused: nodeId,
  }),
  z.strictObject({ ...common, do: z.literal('transfer'), prompt: promptRefs.optional(), to: z.string().min(1).max(200), /** SIP headers that tell the other side about the call; values may hold templates. */ headers: z.record(z.string().regex(/^X-[A-Za-z0-9-]{1,60}$/, 'a header such as X-Reason'), z.string().min(1).max(200)).default({}) }),
  z.strictObject({ ...common, do: z.literal('hangup'), prompt: promptRefs.optional(), /** Left out: solved when a node before said so, else told. */ outcome: z.enum(['solved', 'told', 'failed']).optional() }),
] as const;
export const nodeSchema = z.discriminatedUnion('do', kinds);
export const NODE_KINDS: readonly string[] = kinds.map((kind) => kind.shape.do.value);

export type FlowNode = z.infer<typeof nodeSchema>;
export type KindName = FlowNode['do'];
export type NodeOf<K extends KindName> = Extract<FlowNode, { do: K }>;
export type Condition = z.infer<typeof conditionSchema>;
export type Retry = z.infer<typeof retrySchema>;
