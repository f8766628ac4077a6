import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { jsonSchemaOf, SCHEMA_NAMES, schemaText } from '../../../gateway/cli/flow/json-schemas.js';
import { schema } from '../../../gateway/cli/flow/schema.js';
import { projectFile } from '../../../gateway/project.js';
import { listSamples, readSample } from '../../ivr-flows/sample-files.js';
import { printed } from './printed.js';

/** A validator that shares no code with the schemas' own library: what it says is what an editor says. */
const validators = new Map(SCHEMA_NAMES.map((name) => [name, new Ajv2020({ allErrors: true, validateFormats: false, allowUnionTypes: true }).compile(jsonSchemaOf(name) ?? {})]));

function complaints(name: string, value: unknown): readonly string[] {
  const validate = validators.get(name);
  if (validate === undefined) throw new Error(`no schema ${name}`);
  return validate(value) ? [] : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ''}`);
}

/** Fields without a word of help. What a field must be anyway (`do: menu`) needs none. */
function undescribed(json: unknown, path: string): readonly string[] {
  if (typeof json !== 'object' || json === null) return [];
  const { properties, ...rest } = json as { readonly properties?: Readonly<Record<string, { readonly description?: string; readonly const?: unknown }>> };
  const own = Object.entries(properties ?? {}).flatMap(([name, field]) => [...(field.description === undefined && field.const === undefined ? [`${path}.${name}`] : []), ...undescribed(field, `${path}.${name}`)]);
  return [...own, ...Object.values(rest).flatMap((inner) => (Array.isArray(inner) ? inner.flatMap((one) => undescribed(one, path)) : undescribed(inner, path)))];
}

describe('the JSON Schemas', () => {
  it.each(SCHEMA_NAMES)('ivr-flows/schema/%s.json is up to date (if not: npx vaxel flow schema --all --out ivr-flows/schema)', (name) => {
    expect(readFileSync(projectFile('ivr-flows', 'schema', `${name}.json`), 'utf8')).toBe(schemaText(jsonSchemaOf(name) ?? {}));
  });

  const files = [
    ...listSamples('flows/').map((file) => ['flow', file] as const),
    ...listSamples('flows/').map((file) => ['flow-test', file.replace('.yaml', '.test.yaml')] as const),
    ...listSamples('prompts/').map((file) => ['prompts', file] as const),
    ...listSamples('connectors/').map((file) => ['connector', file] as const),
  ];
  it.each(files)('as an editor reads it, the schema %s accepts %s', (name, file) => {
    expect(complaints(name, parse(readSample(file)))).toEqual([]);
  });

  it.each(files)('the first line of a file names the schema %s: %s', (name, file) => {
    expect(readSample(file).split('\n')[0]).toBe(`# yaml-language-server: $schema=../schema/${name}.json`);
  });

  it('as an editor reads it, the schema contact-centre accepts contact-centre.yaml, whose first line names it', () => {
    const text = readSample('contact-centre.yaml');
    expect(complaints('contact-centre', parse(text))).toEqual([]);
    expect(text.split('\n')[0]).toBe('# yaml-language-server: $schema=schema/contact-centre.json');
  });

  it.each([
    ['contact-centre', 'contact-centre.yaml', 'strategy: longestIdle', 'strategy: longest'],
    ['contact-centre', 'contact-centre.yaml', 'skills: { billing: 4,', 'skils: { billing: 4,'],
    ['contact-centre', 'contact-centre.yaml', 'trunks:', 'trunk:'],
    ['contact-centre', 'contact-centre.yaml', 'country: 46', 'country: Sweden'],
    ['flow', 'flows/invoice-extension.yaml', 'owner: billing-self-service', 'ownr: billing-self-service'],
    ['flow', 'flows/invoice-extension.yaml', 'do: say, prompt: welcome', 'do: sing, prompt: welcome'],
    ['flow', 'flows/own-invoice.yaml', 'max: 12', 'max: twelve'],
    ['flow', 'flows/invoice-extension.yaml', 'keys: { 1: main, 2: goodbye }', 'keys: { one: again }'],
    ['flow', 'flows/invoice-extension.yaml', 'retries: 0', 'retries: 9'],
    ['flow-test', 'flows/invoice-extension.test.yaml', 'hangUp]', 'hangup]'],
    ['flow-test', 'flows/invoice-extension.test.yaml', '{ wait: 5s }', '{ wait: 5 }'],
    ['connector', 'connectors/billing.yaml', 'method: GET', 'method: FETCH'],
    ['prompts', 'prompts/common.yaml', 'offers: sv', 'offers: da'],
  ])('%s underlines a slip: %s, %s → %s', (name, file, right, wrong) => {
    const text = readSample(file);
    expect(text).toContain(right);
    expect(complaints(name, parse(text.replace(right, wrong)))).not.toEqual([]);
  });

  it.each(SCHEMA_NAMES)('%s says of every field what it means, so that editors show it', (name) => {
    expect(undescribed(jsonSchemaOf(name) ?? {}, name)).toEqual([]);
  });

  it('describe the fields of tests where editors show it', () => {
    expect(schemaText(jsonSchemaOf('flow-test') ?? {})).toContain('"description": "What back ends were asked to do: never, once, twice, a number, or with which arguments."');
  });
});

it('vaxel flow schema refuses a kind of file that it does not know', async () => {
  expect(await printed(schema, 'song')).toMatchObject({ status: 2, text: expect.stringContaining('there is no kind "song": use one of flow, prompts, connector, speech, contact-centre, flow-test') as string });
});
