import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serveBilling, type BillingServer } from '../../gateway/sample-billing/server.js';
import { readSampleData } from '../../gateway/sample-billing/sample-data.js';
import { BillingStore } from '../../gateway/sample-billing/store.js';

/** The sample billing service with the repository's data in a folder of its own. */
export class BillingService {
  readonly folder = mkdtempSync(join(tmpdir(), 'vaxel-billing-'));
  today = '2026-12-03';
  store = this.open();
  private server: BillingServer | null = null;

  static async start(): Promise<BillingService> {
    const service = new BillingService();
    await service.listen();
    return service;
  }

  get url(): string {
    if (this.server === null) throw new Error('not listening');
    return this.server.url;
  }

  /** Reads the folder again, as a new process would. */
  async restart(): Promise<void> {
    await this.server?.close();
    this.store = this.open();
    await this.listen();
  }

  /** Stops listening; the data stays. */
  async goDown(): Promise<void> {
    await this.server?.close();
  }

  async close(): Promise<void> {
    await this.server?.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  async get(path: string): Promise<{ status: number; body: unknown }> {
    return answerOf(await fetch(this.url + path));
  }

  async post(path: string, body: unknown, key?: string): Promise<{ status: number; body: unknown }> {
    const headers = { 'content-type': 'application/json', ...(key === undefined ? {} : { 'idempotency-key': key }) };
    return answerOf(await fetch(this.url + path, { method: 'POST', headers, body: typeof body === 'string' ? body : JSON.stringify(body) }));
  }

  private open(): BillingStore {
    return new BillingStore(this.folder, readSampleData(undefined), () => this.today);
  }

  private async listen(): Promise<void> {
    const { customers, texts } = readSampleData(undefined);
    this.server = await serveBilling({ store: this.store, customers, texts, port: 0 });
  }
}

async function answerOf(response: Response): Promise<{ status: number; body: unknown }> {
  return { status: response.status, body: await response.json() };
}
