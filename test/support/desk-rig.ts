import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { openHttp, type OpenHttp } from '../../gateway/adapters/http/open-http.js';
import { openScreens, type OpenScreens } from '../../gateway/adapters/ws/open-screens.js';
import { ok } from '../../gateway/core/errors.js';
import type { ServerEvent } from '../../gateway/core/screen/messages.js';
import type { Interaction, ThreadEntry } from '../../gateway/core/thread/interaction.js';
import { MessageDesk } from '../../gateway/app/message-desk.js';
import { openBrowser } from './browser.js';
import { buildDeskPage } from './desk-page.js';
import { noRoutes } from './api-rig.js';
import { ANNA, ANNA_TOKEN, FakeScreenHost } from './fake-screen-host.js';
import { KeptLog } from './silent-log.js';
import { MemoryMessages } from './memory-messages.js';
import { systemClock } from './system-clock.js';

/** Where screenshots go; none are taken when it is not set. */
const SHOTS = process.env['VAXEL_SHOTS'];

/** One for the tests of a file, with a fresh gateway edge for each. What the browser complains about fails the test, and so does a token in the log. */
export function useDesk(take: (rig: DeskRig) => void): void {
  let rig: DeskRig;
  beforeAll(async () => {
    rig = await DeskRig.open();
    take(rig);
  });
  afterAll(() => rig.close());
  beforeEach(async () => {
    rig.complaints.length = 0;
    rig.filed.length = 0;
    rig.historyEntries = [];
    await rig.stopServing();
    await rig.serve(0);
  });
  afterEach(async () => {
    await rig.leavePages();
    expect(rig.complaints).toEqual([]);
    expect(rig.log.text()).not.toContain(ANNA_TOKEN);
  });
}

/** The real page in a real browser on the real adapters; only the host behind them is a fake. */
export class DeskRig {
  readonly log = new KeptLog();
  host = new FakeScreenHost();
  messages = new MemoryMessages();
  /** Entries that were put into threads. */
  readonly filed: Interaction[] = [];
  historyEntries: readonly ThreadEntry[] = [];
  /** What the browser complained about: errors, and everything that the content policy blocked. */
  readonly complaints: string[] = [];
  /** One for each locale: to open a page takes as long as most tests. */
  private readonly pages = new Map<string, Page>();

  private constructor(
    private readonly browser: Browser,
    private readonly built: Awaited<ReturnType<typeof buildDeskPage>>,
  ) {}

  http: OpenHttp | null = null;
  screens: OpenScreens | null = null;

  static async open(): Promise<DeskRig> {
    const rig = new DeskRig(await openBrowser(), await buildDeskPage());
    await rig.serve(0);
    return rig;
  }

  /** Starts a gateway edge on this port; after `stopServing` it is a restarted gateway that knows no sessions. */
  async serve(port: number): Promise<number> {
    this.host = new FakeScreenHost();
    this.messages = new MemoryMessages();
    const thread = { append: (interaction: Interaction) => (this.filed.push(interaction), Promise.resolve(ok(null))), recent: () => Promise.resolve(ok(this.historyEntries)) };
    this.http = await openHttp({
      host: '127.0.0.1',
      port,
      deskFolders: this.built.folders,
      log: this.log,
      routes: { ...noRoutes, messages: new MessageDesk({ messages: this.messages, thread, centre: { agent: () => ({ id: ANNA, name: 'Anna Berg', phone: { address: 'sip:anna@vaxel', answer: 'screen' }, isSupervisor: false }) }, keepDays: 30, source: '/test', clock: systemClock, log: this.log }), agentOf: (token) => (token === ANNA_TOKEN ? ANNA : null), thread },
    });
    this.screens = openScreens({ server: this.http.server, host: this.host, clock: systemClock, log: this.log });
    return this.http.port;
  }

  async stopServing(): Promise<void> {
    await this.screens?.close();
    await this.http?.close();
  }

  async page(options: { readonly path?: string; readonly width?: number; readonly height?: number; readonly dark?: boolean; readonly locale?: string } = {}): Promise<Page> {
    const page = await this.pageIn(options.locale ?? 'en-GB');
    await page.setViewportSize({ width: options.width ?? 1280, height: options.height ?? 900 });
    await page.emulateMedia({ colorScheme: options.dark === true ? 'dark' : 'light' });
    await page.goto(`${this.http?.url ?? ''}/desk/${options.path ?? `#token=${ANNA_TOKEN}`}`);
    return page;
  }

  private async pageIn(locale: string): Promise<Page> {
    const known = this.pages.get(locale);
    if (known !== undefined) return known;
    const context = await this.browser.newContext({ locale });
    const page = await context.newPage();
    this.pages.set(locale, page);
    page.on('pageerror', (error) => this.complaints.push(String(error)));
    page.on('console', (message) => {
      // The browser looks for the icon again when it likes, also while no gateway is there.
      if (message.type() === 'error' && !message.text().includes('WebSocket connection') && !message.location().url.endsWith('/icon.svg')) this.complaints.push(message.text());
    });
    return page;
  }

  push(event: ServerEvent, ackWithinMs = 5_000): ReturnType<OpenScreens['push']> {
    if (this.screens === null) throw new Error('not serving');
    return this.screens.push(ANNA, event, ackWithinMs);
  }

  async shot(page: Page, name: string): Promise<void> {
    if (SHOTS === undefined) return;
    mkdirSync(SHOTS, { recursive: true });
    await page.screenshot({ path: join(SHOTS, `${name}.png`), fullPage: true });
  }

  /** Leaves the desk as a browser that never was there. */
  async leavePages(): Promise<void> {
    for (const page of this.pages.values()) {
      if (page.url().startsWith('http')) await page.evaluate('localStorage.clear(); sessionStorage.clear()');
      await page.goto('about:blank');
    }
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.stopServing();
    await this.built.remove();
  }
}
