import { once } from 'node:events';
import { request } from 'node:http';
import type { Duplex } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '../../../gateway/adapters/ws/limits.js';
import { failed } from '../../../gateway/core/errors.js';
import { CLOSE_CODES } from '../../../gateway/core/screen/close-codes.js';
import type { ServerEvent } from '../../../gateway/core/screen/messages.js';
import { ANNA, ANNA_TOKEN } from '../../support/fake-screen-host.js';
import { ScreenClient } from '../../support/screen-client.js';
import { roundTrip, ScreensRig } from '../../support/screens-rig.js';

const state = (since: number): ServerEvent => ({ type: 'agent', state: { phase: 'ready', since } });

let rig: ScreensRig;
beforeEach(async () => {
  rig = await ScreensRig.open();
});
afterEach(async () => {
  await rig.close();
  expect(rig.log.text()).not.toContain(ANNA_TOKEN);
  expect(rig.log.lines.filter((line) => line.level === 'error')).toEqual([]);
});

describe('the opening handshake', () => {
  const refusal = (headers: Readonly<Record<string, string>>, path = '/v1/screen'): Promise<number> =>
    new Promise((resolve, reject) => {
      const asked = request({ port: rig.port, host: '127.0.0.1', path, headers: { Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Version': '13', 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==', ...headers } });
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
    expect(rig.screens.counts().sockets).toBe(0);
  });

  it('takes pages of its own host and programs without an origin', async () => {
    const own = await ScreenClient.open(rig.port, { origin: `http://127.0.0.1:${rig.port}` });
    const program = await ScreenClient.open(rig.port);
    expect(own.socket.protocol).toBe('vaxel.v1');
    await Promise.all([own.close(), program.close()]);
  });

  it('takes a listed origin', async () => {
    await rig.close();
    rig = await ScreensRig.open({}, ['https://desk.example']);
    await (await ScreenClient.open(rig.port, { origin: 'https://desk.example' })).close();
  });

  it('refuses more sockets than allowed with 503', async () => {
    await rig.close();
    rig = await ScreensRig.open({ maxSockets: 1 });
    await ScreenClient.open(rig.port);
    expect(await refusal(PROTOCOL)).toBe(503);
  });
});

describe('signing in', () => {
  it('answers with the welcome, then the whole present state', async () => {
    const { client } = await ScreenClient.signedIn(rig.port);
    expect(client.received[0]).toMatchObject({ type: 'welcome', re: 'in', agent: { id: 'anna', name: 'Anna Berg' } });
    expect(await client.next()).toMatchObject({ type: 'resync', fromSeq: 1 });
    expect(await client.next()).toMatchObject({ type: 'event', seq: 1, event: { type: 'agent' } });
  });

  it('refuses an unknown token and closes', async () => {
    const client = await ScreenClient.open(rig.port);
    client.send({ type: 'signIn', id: '1', token: 'wrong' });
    expect(await client.next()).toMatchObject({ type: 'result', re: '1', ok: false, error: { code: 'VG_SIGN_IN' } });
    expect((await client.closed).code).toBe(CLOSE_CODES.signInRefused);
  });

  it('asks to come back later when the store does not answer, which is no refusal', async () => {
    rig.host.signInAnswer = failed('VG_STORE', 'redis is away');
    const client = await ScreenClient.open(rig.port);
    client.send({ type: 'signIn', id: '1', token: ANNA_TOKEN });
    expect(await client.next()).toMatchObject({ ok: false, error: { code: 'VG_STORE' } });
    expect((await client.closed).code).toBe(1013);
  });

  it('slows down guessing from one address', async () => {
    await rig.close();
    rig = await ScreensRig.open({ refusalsPerMinute: 2 });
    for (const token of ['a', 'b']) {
      const client = await ScreenClient.open(rig.port);
      client.send({ type: 'signIn', id: '1', token });
      await client.closed;
    }
    await expect(ScreenClient.open(rig.port)).rejects.toThrow('429');
    rig.clock.advance(30_000);
    await (await ScreenClient.open(rig.port)).close();
  });

  it('closes a socket that does not sign in in time', async () => {
    const client = await ScreenClient.open(rig.port);
    rig.clock.advance(DEFAULT_LIMITS.signInWithinMs);
    expect((await client.closed).code).toBe(CLOSE_CODES.signInLate);
  });

  it('takes nothing before the sign-in', async () => {
    const client = await ScreenClient.open(rig.port);
    client.send({ type: 'ready', id: '1' });
    expect((await client.closed).code).toBe(CLOSE_CODES.badMessage);
    expect(rig.host.commands).toEqual([]);
  });

  it('tells the host of a loss when the socket went while the host was still asked', async () => {
    let letIn: () => void = () => undefined;
    const mayAnswer = new Promise<void>((resolve) => (letIn = resolve));
    const signIn = rig.host.signIn.bind(rig.host);
    const asked = new Promise<void>((resolve) => {
      rig.host.signIn = async (token, how) => {
        resolve();
        await mayAnswer;
        return signIn(token, how);
      };
    });
    const gone = new Promise<void>((resolve) => rig.server.once('upgrade', (_request, socket: Duplex) => socket.once('close', () => resolve())));
    const client = await ScreenClient.open(rig.port);
    client.send({ type: 'signIn', id: '1', token: ANNA_TOKEN });
    await asked;
    client.socket.terminate();
    await gone;
    await new Promise((resolve) => setImmediate(resolve));
    letIn();
    await rig.host.until(() => rig.host.lost.length === 1);
    expect(rig.screens.counts()).toMatchObject({ sockets: 0, signedIn: 0 });
  });
});

describe('commands', () => {
  it('answers each with exactly one result', async () => {
    const { client } = await rig.freshScreen();
    rig.host.answer = (command) => (command.type === 'accept' ? { ok: false, error: { code: 'VG_OFFER_LOST', detail: 'too late' } } : { ok: true });
    client.send({ type: 'ready', id: 'a' });
    client.send({ type: 'accept', id: 'b', offerId: 'o' });
    expect([await client.next(), await client.next()]).toEqual([
      { type: 'result', re: 'a', ok: true },
      { type: 'result', re: 'b', ok: false, error: { code: 'VG_OFFER_LOST', detail: 'too late' } },
    ]);
  });

  it('answers also when the host throws', async () => {
    const { client } = await rig.freshScreen();
    rig.host.answer = () => Promise.reject(new Error('bug'));
    client.send({ type: 'ready', id: 'a' });
    expect(await client.next()).toMatchObject({ re: 'a', ok: false, error: { code: 'VG_FAILED' } });
    rig.log.lines.length = 0;
  });

  it.each([
    ['an unknown type', { type: 'dance', id: 'x' }],
    ['a missing field', { type: 'accept', id: 'x' }],
    ['an unknown field', { type: 'ready', id: 'x', really: true }],
    ['a note that is too long', { type: 'wrapUp', id: 'x', callId: 'c', disposition: 'd', note: 'n'.repeat(4_001) }],
    ['a note with a character that no store takes', { type: 'wrapUp', id: 'x', callId: 'c', disposition: 'd', note: 'a\0b' }],
    ['half a character', { type: 'done', id: 'x', itemId: 'i', note: 'Eva \ud83d' }],
    ['a second sign-in', { type: 'signIn', id: 'x', token: ANNA_TOKEN }],
  ])('refuses %s with its reason and goes on', async (_what, message) => {
    const { client } = await rig.freshScreen();
    client.send(message);
    expect(await client.next()).toMatchObject({ re: 'x', ok: false, error: { code: 'VG_BAD_MESSAGE' } });
    await roundTrip(client);
    expect(rig.host.commands).toEqual([]);
  });

  it.each([
    ['no JSON', '{'],
    ['a list', '[]'],
    ['nothing', ''],
    ['no id', '{"type":"ready"}'],
    ['deep nesting', '['.repeat(30_000)],
  ])('closes on %s', async (_what, text) => {
    const { client } = await rig.freshScreen();
    client.socket.send(text);
    expect((await client.closed).code).toBe(CLOSE_CODES.badMessage);
  });

  it('closes on a binary frame', async () => {
    const { client } = await rig.freshScreen();
    client.socket.send(Buffer.from([1, 2, 3]));
    expect((await client.closed).code).toBe(CLOSE_CODES.badMessage);
  });

  it('closes on a frame over 64 KB without reading it', async () => {
    const { client } = await rig.freshScreen();
    client.send({ type: 'ping', id: 'x'.repeat(70_000) });
    expect((await client.closed).code).toBe(1009);
  });

  it('closes a socket that sends without end', async () => {
    const { client } = await rig.freshScreen();
    for (let sent = 0; sent <= DEFAULT_LIMITS.messageBurst; sent += 1) client.send({ type: 'ping', id: 'p' });
    expect((await client.closed).code).toBe(CLOSE_CODES.tooManyCommands);
  });
});

describe('sockets', () => {
  it('tells the host when the last one of an agent closes, and only then', async () => {
    const first = await rig.freshScreen();
    const second = await rig.freshScreen();
    await first.client.close();
    await roundTrip(second.client);
    expect(rig.host.lost).toEqual([]);
    await second.client.close();
    await rig.host.until(() => rig.host.lost.length === 1);
    expect(rig.host.lost).toEqual([ANNA]);
  });

  it('closes the oldest when an agent opens too many', async () => {
    await rig.close();
    rig = await ScreensRig.open({ socketsPerAgent: 2 });
    const first = await rig.freshScreen();
    await rig.freshScreen();
    const third = await rig.freshScreen();
    expect((await first.client.closed).code).toBe(CLOSE_CODES.replaced);
    await roundTrip(third.client);
  });

  it('closes all that an agent has when the screen was opened at another gateway', async () => {
    const screens = [await rig.freshScreen(), await rig.freshScreen()];
    rig.screens.closeReplaced(ANNA);
    for (const { client } of screens) expect((await client.closed).code).toBe(CLOSE_CODES.replaced);
  });

  it('pings, and cuts a socket that does not answer', async () => {
    const { client } = await rig.freshScreen();
    const pinged = once(client.socket, 'ping');
    rig.clock.advance(DEFAULT_LIMITS.pingEveryMs);
    await pinged;
    await roundTrip(client);
    // Deaf from here on: neither pongs nor messages arrive.
    client.socket.pause();
    rig.clock.advance(DEFAULT_LIMITS.pingEveryMs);
    rig.clock.advance(DEFAULT_LIMITS.pingEveryMs);
    await rig.host.until(() => rig.host.lost.length === 1);
    expect(rig.screens.counts().sockets).toBe(0);
    client.socket.terminate();
  });

  it('cuts a socket that takes nothing, and keeps its events for the next', async () => {
    await rig.close();
    rig = await ScreensRig.open({ maxBufferedBytes: 64 * 1024, keptEvents: 100_000, keptBytes: 1e9 });
    const { client, session, seq } = await rig.freshScreen();
    client.socket.pause();
    const note = 'x'.repeat(30_000);
    const event = (): ServerEvent => ({ type: 'agent', state: { phase: 'notReady', reason: note, since: 1 } });
    let pushed = 0;
    while (rig.host.lost.length === 0 && pushed < 3_000) {
      await rig.screens.push(ANNA, event(), 0);
      pushed += 1;
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(rig.host.lost).toEqual([ANNA]);
    client.socket.terminate();
    const again = await ScreenClient.signedIn(rig.port, { session, lastSeq: seq });
    expect(await again.client.next()).toMatchObject({ type: 'event', seq: seq + 1 });
    rig.log.lines.length = 0;
  });

  it('closes all sockets of an agent who signs out', async () => {
    const first = await rig.freshScreen();
    const second = await rig.freshScreen();
    first.client.send({ type: 'signOut', id: 'bye' });
    expect((await first.client.closed).code).toBe(CLOSE_CODES.signedOut);
    expect((await second.client.closed).code).toBe(CLOSE_CODES.signedOut);
    expect(first.client.received.at(-1)).toEqual({ type: 'result', re: 'bye', ok: true });
  });

  it('leaves nothing behind when it closes', async () => {
    const { client } = await rig.freshScreen();
    const waiting = rig.screens.push(ANNA, state(1), 150);
    await rig.screens.close();
    expect((await client.closed).code).toBe(1001);
    expect((await waiting).acknowledgedAt).toBeNull();
    expect(rig.screens.counts()).toEqual({ sockets: 0, signedIn: 0, agents: 0, waiting: 0 });
    expect(rig.clock.pending).toBe(0);
    expect(rig.server.listenerCount('upgrade')).toBe(0);
  });
});
