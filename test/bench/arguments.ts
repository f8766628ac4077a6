import { parseArgs } from 'node:util';

export interface BenchArguments {
  readonly isJson: boolean;
  /** Small counts: shows that the rows work, not how fast anything is. */
  readonly isQuick: boolean;
  readonly only: readonly string[];
  readonly needsHelp: boolean;
}

export const HELP = `npm run bench -- [--json] [--only <prefix>]... [--quick]
  --json    one JSON object a line; without it a table
  --only    rows whose name begins so; may be repeated
  --quick   tiny counts, to try the rows; its figures mean nothing`;

/** Reads the command line. Throws with a sentence for the user when it is not understood. */
export function readArguments(args: readonly string[]): BenchArguments {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: [] },
      help: { type: 'boolean', default: false },
    },
  });
  return { isJson: values.json, isQuick: values.quick, only: values.only.flatMap((prefixes) => prefixes.split(',')), needsHelp: values.help };
}

/** Those that the prefixes choose; all without one. Throws when a prefix chooses nothing. */
export function chosen<T extends { readonly names: readonly string[] }>(rows: readonly T[], only: readonly string[]): readonly T[] {
  const begins = (row: T, prefix: string): boolean => row.names.some((name) => name.startsWith(prefix));
  const idle = only.find((prefix) => !rows.some((row) => begins(row, prefix)));
  if (idle !== undefined) throw new Error(`no row begins with "${idle}"; there are ${rows.flatMap((row) => row.names).join(', ')}`);
  return only.length === 0 ? rows : rows.filter((row) => only.some((prefix) => begins(row, prefix)));
}
