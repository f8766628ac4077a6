import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { watchFirstAnswer } from '../../gateway/cli/first-answer.js';
import { vaxel } from '../../gateway/cli/vaxel.js';
import { FakeClock } from '../../media/sip/clock.js';
import type { OutgoingCall } from '../../media/sip/outgoing-call.js';
import { UserAgent } from '../../media/sip/user-agent.js';
import { printed } from './flow/printed.js';

const HOST = '127.0.0.1';

describe('a call of which nobody has said anything yet', () => {
  let clock: FakeClock;
  let caller: UserAgent;
  let silent: Socket;
  let told: string[];
  beforeEach(async () => {
    told = [];
    clock = new FakeClock();
    caller = await UserAgent.open({ host: HOST, port: 0, clock });
    silent = createSocket('udp4').bind(0, HOST);
    await once(silent, 'listening');
  });
  afterEach(async () => {
    silent.close();
    await caller.stack.close();
  });

  const place = (port: number): OutgoingCall => {
    const to = { protocol: 'udp', address: HOST, port } as const;
    const call = caller.invite({ uri: `sip:1@${HOST}:${port}`, from: `sip:2@${HOST}`, via: to });
    watchFirstAnswer(call, { to, clock, output: { line: (_, text) => void told.push(text.trim()) } });
    return call;
  };

  it('is told every four seconds, with the address and how often the INVITE left', () => {
    const { port } = silent.address() as AddressInfo;
    place(port);
    clock.advance(8_000);
    expect(told).toEqual([
      `4.00 s    no answer from udp ${HOST}:${port} yet: INVITE sent 4 times, it goes on until 32 s, Ctrl-C ends it`,
      `8.00 s    no answer from udp ${HOST}:${port} yet: INVITE sent 5 times, it goes on until 32 s, Ctrl-C ends it`,
    ]);
  });

  it('is told no more once somebody has the INVITE, or it has failed', async () => {
    const trying = place((silent.address() as AddressInfo).port);
    const [invite, from] = (await once(silent, 'message')) as [Buffer, AddressInfo];
    const isKeepAlive = invite.toString().trim() === '';
    const [request, source] = isKeepAlive ? ((await once(silent, 'message')) as [Buffer, AddressInfo]) : [invite, from];
    const headers = request.toString().split('\r\n').filter((line) => /^(Via|From|To|Call-ID|CSeq):/i.test(line));
    const heard = once(trying, 'trying');
    silent.send(['SIP/2.0 100 Trying', ...headers, 'Content-Length: 0', '', ''].join('\r\n'), source.port, HOST);
    await heard;
    clock.advance(20_000);
    expect(told).toEqual([]);
  });

  it('ends at once when it is given up, and when the machine there says that nothing listens', async () => {
    const given = place((silent.address() as AddressInfo).port);
    const failed = once(given, 'failed');
    given.giveUp({ status: 487, reason: 'given up', cause: 'cancelled' });
    expect(await failed).toEqual([{ status: 487, reason: 'given up', cause: 'cancelled' }]);
    const { port } = silent.address() as AddressInfo;
    silent.close();
    await once(silent, 'close');
    expect(await once(place(port), 'failed')).toEqual([{ status: 503, reason: 'nothing listens there', cause: 'transport' }]);
    clock.advance(20_000);
    expect(told).toEqual([]);
    silent = createSocket('udp4').bind(0, HOST);
  });
});

describe('vaxel call to where nothing listens', () => {
  it.each(['udp', 'tcp'])('ends at once by %s, with the address, the cause and what to do', async (transport) => {
    const { status, text } = await printed(vaxel, 'call', '--to', `sip:1@${HOST}:9`, '--transport', transport, '--wav', '/tmp/vx-none/x.wav');
    expect(status).toBe(1);
    expect(text).toContain(`unreachable: nothing listens at ${transport} ${HOST}:9, or no way leads there\n`);
    expect(text).toContain('--to');
  });
});
