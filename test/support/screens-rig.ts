import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ScreenLimits } from '../../gateway/adapters/ws/limits.js';
import { openScreens, type OpenScreens } from '../../gateway/adapters/ws/open-screens.js';
import { FakeClock } from './fake-clock.js';
import { FakeScreenHost } from './fake-screen-host.js';
import { ScreenClient } from './screen-client.js';
import { KeptLog } from './silent-log.js';

/** The WebSocket adapter on a server of its own, with a fake host behind it and a clock that the test moves. */
export class ScreensRig {
  readonly host = new FakeScreenHost();
  readonly clock = new FakeClock();
  readonly log = new KeptLog();

  private constructor(
    readonly server: Server,
    readonly port: number,
    limits: Partial<ScreenLimits>,
    allowedOrigins: readonly string[],
  ) {
    this.screens = openScreens({ server, host: this.host, clock: this.clock, log: this.log, limits, allowedOrigins });
  }

  readonly screens: OpenScreens;

  static async open(limits: Partial<ScreenLimits> = {}, allowedOrigins: readonly string[] = []): Promise<ScreensRig> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new ScreensRig(server, (server.address() as AddressInfo).port, limits, allowedOrigins);
  }

  /** Signs in and takes the messages that every fresh screen gets; `seq` is the newest event. */
  async freshScreen(): Promise<{ readonly client: ScreenClient; readonly session: string; readonly seq: number }> {
    const { client, session } = await ScreenClient.signedIn(this.port);
    const { seq } = await client.nextEvent();
    return { client, session, seq };
  }

  async close(): Promise<void> {
    const closed = this.screens.close();
    this.clock.advance(5_000);
    await closed;
    await new Promise((resolve) => this.server.close(resolve));
  }
}

/** Returns when the gateway has read everything that this client sent before. */
export async function roundTrip(client: ScreenClient): Promise<void> {
  client.send({ type: 'ping', id: 'p' });
  for (;;) if ((await client.next()).type === 'result') return;
}
