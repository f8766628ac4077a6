import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { SUB_PROTOCOL } from '../../gateway/core/screen/messages.js';
import { AGENT_SECRET, Exchange, SERVICE_NUMBER } from '../support/exchange.js';
import { Chance, FUZZ_COUNT, FUZZ_SEED, mutated } from '../support/fuzz.js';

const QUICK_FLOWS = fileURLToPath(new URL('./flows', import.meta.url));
const BATCH = 50;
/** A connection that nobody closes is closed by us. */
const LINGER_MS = 20;

describe(`${FUZZ_COUNT} malformed inputs of each kind (seed ${FUZZ_SEED})`, () => {
  let exchange: Exchange;
  let udp: UdpSocket;
  const faults: string[] = [];
  const fault = (error: unknown): unknown => faults.push(String(error));

  beforeAll(async () => {
    exchange = await Exchange.start({ flowsDir: QUICK_FLOWS, agents: ['anna', 'bo', 'cia'] });
    udp = createSocket('udp4').bind(0, '127.0.0.1');
    await once(udp, 'listening');
    process.on('unhandledRejection', fault);
    process.on('uncaughtExceptionMonitor', fault);
  });
  afterAll(async () => {
    process.off('unhandledRejection', fault);
    process.off('uncaughtExceptionMonitor', fault);
    udp.close();
    await exchange.close();
  });

  /** The proof that all is well: a proper call is served to its end, and nothing was thrown. Calls made by fuzz may hold all lines for 32 s. */
  const stillServes = async (): Promise<void> => {
    await vi.waitFor(async () => expect((await (await exchange.call('2')).finished).status).toBe(200), { timeout: 90_000, interval: 500 });
    expect(faults).toEqual([]);
  };

  /** So many inputs, in batches; `pace` waits until the server has had time for a batch. */
  const send = async (inputs: readonly (string | Buffer)[], how: { readonly seed: number; readonly one: (input: Buffer, index: number) => unknown; readonly pace: () => Promise<unknown> }): Promise<void> => {
    const chance = new Chance(FUZZ_SEED + how.seed);
    for (let index = 0; index < FUZZ_COUNT; index += 1) {
      how.one(mutated(inputs, chance), index);
      if (index % BATCH === BATCH - 1) await how.pace();
    }
    await how.pace();
  };

  /** A proper OPTIONS and its answer: the server has worked off what came before. */
  const ping = async (): Promise<void> => {
    const id = Math.random().toString(36).slice(2);
    const answered = new Promise<void>((resolve) => {
      const look = (answer: Buffer): void => {
        if (!answer.includes(`ping-${id}`)) return;
        udp.off('message', look);
        resolve();
      };
      udp.on('message', look);
    });
    const request = sipRequest('OPTIONS', { port: udp.address().port, id: `ping-${id}`, body: '' });
    const again = setInterval(() => udp.send(request, exchange.backend.sip.port, '127.0.0.1'), 500);
    udp.send(request, exchange.backend.sip.port, '127.0.0.1');
    await answered;
    clearInterval(again);
  };

  const requests = (): readonly string[] => {
    const { port } = udp.address();
    return [
      sipRequest('INVITE', { port, id: 'FID', body: SDP, user: '4600' }),
      sipRequest('INVITE', { port, id: 'FID', body: '', user: '4600' }),
      sipRequest('REGISTER', { port, id: 'FID', body: '', more: 'Expires: 300\r\nAuthorization: Digest username="anna", realm="vaxel", nonce="x", uri="sip:vaxel", response="0", algorithm=SHA-256\r\n' }),
      sipRequest('OPTIONS', { port, id: 'FID', body: '' }),
      sipRequest('BYE', { port, id: 'FID', body: '', more: 'Reason: SIP;cause=200\r\n' }),
      sipRequest('CANCEL', { port, id: 'FID', body: '' }),
      sipRequest('ACK', { port, id: 'FID', body: '' }),
      sipRequest('INFO', { port, id: 'FID', body: 'Signal=5\r\nDuration=160\r\n', more: 'Content-Type: application/dtmf-relay\r\n' }),
      `SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 127.0.0.1:${exchange.backend.sip.port};branch=z9hG4bKx\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:c@d>;tag=2\r\nCall-ID: FID\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n`,
    ];
  };

  it('SIP by UDP', async () => {
    await send(requests(), { seed: 1, one: (input, index) => udp.send(own(input, index), exchange.backend.sip.port, '127.0.0.1'), pace: ping });
    await stillServes();
  }, 600_000);

  it('SIP by TCP', async () => {
    await overTcp(requests(), { port: exchange.backend.sip.port, seed: 2, greeting: '', each: 5 });
    await stillServes();
  }, 600_000);

  it('SDP in an INVITE to the service number', async () => {
    const { port } = udp.address();
    const one = (body: Buffer, index: number): void => {
      const invite = sipRequest('INVITE', { port, id: `sdp-${index}`, body: body.toString('latin1'), user: SERVICE_NUMBER });
      const cancel = sipRequest('CANCEL', { port, id: `sdp-${index}`, body: '', user: SERVICE_NUMBER });
      for (const request of [invite, cancel]) udp.send(Buffer.from(request, 'latin1'), exchange.backend.sip.port, '127.0.0.1');
    };
    await send([SDP], { seed: 3, one, pace: ping });
    await stillServes();
  }, 600_000);

  it('event socket', async () => {
    const commands = ['api status\n\n', 'event json ALL\n\n', 'event plain CHANNEL_HANGUP DTMF\n\n', 'filter Unique-ID x\n\n', 'sendmsg x\ncall-command: execute\nexecute-app-name: playback\nexecute-app-arg: y\n\n', 'api uuid_bridge a b\n\n', 'bgapi uuid_kill x\n\n', 'api uuid_transfer x \'socket:127.0.0.1:1 async full\' inline\n\n', 'linger\n\n', 'sendevent CUSTOM\nContent-Length: 5\n\nhello', 'exit\n\n', 'connect\n\n', 'myevents\n\n'];
    await overTcp(commands, { port: exchange.backend.freeswitch.port, seed: 4, greeting: `auth ${exchange.backend.freeswitch.secret}\n\n`, each: 10 });
    await stillServes();
  }, 600_000);

  it('drachtio frames', async () => {
    const frame = (text: string): string => `${Buffer.byteLength(text)}#${text}`;
    const { secret, port } = exchange.backend.drachtio;
    const frames = [
      frame('a1|authenticate|wrong|'),
      frame('a2|ping|'),
      frame(`a4|sip|x||\r\n${sipRequest('OPTIONS', { port: 1, id: 'd1', body: '' })}`),
      frame('a5|sip|txn-1|dialog-1\r\nSIP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n'),
      frame('a6|sip||dialog;from-tag=1\r\nBYE sip:placeholder SIP/2.0\r\nCall-ID: x\r\n\r\n'),
      frame('a7|remove_route|info|'),
      frame('a8|cancel|x|'),
    ];
    await overTcp(frames, { port, seed: 5, greeting: frame(`a0|authenticate|${secret}|`), each: 3 });
    await stillServes();
  }, 600_000);

  it('WebSocket messages, signed in and not', async () => {
    const url = `${exchange.gateway.httpUrl.replace('http', 'ws')}/v1/screen`;
    const messages = [
      JSON.stringify({ type: 'signIn', id: '1', token: `${AGENT_SECRET}-anna` }),
      JSON.stringify({ type: 'ready', id: '2' }),
      JSON.stringify({ type: 'notReady', id: '3', reason: 'break' }),
      JSON.stringify({ type: 'accept', id: '4', offerId: 'x' }),
      JSON.stringify({ type: 'wrapUp', id: '5', callId: 'x', disposition: 'other', note: 'n' }),
      JSON.stringify({ type: 'ack', seq: 1 }),
      JSON.stringify({ type: 'signIn', id: '6', token: `${AGENT_SECRET}-anna`, session: 'x', lastSeq: 3 }),
      JSON.stringify({ type: 'hangUp', id: '7', callId: 'x' }),
    ];
    const chance = new Chance(FUZZ_SEED + 6);
    for (let sent = 0; sent < FUZZ_COUNT; ) {
      const socket = new WebSocket(url, SUB_PROTOCOL, { localAddress: someAddress(chance) });
      const closed = new Promise((resolve) => socket.once('close', resolve));
      socket.on('error', () => undefined);
      await Promise.race([once(socket, 'open').catch(() => undefined), closed]);
      if (socket.readyState !== WebSocket.OPEN) continue;
      if (chance.next() < 0.7) socket.send(messages[0] ?? '');
      for (let one = 0; one < 3; one += 1, sent += 1) socket.send(mutated(messages, chance), { binary: chance.next() < 0.1 });
      const limit = setTimeout(() => socket.close(), LINGER_MS);
      await closed;
      clearTimeout(limit);
    }
    const agent = await exchange.agent('anna');
    await agent.ready();
    await agent.close();
    await stillServes();
  }, 600_000);

  it('WebSocket frames below the messages', async () => {
    const { port } = new URL(exchange.gateway.httpUrl);
    const upgrade = `GET /v1/screen HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: ${SUB_PROTOCOL}\r\n\r\n`;
    const masked = (opcode: number, text: string): Buffer => Buffer.concat([Buffer.from([0x80 | opcode, 0x80 | text.length, 0, 0, 0, 0]), Buffer.from(text)]);
    await overTcp([masked(1, '{"type":"ready","id":"1"}'), masked(2, 'x'), masked(8, ''), masked(9, 'ping'), masked(0, 'rest')], { port: Number(port), seed: 7, greeting: upgrade, each: 3 });
    await stillServes();
  }, 600_000);

  it('HTTP requests', async () => {
    const { port } = new URL(exchange.gateway.httpUrl);
    const request = (line: string, body = ''): string => `${line} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${AGENT_SECRET}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    const lines = [request('GET /health'), request('GET /v1/calls/ended?sipCallId=x'), request('GET /desk/'), request('GET /desk/main.js'), request('GET /desk/../../package.json'), request('POST /v1/interactions', '{"specversion":"1.0","id":"1","source":"/web","type":"x","data":{}}'), request('GET /v1/thread?number=%2B46701234567'), request('GET /v1/screen')];
    await overTcp(lines, { port: Number(port), seed: 8, greeting: '', each: 1 });
    expect((await fetch(`${exchange.gateway.httpUrl}/health`)).status).toBe(200);
    await stillServes();
  }, 600_000);

  it('no secret and no keyed digit came into the log', () => {
    expect(exchange.log.text()).not.toContain(AGENT_SECRET);
  });

  /** A few inputs a connection; the server may close it at any of them, so what mostly ends the connection comes alone. */
  const overTcp = async (inputs: readonly (string | Buffer)[], to: { readonly port: number; readonly seed: number; readonly greeting: string; readonly each: number }): Promise<void> => {
    const chance = new Chance(FUZZ_SEED + to.seed);
    const one = async (): Promise<void> => {
      const socket = connect({ port: to.port, host: '127.0.0.1', localAddress: someAddress(chance) });
      socket.on('error', () => undefined);
      socket.resume();
      const closed = new Promise((resolve) => socket.once('close', resolve));
      await new Promise((resolve) => socket.once('connect', resolve));
      if (to.greeting !== '') {
        socket.write(to.greeting);
        await Promise.race([once(socket, 'data').catch(() => undefined), closed]);
      }
      for (let left = to.each; left > 0; left -= 1) socket.write(own(mutated(inputs, chance), chance.below(1e9)));
      const limit = setTimeout(() => socket.destroy(), LINGER_MS);
      await closed;
      clearTimeout(limit);
    };
    for (let sent = 0; sent < FUZZ_COUNT; sent += 4 * to.each) await Promise.all([one(), one(), one(), one()]);
  };
});

/** Who sends too much that is refused is kept out for a while: each connection comes from another address of the loopback network. */
const someAddress = (chance: Chance): string => `127.${1 + chance.below(200)}.${chance.below(256)}.${1 + chance.below(250)}`;

/** Each input is a call of its own: else most would be taken for repeats of the first. */
const own = (input: Buffer, index: number): Buffer => Buffer.from(input.toString('latin1').replaceAll('FID', `fuzz${index}`), 'latin1');

const SDP = 'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 40000 RTP/AVP 8 0 101\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=ptime:20\r\na=sendrecv\r\n';

function sipRequest(method: string, of: { readonly port: number; readonly id: string; readonly body: string; readonly user?: string; readonly more?: string }): string {
  const content = of.body === '' || of.more !== undefined ? '' : 'Content-Type: application/sdp\r\n';
  return [
    `${method} sip:${of.user ?? 'vaxel'}@127.0.0.1 SIP/2.0`,
    `Via: SIP/2.0/UDP 127.0.0.1:${of.port};rport;branch=z9hG4bK${of.id}`,
    'Max-Forwards: 70',
    `From: "Fuzz" <sip:+46701234567@127.0.0.1>;tag=${of.id}`,
    `To: <sip:${of.user ?? 'vaxel'}@127.0.0.1>`,
    `Call-ID: ${of.id}@fuzz`,
    `CSeq: 1 ${method}`,
    `Contact: <sip:fuzz@127.0.0.1:${of.port}>`,
    `${of.more ?? ''}${content}Content-Length: ${Buffer.byteLength(of.body, 'latin1')}`,
    '',
    of.body,
  ].join('\r\n');
}
