import { once } from 'node:events';
import { createServer, connect, type Socket } from 'node:net';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { StreamFramer, type Frame } from '../../../media/sip/framing.js';
import { SipTransport, type Source } from '../../../media/sip/transport.js';
import { requestText } from './fake-transport.js';

const HOST = '127.0.0.1';
const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function transport(opts: { port?: number; protocols?: ('udp' | 'tcp')[] } = {}) {
  const made = await SipTransport.open({ host: HOST, port: 0, ...opts });
  closers.push(() => made.close());
  const waiting: ((message: { text: string; source: Source }) => void)[] = [];
  const queue: { text: string; source: Source }[] = [];
  made.onMessage = (raw, source) => {
    const message = { text: raw.toString(), source };
    const taker = waiting.shift();
    if (taker) taker(message);
    else queue.push(message);
  };
  const receive = (): Promise<{ text: string; source: Source }> => {
    const first = queue.shift();
    return first ? Promise.resolve(first) : new Promise((resolve) => waiting.push(resolve));
  };
  return { made, receive, queue };
}

async function client(port: number): Promise<Socket> {
  const socket = connect(port, HOST);
  closers.push(() => socket.destroy());
  await once(socket, 'connect');
  return socket;
}

describe('the framer', () => {
  const first = requestText('OPTIONS', { body: 'åäö' });
  const second = requestText('INFO', { branch: 'z9hG4bK2' });

  it('finds the same messages wherever the stream is cut', () => {
    const stream = Buffer.from(`\r\n${first}\r\n\r\n${second}${first}`);
    fc.assert(fc.property(fc.array(fc.nat(stream.length), { maxLength: 10 }), (cuts) => {
      const framer = new StreamFramer();
      const at = [0, ...cuts.sort((a, b) => a - b), stream.length];
      const frames = at.slice(1).flatMap((end, i) => framer.push(stream.subarray(at[i], end)));
      const texts = frames.filter((frame) => frame.kind === 'message').map((frame) => frame.data.toString());
      expect(texts).toEqual([first, second, first]);
    }), { numRuns: 200 });
  });

  it.each([
    ['a head without Content-Length', first.replace(/Content-Length.*\r\n/, '')],
    ['a message beyond the bound', first.replace(/Content-Length.*\r\n/, 'Content-Length: 70000\r\n')],
    ['a head beyond the bound', `OPTIONS sip:x SIP/2.0\r\nX: ${'y'.repeat(70_000)}`],
  ])('gives up on %s and drops what follows', (_name, text) => {
    const framer = new StreamFramer();
    const frames: Frame[] = framer.push(Buffer.from(text));
    expect(frames.at(-1)?.kind).toBe('broken');
    expect(framer.push(Buffer.from(first))).toEqual([]);
  });

  it('knows l: as Content-Length and two line ends as a ping', () => {
    const framer = new StreamFramer();
    expect(framer.push(Buffer.from(second.replace('Content-Length', 'l')))).toMatchObject([{ kind: 'message' }]);
    expect(framer.push(Buffer.from('\r\n\r\n'))).toEqual([{ kind: 'ping' }]);
  });
});

describe('the transport', () => {
  it('has one port number for both protocols and frees it when closed', async () => {
    const { made } = await transport();
    const { port } = made;
    await expect(SipTransport.open({ host: HOST, port })).rejects.toThrow(/EADDRINUSE/);
    await made.close();
    await made.close();
    const again = await transport({ port });
    expect(again.made.port).toBe(port);
  });

  it.each(['udp', 'tcp'] as const)('carries messages both ways over %s', async (protocol) => {
    const [a, b] = [await transport(), await transport()];
    await a.made.send('OPTIONS sip:b SIP/2.0\r\nContent-Length: 0\r\n\r\n', { protocol, address: HOST, port: b.made.port });
    const { source, text } = await b.receive();
    expect(text).toContain('OPTIONS');
    expect(source.protocol).toBe(protocol);
    await b.made.send('SIP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n', source);
    expect((await a.receive()).source.port).toBe(b.made.port);
  });

  it('uses one TCP connection for many messages', async () => {
    const [a, b] = [await transport(), await transport()];
    const to = { protocol: 'tcp', address: HOST, port: b.made.port } as const;
    await Promise.all([1, 2, 3].map(() => a.made.send('OPTIONS sip:b SIP/2.0\r\nContent-Length: 0\r\n\r\n', to)));
    const ports = [(await b.receive()).source.port, (await b.receive()).source.port, (await b.receive()).source.port];
    expect(new Set(ports).size).toBe(1);
  });

  it('connects anew after the peer closed the connection', async () => {
    const a = await transport();
    const sockets: Socket[] = [];
    const server = createServer((socket) => sockets.push(socket.on('error', () => socket.destroy())));
    server.listen(0, HOST);
    await once(server, 'listening');
    closers.push(() => server.close(), () => sockets.forEach((socket) => socket.destroy()));
    const address = server.address();
    const to = { protocol: 'tcp', address: HOST, port: typeof address === 'object' ? (address?.port ?? 0) : 0 } as const;
    await a.made.send('OPTIONS sip:b SIP/2.0\r\n\r\n', to);
    await once(sockets[0] ?? (await once(server, 'connection').then(([socket]) => socket as Socket)), 'data');
    sockets[0]?.destroy();
    const again = once(server, 'connection');
    while (sockets.length < 2) {
      await a.made.send('OPTIONS sip:b SIP/2.0\r\n\r\n', to).catch(() => undefined);
      await new Promise(setImmediate);
    }
    await again;
  });

  it('answers a ping, and closes a connection whose bytes it cannot frame', async () => {
    const { made } = await transport();
    const socket = await client(made.port);
    socket.write('\r\n\r\n');
    expect(String((await once(socket, 'data'))[0])).toBe('\r\n');
    socket.resume();
    socket.write('NONSENSE\r\n\r\n');
    await once(socket, 'close');
  });

  it('rejects when nobody listens or it is closed', async () => {
    const [a, gone] = [await transport(), await transport()];
    const { port } = gone.made;
    await gone.made.close();
    await expect(a.made.send('x', { protocol: 'tcp', address: HOST, port })).rejects.toThrow(/ECONNREFUSED/);
    await a.made.close();
    await expect(a.made.send('x', { protocol: 'udp', address: HOST, port })).rejects.toThrow(/closed/);
  });
});
