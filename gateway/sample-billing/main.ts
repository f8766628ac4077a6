import { startProgram } from './program.js';

/**
 * The sample billing service as a program of its own.
 *   PORT (0 = any free one), DATA_DIR (default var/billing), SAMPLE_DATA (another data file).
 * Prints one line `{"event":"ready","url":…,"demo":{"invoice":…,"number":…}}`. Ends on SIGTERM or SIGINT, and with VAXEL_PARENT=1 when its standard input closes.
 */
try {
  const program = await startProgram({ environment: process.env, stdin: process.stdin, print: (line) => process.stdout.write(`${line}\n`) });
  process.on('SIGTERM', () => program.stop());
  process.on('SIGINT', () => program.stop());
  await program.stopped;
  process.exit(0);
} catch (error) {
  process.stderr.write(`sample billing could not start: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
