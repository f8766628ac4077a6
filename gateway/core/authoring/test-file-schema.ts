import { incidentSchema } from '../flow/incident.js';
import { z } from 'zod';

const languageSchema = z.enum(['sv', 'nb', 'en']);
const slug = z.string().regex(/^[a-z][a-z0-9-]{0,63}$/, 'lower case letters, digits and hyphens, beginning with a letter');
const promptId = slug.describe('A prompt of the flow, by its id.');
const operation = z.string().regex(/^[a-z][A-Za-z0-9]*\.[a-z][A-Za-z0-9]*$/, 'connector file and operation, such as `billing.extendInvoice`');
const name = z.string().regex(/^[a-z][A-Za-z0-9]{0,39}$/, 'letters and digits, beginning with a lower case letter');
const keys = z.string().regex(/^[0-9*#]{1,64}$/, 'keys in quotes, such as "471100#"');
const scalar = z.union([z.string().max(2_000), z.number(), z.boolean(), z.null()]);
const fields = z.record(name, scalar);

const MS_OF: Readonly<Record<string, number>> = { ms: 1, s: 1_000, min: 60_000 };
/** `7s`, `1.5s`, `500ms` or `2min`; in milliseconds once read. */
const duration = z
  .string('a time such as 7s, 500ms or 2min')
  .regex(/^\d{1,6}(\.\d{1,3})?(ms|s|min)$/, 'a time such as 7s, 500ms or 2min')
  .transform((text) => Math.round(Number.parseFloat(text) * (MS_OF[text.replace(/^[\d.]+/, '')] ?? 1)));

const answerFields = {
  exit: name.describe('One of the exits of the operation: ok, error, or another one that its connector file declares.').optional(),
  result: fields.describe('The fields that come with it, as the connector file declares them under response.').optional(),
  after: duration.describe('How long the back end takes. Left out: 50ms.').optional(),
  lost: z.literal(true).describe('No answer ever comes.').optional(),
};
const namedAnswer = z.strictObject({ like: slug.describe('Begins as this other answer; what is written here is changed.').optional(), ...answerFields });
/** A name of `answers`, an exit that needs no result, or the answer itself. */
const answerRef = z.union([z.string('the name of an answer').regex(/^[a-z][A-Za-z0-9-]{0,63}$/, 'the name of an answer or exit'), z.strictObject(answerFields, 'an answer such as { exit: notFound }')]);
const given = z
  .record(operation, z.union([answerRef, z.array(answerRef).min(1).max(50).describe('One answer for each call, in this order.')]))
  .describe('What the back ends answer, by operation: one answer for every call, or a list that is used in order. A call without an answer fails the test.');

const caller = z.strictObject({
  number: z.union([z.string().regex(/^\+[0-9]{3,20}$/, 'a number such as "+46701234567" (in quotes)'), z.literal('withheld', 'withheld')]).describe('Who calls; withheld when the number is not shown.').optional(),
  dialled: z.string().min(1).max(40).describe('The service number that was called.').optional(),
  language: languageSchema.describe('The language of the service number. Left out: the first of the flow.').optional(),
});

const step = z.union([
  z.union([keys, z.literal('hangUp')], 'keys in quotes, such as "471100#"').describe('Keys: the caller listens to the end, then presses them. hangUp: listens to the end, then hangs up.'),
  z.literal([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 'keys in quotes, such as "471100#"').describe('One key. More need quotes: YAML would drop leading zeros.'),
  z.strictObject({ wait: duration }, '{ wait: 7s }').describe('Listens to the end, then presses nothing for so long.'),
  z.strictObject({ early: keys, after: duration.describe('How long after the last step. Left out: at once.').optional() }, '{ early: "1", after: 2s }').describe('Presses keys without listening to the end.'),
  z.strictObject({ speak: duration, end: z.union([keys, z.literal('hangUp')]).describe('What the caller does right after the last word. Left out: is silent, which ends the message.').optional() }, '{ speak: 12s, end: "#" }').describe('Speaks for so long after the beep.'),
  z.strictObject({ hangUp: duration }, '{ hangUp: 3s }').describe('Hangs up so long after the last step, without listening to the end.'),
]);

const words = z.union([
  promptId,
  z.strictObject({ prompt: promptId.optional(), text: z.string().min(1).max(500).describe('Words that it contains.').optional(), language: languageSchema.optional() }, '{ prompt, text, language }').describe('What is said, by its prompt, by words in it, by its language, or by several of these.'),
]);

const done = z.union([
  z.enum(['never', 'once', 'twice']),
  z.int().min(0).max(100).describe('So many times.'),
  z.strictObject({
    times: z.int().min(0).max(100).describe('Left out: once, or once for each entry of with.').optional(),
    with: z.union([fields, z.array(fields).min(1).max(50)]).describe('The arguments: of every call, or a list with those of each call in order.').optional(),
  }, '{ times, with }'),
]);

const ended = z.union([
  z.strictObject({ queue: slug, reason: z.string().nullable().optional(), needs: z.record(z.string(), z.int()).describe('Skills with the least level, all of them.').optional(), band: z.int().optional(), agent: z.string().optional() }, '{ queue: billing }').describe('In a queue.'),
  z.strictObject({ transfer: z.string().min(1).max(200) }, '{ transfer: "+4677…" }').describe('Transferred to this number.'),
  z.strictObject({ hangup: z.enum(['solved', 'told', 'failed', 'messageLeft', 'callbackBooked']) }, '{ hangup: solved }').describe('The flow hung up.'),
  z.strictObject({ broken: z.literal(true) }, '{ broken: true }').describe('It broke, and its error way as well: the last resort of the number takes over.'),
  z.strictObject({ callerHungUp: z.enum(['solved', 'unsolved', 'messageLeft', 'callbackBooked']) }, '{ callerHungUp: solved }').describe('The caller hung up, with what they came for, without, or after they left a message or asked to be called back.'),
]);

const expectations = z.strictObject({
  said: z.array(words).min(1).describe('What the caller heard, in this order. Other words may come between.').optional(),
  saidOnly: z.array(words).min(1).describe('All that the caller heard, in this order, and nothing else.').optional(),
  neverSaid: z.array(words).min(1).describe('What the caller did not hear.').optional(),
  done: z.record(operation, done).describe('What back ends were asked to do: never, once, twice, a number, or with which arguments.').optional(),
  recorded: z
    .strictObject({
      reason: z.string().nullable().describe('Why the caller calls; null = nothing was stated.').optional(),
      solved: z.boolean().optional(),
      customer: z.union([z.null(), z.strictObject({ id: z.string().optional(), name: z.string().optional(), confidence: z.enum(['numberOnly', 'entered', 'verified']).optional() }, 'a customer with id, name or confidence')]).describe('Who calls; null = nobody is known.').optional(),
      sent: z.array(z.string().min(1).max(500)).describe('Receipts, by words in them, in this order.').optional(),
      answers: z.record(z.string(), z.int().nullable()).describe('Answers to a survey, by question; null = left unanswered.').optional(),
      consents: z.record(z.string(), z.boolean()).describe('What the caller consented to or not.').optional(),
      messages: z.array(duration).describe('Voice messages left, by their length, in this order; an empty list = none.').optional(),
      shown: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).describe('Values by their label, as agents see them; null = not shown.').optional(),
      language: languageSchema.optional(),
    })
    .describe('What agents and records see.')
    .optional(),
  at: slug.describe('The node at which the flow waits for the caller.').optional(),
  ended: ended.describe('How the flow ended.').optional(),
});

const testSchema = z.strictObject({
  caller: caller.describe('Changes what stands at the top.').optional(),
  clock: z.iso.datetime({ offset: true, error: 'a time with its zone, such as 2026-12-01T10:00:00+01:00' }).optional(),
  given: given.optional(),
  incidents: z.record(slug, incidentSchema).describe('What is wrong when the call begins, as in incidents.yaml.').optional(),
  vars: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).describe('First values of variables, as a flow gives them to a part.').optional(),
  unplayable: z.array(promptId).min(1).describe('Prompts that cannot be played.').optional(),
  unrecordable: z.literal(true).describe('No message can be recorded.').optional(),
  when: z.array(step).max(200).describe('What the caller does. Left out: listens.').default([]),
  then: expectations.describe('What must be true then.'),
});

/** A file of tests beside its flow: `<flow>.test.yaml`. */
export const testFileSchema = z.strictObject({
  caller: caller.describe('Who calls, in all tests.').default({}),
  clock: z.iso.datetime({ offset: true, error: 'a time with its zone, such as 2026-12-01T10:00:00+01:00' }).describe('When the call begins, in all tests.').default('2026-12-01T10:00:00+01:00'),
  answers: z.record(slug, namedAnswer).describe('Answers of back ends that several tests use, by a name.').default({}),
  given: given.default({}),
  tests: z.record(z.string().min(1).max(200), testSchema).describe('The tests, each under a sentence that says what is true.'),
});

export type TestFileText = z.infer<typeof testFileSchema>;
export type TestText = TestFileText['tests'][string];
export type TestStep = z.infer<typeof step>;
export type Words = z.infer<typeof words>;
export type Expectations = z.infer<typeof expectations>;
export type AnswerRef = z.infer<typeof answerRef>;
export type NamedAnswer = z.infer<typeof namedAnswer>;
export type Given = z.infer<typeof given>;
