import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS, type ScreenLimits } from '../../../gateway/adapters/ws/limits.js';
import { openScreens, type OpenScreens } from '../../../gateway/adapters/ws/open-screens.js';
import { CLOSE_CODES } from '../../../gateway/core/screen/close-codes.js';
import { failed } from '../../../gateway/core/errors.js';
import type { ServerEvent } from '../../../gateway/core/screen/messages.js';
import { FakeClock } from '../../support/fake-clock.js';
import { ANNA, ANNA_TOKEN, FakeScreenHost } from '../../support/fake-screen-host.js';
import { ScreenClient } from '../../support/screen-client.js';
import { KeptLog } from '../../support/silent-log.js';

const state = (since: number): ServerEvent => ({ type: 'agent', state: { phase: 'ready', since } });

let server: Server;
let port: number;
let screens: OpenScreens;
let host: FakeScreenHost;
let clock: FakeClock;
let log: KeptLog;

async function serve(limits: Partial<ScreenLimits> = {}, allowedOrigins: readonly string[] = []): Promise<void> {
  host = new FakeScreenHost();
  clock = new FakeClock();
  log = new KeptLog();
  server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
  screens = openScreens({ server, host, clock, log, limits, allowedOrigins });
}

/** Signs in and takes the messages that every fresh screen gets. */
async function freshScreen(): Promise<{ readonly client: ScreenClient; readonly session: string; readonly seq: number }> {
  const { client, session } = await ScreenClient.signedIn(port);
  expect(await client.next()).toMatchObject({ type: 'resync' });
  const { seq } = await client.nextEvent();
  return { client, session, seq };
}

const pong = async (client: ScreenClient): Promise<void> => {
  client.send({ type: 'ping', id: 'p' });
  for (;;) if ((await client.next()).type === 'result') return;
};

beforeEach(() => serve());
afterEach(async () => {
  const closed = screens.close();
  clock.advance(5_000);
  await closed;
  expect(log.text()).not.toContain(ANNA_TOKEN);
  expect(log.lines.filter((line) => line.level === 'error')).toEqual([]);
  await new Promise((resolve) => server.close(resolve));
});

describe('the opening handshake', () => {
  const refusal = (headers: Readonly<Record<string, string>>, path = '/v1/screen'): Promise<number> =>
    new Promise((resolve, reject) => {
      const asked = request({ port, host: '127.0.0.1', path, headers: { Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Version': '13', 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==', ...headers } });
      asked.on('response', (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
      asked.on('upgrade', (_response, socket) => {
        socket.destroy();
        resolve(101);
      });
      asked.on('error', reject);
      asked.end();
    });
  const PROTOCOL = { 'Sec-WebSocket-Protocol': 'vaxel.v1' };

  it.each([
    ['another path', 404, PROTOCOL, '/v1/other'],
    ['no sub-protocol', 400, {}, '/v1/screen'],
    ['another sub-protocol', 400, { 'Sec-WebSocket-Protocol': 'vaxel.v0, chat' }, '/v1/screen'],
    ['a page of another host', 403, { ...PROTOCOL, Origin: 'https://evil.example' }, '/v1/screen'],
    ['an opaque origin', 403, { ...PROTOCOL, Origin: 'null' }, '/v1/screen'],
  ])('is refused for %s', async (_what, status, headers, path) => {
    expect(await refusal(headers, path)).toBe(status);
    expect(screens.counts().sockets).toBe(0);
  });

  it('takes pages of its own host and programs without an origin', async () => {
    const own = await ScreenClient.open(port, { origin: `http://127.0.0.1:${port}` });
    const program = await ScreenClient.open(port);
    expect(own.socket.protocol).toBe('vaxel.v1');
    await Promise.all([own.close(), program.close()]);
  });

  it('takes a listed origin', async () => {
    await screens.close();
    await serve({}, ['https://desk.example']);
    await (await ScreenClient.open(port, { origin: 'https://desk.example' })).close();
  });

  it('refuses more sockets than allowed with 503', async () => {
    await screens.close();
    await serve({ maxSockets: 1 });
    await ScreenClient.open(port);
    expect(await refusal(PROTOCOL)).toBe(503);
  });
});

describe('signing in', () => {
  it('answers with the welcome, then the whole present state', async () => {
    const { client } = await ScreenClient.signedIn(port);
    expect(client.received[0]).toMatchObject({ type: 'welcome', re: 'in', agent: { id: 'anna', name: 'Anna Berg' } });
    expect(await client.next()).toMatchObject({ type: 'resync', fromSeq: 1 });
    expect(await client.next()).toMatchObject({ type: 'event', seq: 1, event: { type: 'agent' } });
  });

  it('refuses an unknown token and closes', async () => {
    const client = await ScreenClient.open(port);
    client.send({ type: 'signIn', id: '1', token: 'wrong' });
    expect(await client.next()).toMatchObject({ type: 'result', re: '1', ok: false, error: { code: 'VG_SIGN_IN' } });
    expect((await client.closed).code).toBe(CLOSE_CODES.signInRefused);
  });

  it('asks to come back later when the store does not answer, which is no refusal', async () => {
    host.signInAnswer = failed('VG_STORE', 'redis is away');
    const client = await ScreenClient.open(port);
    client.send({ type: 'signIn', id: '1', token: ANNA_TOKEN });
    expect(await client.next()).toMatchObject({ ok: false, error: { code: 'VG_STORE' } });
    expect((await client.closed).code).toBe(1013);
  });

  it('slows down guessing from one address', async () => {
    await screens.close();
    await serve({ refusalsPerMinute: 2 });
    for (const token of ['a', 'b']) {
      const client = await ScreenClient.open(port);
      client.send({ type: 'signIn', id: '1', token });
      await client.closed;
    }
    await expect(ScreenClient.open(port)).rejects.toThrow('429');
    clock.advance(30_000);
    await (await ScreenClient.open(port)).close();
  });

  it('closes a socket that does not sign in in time', async () => {
    const client = await ScreenClient.open(port);
    clock.advance(DEFAULT_LIMITS.signInWithinMs);
    expect((await client.closed).code).toBe(CLOSE_CODES.signInLate);
  });

  it('takes nothing before the sign-in', async () => {
    const client = await ScreenClient.open(port);
    client.send({ type: 'ready', id: '1' });
    expect((await client.closed).code).toBe(CLOSE_CODES.badMessage);
    expect(host.commands).toEqual([]);
  });

  it('tells the host of a loss when the socket went while the host was still asked', async () => {
    let letIn: () => void = () => undefined;
    const asked = new Promise<void>((resolve) => (letIn = resolve));
    const signIn = host.signIn.bind(host);
    host.signIn = async (token) => {
      await asked;
      return signIn(token);
    };
    const client = await ScreenClient.open(port);
    client.send({ type: 'signIn', id: '1', token: ANNA_TOKEN });
    client.socket.terminate();
    await client.closed;
    letIn();
    await host.until(() => host.lost.length === 1);
    expect(screens.counts().signedIn).toBe(0);
  });
});

describe('events', () => {
  it('numbers them per agent and resolves a push at its acknowledgement', async () => {
    const { client, seq } = await freshScreen();
    const pushed = screens.push(ANNA, state(5), 150);
    const event = await client.nextEvent();
    expect(event).toMatchObject({ seq: seq + 1, at: clock.now(), event: state(5) });
    clock.advance(40);
    client.send({ type: 'ack', seq: event.seq });
    expect(await pushed).toEqual({ sentAt: clock.now() - 40, acknowledgedAt: clock.now() });
    expect(screens.counts().waiting).toBe(0);
  });

  it('resolves a push with null when nobody acknowledged it in time', async () => {
    await freshScreen();
    const pushed = screens.push(ANNA, state(5), 150);
    clock.advance(150);
    expect(await pushed).toEqual({ sentAt: clock.now() - 150, acknowledgedAt: null });
  });

  it('does not wait when asked not to', async () => {
    const { client } = await freshScreen();
    expect((await screens.push(ANNA, state(5), 0)).acknowledgedAt).toBeNull();
    await client.nextEvent();
  });

  it('takes an acknowledgement as one for all before it', async () => {
    const { client } = await freshScreen();
    const pushes = [screens.push(ANNA, state(1), 150), screens.push(ANNA, state(2), 150)];
    await client.nextEvent();
    const last = await client.nextEvent();
    client.send({ type: 'ack', seq: last.seq });
    expect((await Promise.all(pushes)).every((pushed) => pushed.acknowledgedAt !== null)).toBe(true);
  });

  it('ignores an acknowledgement of what was never sent', async () => {
    const { client, seq } = await freshScreen();
    client.send({ type: 'ack', seq: seq + 50 });
    await pong(client);
    const pushed = screens.push(ANNA, state(5), 150);
    clock.advance(150);
    expect((await pushed).acknowledgedAt).toBeNull();
  });

  it('reaches every socket of the agent, and the acknowledgement of any counts', async () => {
    const first = await freshScreen();
    const second = await freshScreen();
    await first.client.nextEvent();
    const pushed = screens.push(ANNA, state(7), 150);
    const [, atSecond] = await Promise.all([first.client.nextEvent(), second.client.nextEvent()]);
    second.client.send({ type: 'ack', seq: atSecond.seq });
    expect((await pushed).acknowledgedAt).not.toBeNull();
  });

  it('answers a push to an agent without any screen at once', async () => {
    expect(await screens.push(ANNA, state(1), 150)).toEqual({ sentAt: null, acknowledgedAt: null });
  });

  it('never sends what does not fit the schema', async () => {
    const { client } = await freshScreen();
    const broken = { type: 'offer', offerId: 'o' } as unknown as ServerEvent;
    expect(await screens.push(ANNA, broken, 150)).toEqual({ sentAt: null, acknowledgedAt: null });
    expect(log.lines.filter((line) => line.level === 'error').map((line) => line.message)).toEqual(['message to a screen does not fit its schema']);
    log.lines.length = 0;
    await pong(client);
  });
});

describe('a reconnect', () => {
  it('replays exactly what was missed, in order', async () => {
    const { client, session, seq } = await freshScreen();
    await screens.push(ANNA, state(1), 0);
    await client.nextEvent();
    await client.close();
    const late = screens.push(ANNA, state(2), 150);
    await screens.push(ANNA, state(3), 0);
    const again = await ScreenClient.signedIn(port, { session, lastSeq: seq + 1 });
    expect(again.session).toBe(session);
    expect(await again.client.next()).toMatchObject({ type: 'event', seq: seq + 2, event: state(2) });
    expect(await again.client.next()).toMatchObject({ type: 'event', seq: seq + 3, event: state(3) });
    again.client.send({ type: 'ack', seq: seq + 3 });
    expect((await late).acknowledgedAt).not.toBeNull();
    expect(host.signIns).toBe(2);
  });

  it('sends the whole present state when the session is not known', async () => {
    const { client } = await ScreenClient.signedIn(port, { session: 'of-a-gateway-that-died', lastSeq: 9 });
    expect(await client.next()).toMatchObject({ type: 'resync', fromSeq: 1 });
  });

  it('sends the whole present state when events that were missed are no longer kept', async () => {
    await screens.close();
    await serve({ keptEvents: 3 });
    const { client, session, seq } = await freshScreen();
    await client.close();
    for (const since of [1, 2, 3, 4]) await screens.push(ANNA, state(since), 0);
    const again = await ScreenClient.signedIn(port, { session, lastSeq: seq });
    expect(await again.client.next()).toMatchObject({ type: 'resync', fromSeq: seq + 5 });
  });

  it('keeps no more bytes than allowed', async () => {
    await screens.close();
    await serve({ keptBytes: 300 });
    const { client, session, seq } = await freshScreen();
    await client.close();
    for (const since of [1, 2, 3, 4, 5, 6]) await screens.push(ANNA, state(since), 0);
    const again = await ScreenClient.signedIn(port, { session, lastSeq: seq });
    expect(await again.client.next()).toMatchObject({ type: 'resync' });
  });

  it('forgets a session that nobody came back to', async () => {
    const { client, session } = await freshScreen();
    await client.close();
    await host.until(() => host.lost.length === 1);
    clock.advance(DEFAULT_LIMITS.forgetAfterMs);
    expect(screens.counts().agents).toBe(0);
    const again = await ScreenClient.signedIn(port, { session, lastSeq: 1 });
    expect(again.session).not.toBe(session);
  });

  it('reads the present state again when an event overtook it', async () => {
    let reads = 0;
    host.whilePresentState = async () => {
      reads += 1;
      if (reads === 1) {
        host.present = [state(99)];
        await screens.push(ANNA, state(99), 0);
      }
    };
    const { client } = await ScreenClient.signedIn(port);
    await client.next();
    const shown = [await client.nextEvent(), await client.nextEvent()];
    expect(reads).toBe(2);
    expect(shown.map((message) => message.event)).toEqual([state(99), state(99)]);
  });
});

describe('commands', () => {
  it('answers each with exactly one result', async () => {
    const { client } = await freshScreen();
    host.answer = (command) => (command.type === 'accept' ? { ok: false, error: { code: 'VG_OFFER_LOST', detail: 'too late' } } : { ok: true });
    client.send({ type: 'ready', id: 'a' });
    client.send({ type: 'accept', id: 'b', offerId: 'o' });
    expect([await client.next(), await client.next()]).toEqual([
      { type: 'result', re: 'a', ok: true },
      { type: 'result', re: 'b', ok: false, error: { code: 'VG_OFFER_LOST', detail: 'too late' } },
    ]);
  });

  it('answers also when the host throws', async () => {
    const { client } = await freshScreen();
    host.answer = () => Promise.reject(new Error('bug'));
    client.send({ type: 'ready', id: 'a' });
    expect(await client.next()).toMatchObject({ re: 'a', ok: false, error: { code: 'VG_FAILED' } });
    log.lines.length = 0;
  });

  it.each([
    ['an unknown type', { type: 'dance', id: 'x' }],
    ['a missing field', { type: 'accept', id: 'x' }],
    ['an unknown field', { type: 'ready', id: 'x', really: true }],
    ['a note that is too long', { type: 'wrapUp', id: 'x', callId: 'c', disposition: 'd', note: 'n'.repeat(4_001) }],
    ['a second sign-in', { type: 'signIn', id: 'x', token: ANNA_TOKEN }],
  ])('refuses %s with its reason and goes on', async (_what, message) => {
    const { client } = await freshScreen();
    client.send(message);
    expect(await client.next()).toMatchObject({ re: 'x', ok: false, error: { code: 'VG_BAD_MESSAGE' } });
    await pong(client);
    expect(host.commands).toEqual([]);
  });

  it.each([
    ['no JSON', '{'],
    ['a list', '[]'],
    ['nothing', ''],
    ['no id', '{"type":"ready"}'],
    ['deep nesting', '['.repeat(30_000)],
  ])('closes on %s', async (_what, text) => {
    const { client } = await freshScreen();
    client.socket.send(text);
    expect((await client.closed).code).toBe(CLOSE_CODES.badMessage);
  });

  it('closes on a binary frame', async () => {
    const { client } = await freshScreen();
    client.socket.send(Buffer.from([1, 2, 3]));
    expect((await client.closed).code).toBe(CLOSE_CODES.badMessage);
  });

  it('closes on a frame over 64 KB without reading it', async () => {
    const { client } = await freshScreen();
    client.send({ type: 'ping', id: 'x'.repeat(70_000) });
    expect((await client.closed).code).toBe(1009);
  });

  it('closes a socket that sends without end', async () => {
    const { client } = await freshScreen();
    for (let sent = 0; sent <= DEFAULT_LIMITS.messageBurst; sent += 1) client.send({ type: 'ping', id: 'p' });
    expect((await client.closed).code).toBe(CLOSE_CODES.tooManyCommands);
  });
});

describe('sockets', () => {
  it('tells the host when the last one of an agent closes, and only then', async () => {
    const first = await freshScreen();
    const second = await freshScreen();
    await first.client.close();
    await pong(second.client);
    expect(host.lost).toEqual([]);
    await second.client.close();
    await host.until(() => host.lost.length === 1);
    expect(host.lost).toEqual([ANNA]);
  });

  it('closes the oldest when an agent opens too many', async () => {
    await screens.close();
    await serve({ socketsPerAgent: 2 });
    const first = await freshScreen();
    await freshScreen();
    const third = await freshScreen();
    expect((await first.client.closed).code).toBe(CLOSE_CODES.replaced);
    await pong(third.client);
  });

  it('pings, and cuts a socket that does not answer', async () => {
    const { client } = await freshScreen();
    const pinged = once(client.socket, 'ping');
    clock.advance(DEFAULT_LIMITS.pingEveryMs);
    await pinged;
    await pong(client);
    // Deaf from here on: neither pongs nor messages arrive.
    client.socket.pause();
    clock.advance(DEFAULT_LIMITS.pingEveryMs);
    clock.advance(DEFAULT_LIMITS.pingEveryMs);
    await host.until(() => host.lost.length === 1);
    expect(screens.counts().sockets).toBe(0);
    client.socket.terminate();
  });

  it('cuts a socket that takes nothing, and keeps its events for the next', async () => {
    await screens.close();
    await serve({ maxBufferedBytes: 64 * 1024, keptEvents: 100_000, keptBytes: 1e9 });
    const { client, session, seq } = await freshScreen();
    client.socket.pause();
    const note = 'x'.repeat(30_000);
    const event = (): ServerEvent => ({ type: 'agent', state: { phase: 'notReady', reason: note, since: 1 } });
    let pushed = 0;
    while (host.lost.length === 0 && pushed < 3_000) {
      await screens.push(ANNA, event(), 0);
      pushed += 1;
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(host.lost).toEqual([ANNA]);
    client.socket.terminate();
    const again = await ScreenClient.signedIn(port, { session, lastSeq: seq });
    expect(await again.client.next()).toMatchObject({ type: 'event', seq: seq + 1 });
    log.lines.length = 0;
  });

  it('closes all sockets of an agent who signs out', async () => {
    const first = await freshScreen();
    const second = await freshScreen();
    first.client.send({ type: 'signOut', id: 'bye' });
    expect((await first.client.closed).code).toBe(CLOSE_CODES.signedOut);
    expect((await second.client.closed).code).toBe(CLOSE_CODES.signedOut);
    expect(first.client.received.at(-1)).toEqual({ type: 'result', re: 'bye', ok: true });
  });

  it('leaves nothing behind when it closes', async () => {
    const { client } = await freshScreen();
    const waiting = screens.push(ANNA, state(1), 150);
    await screens.close();
    expect((await client.closed).code).toBe(1001);
    expect((await waiting).acknowledgedAt).toBeNull();
    expect(screens.counts()).toEqual({ sockets: 0, signedIn: 0, agents: 0, waiting: 0 });
    expect(clock.pending).toBe(0);
    expect(server.listenerCount('upgrade')).toBe(0);
  });
});
