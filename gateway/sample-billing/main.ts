import { serveBilling } from './server.js';
import { readSampleData } from './sample-data.js';
import { BillingStore } from './store.js';

/**
 * The sample billing service as a program of its own.
 *   PORT (0 = any free one), DATA_DIR (default var/billing), SAMPLE_DATA (another data file).
 * Prints one line `{"event":"ready","url":…,"demo":{"invoice":…,"number":…}}`. Ends on SIGTERM or SIGINT, and with VAXEL_PARENT=1 when its standard input closes.
 */
async function main(): Promise<void> {
  const { PORT, DATA_DIR, SAMPLE_DATA, VAXEL_PARENT } = process.env;
  const data = readSampleData(SAMPLE_DATA);
  const store = new BillingStore(DATA_DIR ?? 'var/billing', data, () => localDay(new Date()));
  const server = await serveBilling({ store, customers: data.customers, port: Number(PORT ?? 0) });
  let isStopping = false;
  const stop = (): void => {
    if (isStopping) return;
    isStopping = true;
    void server.close().then(() => process.exit(0));
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  if (VAXEL_PARENT === '1') {
    // A parent that dies without a word closes the pipe: nothing stays behind.
    process.stdin.on('end', stop);
    process.stdin.on('error', stop);
    process.stdin.resume();
  }
  const number = data.customers.find(({ customer }) => customer === data.demoCustomer)?.number ?? null;
  process.stdout.write(`${JSON.stringify({ event: 'ready', url: server.url, demo: { invoice: store.demoInvoice(), number } })}\n`);
}

/** Today where the machine stands, as people count days. */
function localDay(now: Date): string {
  const part = (value: number): string => String(value).padStart(2, '0');
  return `${now.getFullYear()}-${part(now.getMonth() + 1)}-${part(now.getDate())}`;
}

main().catch((error: unknown) => {
  process.stderr.write(`sample billing could not start: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
