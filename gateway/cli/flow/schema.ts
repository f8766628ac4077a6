import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { oneOf } from '../../core/meant.js';
import { makeFolder } from '../folder.js';
import { Output } from '../output.js';
import { jsonSchemaOf, SCHEMA_NAMES, schemaText } from './json-schemas.js';

export const SCHEMA_HELP = `vaxel flow schema [kind] [--out <file>]
  Prints the JSON Schema of a kind of file, so that an editor completes and
  underlines. Kinds (flow, where none is named):
  ${SCHEMA_NAMES.join(', ')}
  --all --out <folder> writes all of them, as ivr-flows/schema has them.`;

/** @returns 0, or 2 for wrong usage */
export async function schema(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: { out: { type: 'string' }, all: { type: 'boolean', default: false } } });
  const output = new Output(false);
  if (values.all) return values.out === undefined ? output.problem('--all: name a folder with --out') : writeAll(values.out, output);
  const [name = 'flow', ...more] = positionals;
  const json = more.length > 0 ? null : jsonSchemaOf(name);
  if (json === null) return output.problem(more[0] === undefined ? `there is no kind "${name}": ${oneOf(name, SCHEMA_NAMES)}` : `${more[0]}: that is too much, one kind is named at a time`);
  if (values.out === undefined) process.stdout.write(schemaText(json));
  else write(values.out, json, output);
  return 0;
}

function writeAll(folder: string, output: Output): number {
  for (const name of SCHEMA_NAMES) {
    const json = jsonSchemaOf(name);
    if (json !== null) write(join(folder, `${name}.json`), json, output);
  }
  return 0;
}

function write(file: string, json: Readonly<Record<string, unknown>>, output: Output): void {
  makeFolder(dirname(file), '--out');
  writeFileSync(file, schemaText(json));
  output.line({ event: 'written', file }, `wrote ${file}`);
}
