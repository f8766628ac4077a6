import { once } from 'node:events';
import { createConnection } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EslClient, HOST, PASSWORD, Rig } from './rig.js';

let rig: Rig;
let admin: EslClient;
beforeAll(async () => {
  rig = await Rig.open();
  admin = await rig.inbound();
});
afterAll(() => rig.close());

describe('event socket, inbound', () => {
  it('refuses everything before authentication', async () => {
    const client = new EslClient(createConnection(rig.fs.esl.port, HOST));
    await client.next((frame) => frame.head === 'Content-Type: auth/request');
    expect(await client.command('api status')).toBe('-ERR command not found');
    expect(await client.command(`auth ${PASSWORD}`)).toBe('+OK accepted');
    expect(await client.command(`auth ${PASSWORD}`)).toBe('-ERR command not found');
    client.socket.destroy();
  });

  it('says goodbye to a wrong password', async () => {
    const client = new EslClient(createConnection(rig.fs.esl.port, HOST));
    expect(await client.command('auth wrong')).toBe('-ERR invalid');
    expect((await client.next((frame) => frame.head.includes('disconnect-notice'))).body).toHaveLength(67);
    await client.closed;
  });

  it.each([
    ['event', '-ERR no keywords supplied'], ['event json', '-ERR no keywords supplied'], ['event json NOSUCH', '-ERR no keywords supplied'],
    ['event plain CHANNEL_ANSWER NOSUCH', '+OK event listener enabled plain'], ['filter', '-ERR command not found'], ['filter Unique-ID', '-ERR invalid syntax'],
    ['filter Unique-ID x', '+OK filter added. [Unique-ID]=[x]'], ['filter delete Unique-ID x', '+OK filter deleted. [Unique-ID][x]'], ['nixevent CHANNEL_ANSWER', '+OK events nixed'],
    ['noevents', '+OK no longer listening for events'], ['sendmsg nope\ncall-command: execute', '-ERR invalid session id [nope]'], ['connect', '-ERR command not found'],
    ['api', '-ERR command not found'], ['bgapi', '-ERR command not found'], ['nosuch', '-ERR command not found'], ['linger', '-ERR linger not supported by the softswitch'],
  ])('answers %j as the real server does', async (command, reply) => {
    expect(await admin.command(command)).toBe(reply);
  });

  it.each([
    ['uuid_bridge', '-USAGE: <uuid> <other_uuid>\n'], ['uuid_bridge a b', '-ERR Invalid uuid\n'], ['uuid_transfer nope park inline', '-ERR No such channel!\n'],
    ['uuid_kill', '-USAGE: <uuid> [cause]\n'], ['uuid_kill nope', '-ERR No such channel!\n'], ['uuid_exists', 'false'], ['uuid_dump nope', '-ERR No such channel!\n'],
    ['uuid_getvar nope x', '-ERR No such channel!\n'], ['uuid_broadcast nope x', '-ERR invalid uuid\n'], ['uuid_send_dtmf nope 1', '-ERR Cannot locate session!\n'],
    ['uuid_set_media_stats nope', '-ERR No such channel nope!\n'], ['global_getvar nope', '-ERR no reply\n'], ['global_setvar foo=bar', '+OK'], ['global_getvar foo', 'bar'],
    ['nosuch x', '-ERR nosuch Command not found!\n'], ['conference x list count', '-ERR conference not supported by the softswitch\n'],
    ['originate user/1 &park', '-ERR originate not supported by the softswitch\n'], ['show channels as json', '{"row_count":0}'],
  ])('answers api %s as the real server does', async (command, reply) => {
    expect(await admin.api(command)).toBe(reply);
  });

  it('shows the profile in the table that drachtio-fsmrf reads', async () => {
    const status = await admin.api('sofia status');
    expect(/^\s*drachtio_mrf\s.*sip:mod_sofia@((?:[0-9]{1,3}\.){3}[0-9]{1,3}:\d+)/m.exec(status)?.[1]).toBe(`${HOST}:${rig.fs.sip.port}`);
  });

  it('passes an event of a client on to those who listen to its subclass, with the headers as they were written', async () => {
    const [listener, stranger] = [await rig.inbound(), await rig.inbound()];
    await listener.command('event json CUSTOM test::one');
    await stranger.command('event json CUSTOM test::other');
    expect(await admin.command('sendevent CUSTOM\nEvent-Subclass: test::one\nOur-Word: a b')).toMatch(/^\+OK [0-9a-f-]{36}$/);
    const { body } = await listener.next((frame) => frame.head.includes('text/event-json'));
    expect(JSON.parse(body)).toMatchObject({ 'Event-Name': 'CUSTOM', 'Event-Subclass': 'test::one', 'Our-Word': 'a b' });
    await admin.command('sendevent CUSTOM\nEvent-Subclass: test::other\nOur-Word: c');
    expect(JSON.parse((await stranger.next((frame) => frame.head.includes('text/event-json'))).body)).toMatchObject({ 'Our-Word': 'c' });
  });

  it('says now and then that it is there and what it has to do', async () => {
    const timers: { readonly ms: number; readonly fire: () => void }[] = [];
    const clock = { now: () => Date.now(), setTimer: (ms: number, fire: () => void) => (timers.push({ ms, fire }), () => undefined) };
    const beating = await Rig.open({ clock });
    const client = await beating.inbound();
    await client.command('event json HEARTBEAT');
    timers.find(({ ms }) => ms === 20_000)?.fire();
    expect(await client.event('HEARTBEAT')).toMatchObject({ 'Event-Info': 'System Ready', 'Session-Count': '0', 'Max-Sessions': '1000', 'Heartbeat-Interval': '20' });
    await beating.close();
  });

  it('gives the result of bgapi as an event with the job', async () => {
    const client = await rig.inbound();
    await client.command('event json BACKGROUND_JOB');
    expect(await client.command('bgapi uuid_exists x\nJob-UUID: j1')).toBe('+OK Job-UUID: j1');
    expect(await client.event('BACKGROUND_JOB')).toMatchObject({ 'Job-UUID': 'j1', 'Job-Command': 'uuid_exists', 'Job-Command-Arg': 'x', _body: 'false', 'Content-Length': '5' });
  });

  it('takes CRLF, commands in pieces, and several at once, and answers each once in order', async () => {
    const client = await rig.inbound();
    client.socket.write('api create_uuid\r\n\r\napi uuid_exists x\n\nfil');
    client.socket.write('ter Unique-ID y\n\n');
    expect((await client.next((frame) => frame.head.includes('api/response'))).body).toHaveLength(36);
    expect((await client.next((frame) => frame.head.includes('api/response'))).body).toBe('false');
    expect((await client.next((frame) => frame.head.includes('command/reply'))).head).toContain('[Unique-ID]=[y]');
  });

  it('cuts a client off that sends an endless command', async () => {
    const client = await rig.inbound();
    client.socket.write('x'.repeat(70_000));
    await client.closed;
    expect(await admin.api('uuid_exists x')).toBe('false');
  });

  it('says goodbye on exit', async () => {
    const client = await rig.inbound();
    expect(await client.command('exit')).toBe('+OK bye');
    expect((await client.next((frame) => frame.head.includes('disconnect-notice'))).head).not.toContain('Controlled');
    await once(client.socket, 'end').catch(() => undefined);
  });
});
