import type { Readable } from 'node:stream';
import { readSampleData } from './sample-data.js';
import { serveBilling } from './server.js';
import { BillingStore } from './store.js';

export interface ProgramOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly stdin: Readable;
  readonly print: (line: string) => void;
}

export interface Program {
  /** Resolves when the service has stopped. */
  readonly stopped: Promise<void>;
  /** Safe to repeat. */
  stop(): void;
}

/** Starts the service and prints its ready line. Rejects with the reason when data, folder or port are not usable. */
export async function startProgram({ environment, stdin, print }: ProgramOptions): Promise<Program> {
  const data = readSampleData(environment['SAMPLE_DATA']);
  const store = new BillingStore(environment['DATA_DIR'] ?? 'var/billing', data, () => localDay(new Date()));
  const server = await serveBilling({ store, customers: data.customers, texts: data.texts, port: portOf(environment['PORT']) });
  let finish = (): void => undefined;
  const stopped = new Promise<void>((resolve) => (finish = resolve));
  const stop = (): void => void server.close().then(finish);
  if (environment['VAXEL_PARENT'] === '1') {
    // A parent that dies without a word closes the pipe: nothing stays behind.
    stdin.once('end', stop);
    stdin.once('error', stop);
    stdin.resume();
  }
  const number = data.customers.find(({ customer }) => customer === data.demoCustomer)?.number ?? null;
  print(JSON.stringify({ event: 'ready', url: server.url, demo: { invoice: store.demoInvoice(), number } }));
  return { stopped, stop };
}

function portOf(text: string | undefined): number {
  const port = Number(text ?? '0');
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new RangeError(`PORT is "${text ?? ''}", which is no port`);
  return port;
}

/** Today where the machine stands, as people count days. */
export function localDay(now: Date): string {
  const part = (value: number): string => String(value).padStart(2, '0');
  return `${now.getFullYear()}-${part(now.getMonth() + 1)}-${part(now.getDate())}`;
}
