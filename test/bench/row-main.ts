import { ROWS } from './rows.js';

/** One row as a process of its own, so that no row runs in the heap and among the timers of another: `row-main.js <name> [quick]`. */
async function main([name = '', mode]: readonly string[]): Promise<void> {
  const row = ROWS.find(({ names }) => names[0] === name);
  if (row === undefined) throw new Error(`no row ${name}`);
  const { run } = await row.load();
  for (const result of await run({ isQuick: mode === 'quick' })) console.log(JSON.stringify(result));
}

// The exit handlers of what the row started run only on an orderly end.
process.once('SIGTERM', () => process.exit(143));
main(process.argv.slice(2)).then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
