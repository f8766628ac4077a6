import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { chosen, HELP, readArguments, type BenchArguments } from './arguments.js';
import type { BenchResult } from './bench-result.js';
import { ROWS, type Row } from './rows.js';

/** A row that is not done by then hangs. */
const ROW_LIMIT_MS = 240_000;

/** Runs the rows one after the other. @returns the exit status: 0 unless a row crashed, however slow anything is */
async function main(args: BenchArguments): Promise<number> {
  if (args.needsHelp) {
    console.log(HELP);
    return 0;
  }
  let status = 0;
  for (const row of chosen(ROWS, args.only)) if (!(await runRow(row, args))) status = 1;
  return status;
}

/** @returns whether the row came to its end */
async function runRow(row: Row, args: BenchArguments): Promise<boolean> {
  const [name = ''] = row.names;
  const child = spawn(process.execPath, [fileURLToPath(new URL('row-main.js', import.meta.url)), name, ...(args.isQuick ? ['quick'] : [])], { stdio: ['ignore', 'pipe', 'inherit'] });
  const stop = (): void => void child.kill('SIGTERM');
  const limit = setTimeout(stop, ROW_LIMIT_MS);
  process.once('SIGTERM', stop).once('SIGINT', stop);
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => console.log(args.isJson ? line : asText(JSON.parse(line) as BenchResult)));
  const [[code]] = (await Promise.all([once(child, 'exit'), once(lines, 'close')])) as [[number | null], unknown];
  clearTimeout(limit);
  process.off('SIGTERM', stop).off('SIGINT', stop);
  if (code !== 0) console.error(`${name}: ${code === null || code === 143 ? 'did not end' : `crashed with ${code}`}`);
  return code === 0;
}

function asText(result: BenchResult): string {
  const figure = result.ratio ?? result.value;
  const { verdict, ...rest } = result.detail;
  const head = [result.name.padEnd(18), String(figure ?? '-').padStart(9), result.unit.padEnd(44), `goal ${result.goal}`.padEnd(22), String(verdict ?? '')].join('  ');
  return [head, ...Object.entries(rest).map(([key, value]) => `${' '.repeat(20)}${key}: ${JSON.stringify(value)}`)].join('\n');
}

Promise.resolve()
  .then(() => main(readArguments(process.argv.slice(2))))
  .then(
    (status) => (process.exitCode = status),
    (error: unknown) => {
      console.error(error instanceof Error ? error.message : String(error));
      process.exitCode = 2;
    },
  );
