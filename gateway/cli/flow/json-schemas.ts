import { z } from 'zod';
import { connectorFileSchema } from '../../adapters/connectors/connector-file.js';
import { speechFileSchema } from '../../adapters/speech/speech-file.js';
import { contactCentreSchema } from '../../core/acd/contact-centre.js';
import { testFileSchema } from '../../core/authoring/test-file-schema.js';
import { flowFileSchema } from '../../core/flow/flow-schema.js';
import { CENTRE_WORDS } from './centre-words.js';
import { FIELD_WORDS } from './field-words.js';
import { promptFileSchema } from '../../core/flow/prompt-schema.js';

/** Files that authors write, each with the schema that checks it. */
const FILES: Readonly<Record<string, { readonly title: string; readonly schema: z.ZodType }>> = {
  flow: { title: 'A flow', schema: flowFileSchema },
  prompts: { title: 'Prompts that several flows share', schema: promptFileSchema },
  connector: { title: "A connector: one of the customer's systems", schema: connectorFileSchema },
  speech: { title: 'The service that speaks', schema: speechFileSchema },
  // Its root takes any key, so that the loader can say which are known; an editor is to underline the others.
  'contact-centre': { title: 'The contact centre', schema: z.strictObject(contactCentreSchema.shape) },
  'flow-test': { title: 'Tests of a flow', schema: testFileSchema },
};

export const SCHEMA_NAMES: readonly string[] = Object.keys(FILES);

/** A JSON Schema (2020-12) of the file as it is written, from the very schema that loads it; null when there is no such file. */
export function jsonSchemaOf(name: string): Readonly<Record<string, unknown>> | null {
  const file = Object.hasOwn(FILES, name) ? FILES[name] : undefined;
  if (file === undefined) return null;
  const { $schema, ...rest } = z.toJSONSchema(file.schema, { io: 'input', unrepresentable: 'any', override: ({ zodSchema, jsonSchema }) => void fillIn(zodSchema, jsonSchema) });
  describeFields(rest, { file: name, parent: '' });
  return { $schema, title: file.title, ...rest };
}

type Json = z.core.JSONSchema.BaseSchema;

/** Says what each field means where the schema does not say it. A node's fields are those of its kind. */
function describeFields(json: Json, { file, parent }: { readonly file: string; readonly parent: string }): void {
  const kind = json.properties?.['do'];
  const within = typeof kind === 'object' && typeof kind.const === 'string' ? kind.const : parent;
  for (const [name, field] of Object.entries(json.properties ?? {})) {
    if (typeof field !== 'object') continue;
    const words = wordsOf(file, [`${within}.${name}`, `${file}:${name}`, name]);
    if (field.description === undefined && words !== undefined) field.description = words;
    describeFields(field, { file, parent: name });
  }
  for (const inner of [json.items, json.additionalProperties, ...(json.anyOf ?? []), ...(json.oneOf ?? []), ...(json.allOf ?? [])].flat()) if (typeof inner === 'object') describeFields(inner, { file, parent });
}

function wordsOf(file: string, keys: readonly string[]): string | undefined {
  const known = file === 'contact-centre' ? { ...FIELD_WORDS, ...CENTRE_WORDS } : FIELD_WORDS;
  return keys.map((key) => known[key]).find((words) => words !== undefined);
}

/** What zod cannot know: a value that is coerced to text (`{ yes: 1 }`) may be written as a number too. */
function fillIn(schema: z.core.$ZodTypes, json: z.core.JSONSchema.BaseSchema): void {
  const { def } = schema._zod;
  if (def.type === 'string' && 'coerce' in def && def.coerce === true) json.type = ['string', 'number'] as never;
}

/** As it stands in a file. */
export const schemaText = (schema: Readonly<Record<string, unknown>>): string => `${JSON.stringify(schema, null, 2)}\n`;
