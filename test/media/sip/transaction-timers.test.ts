import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../../media/sip/clock.js';
import { SipHeaders } from '../../../media/sip/headers.js';
import type { SipRequest } from '../../../media/sip/message.js';
import { makeResponse } from '../../../media/sip/response.js';
import { type ServerTransaction, SipStack } from '../../../media/sip/stack.js';
import type { TimerSettings } from '../../../media/sip/transaction.js';
import { FakeTransport, PEER, PEER_TCP, requestText, responseText } from './fake-transport.js';

type Protocol = 'udp' | 'tcp';
interface Timers { readonly t1: number; readonly t2: number; readonly t4: number }

/** One stack on a clock that a test moves. `seen` tells what was sent, what its user heard and when nothing was left of it. */
class Bench {
  readonly seen: string[] = [];
  private readonly clock = new FakeClock();
  private readonly transport = new FakeTransport();
  private readonly stack: SipStack;
  private server: ServerTransaction | undefined;
  private client: SipRequest | undefined;

  constructor(private readonly protocol: Protocol, timers: Partial<TimerSettings>) {
    const send = this.transport.send.bind(this.transport);
    this.transport.send = (raw, to) => {
      this.note(raw.startsWith('SIP/2.0 ') ? raw.slice(8, 11) : (raw.split(' ')[0] ?? ''));
      return send(raw, to);
    };
    this.stack = new SipStack({ transport: this.transport, clock: this.clock, timers, trying: 'never', onRequest: (transaction) => this.arrived(transaction) });
  }

  /** Sends a request of ours. */
  send(method: string): this {
    const headers = SipHeaders.of([['From', '<sip:a@x>;tag=1'], ['To', '<sip:b@x>'], ['Call-ID', 'c1'], ['CSeq', `1 ${method}`]]);
    const transaction = this.stack.request({ kind: 'request', method, uri: 'sip:bob@10.0.0.2', headers, body: '' }, {
      to: this.peer, onResponse: () => undefined, onTimeout: () => this.note('time-out'), onTransportError: () => this.note('transport error'),
    });
    this.client = transaction.request;
    return this;
  }

  /** The peer answers it. */
  answered(status: number): this {
    if (this.client) this.transport.deliver(responseText(this.client, status), this.peer);
    return this;
  }

  /** A request of the peer, with this answer of ours. */
  serve(method: string, status: number): this {
    this.transport.deliver(requestText(method), this.peer);
    if (this.server) this.server.respond(makeResponse(this.server.request, status, { toTag: 'us' }));
    return this;
  }

  /** The peer acknowledges that answer. */
  acknowledged(): this {
    this.transport.deliver(requestText('ACK', { to: '<sip:100@10.0.0.1>;tag=us' }), this.peer);
    return this;
  }

  /** Lets two minutes pass, and notes when the transaction is gone. */
  run(): readonly string[] {
    for (let ms = 0; ms <= 120_000; ms += 50) {
      if (ms > 0) this.clock.advance(50);
      const { clientTransactions, serverTransactions, timers } = this.stack.counts;
      if (clientTransactions + serverTransactions > 0) continue;
      this.note(timers === 0 ? 'gone' : 'gone, a timer runs on');
      return this.seen;
    }
    return this.seen;
  }

  private get peer() {
    return this.protocol === 'udp' ? PEER : PEER_TCP;
  }

  private arrived(transaction: ServerTransaction): void {
    this.server = transaction;
    transaction.onTimeout = () => this.note('no ACK');
  }

  private note(what: string): void {
    this.seen.push(`${this.clock.now()} ${what}`);
  }
}

const at = (what: string, ...times: readonly number[]): string[] => times.map((ms) => `${ms} ${what}`);
/** When a message is sent that is repeated after `first`, with double pauses of at most `longest`, for less than `until`. */
function repeats(first: number, longest: number, until: number): number[] {
  const times = [0];
  for (let pause = first, time = first; time < until; pause = Math.min(pause * 2, longest), time += pause) times.push(time);
  return times;
}

type Row = readonly [timer: string, protocol: Protocol, rule: string, run: (bench: Bench) => Bench, expected: (timers: Timers) => string[]];

/** RFC 3261 table 4 with RFC 6026 section 7. Timer C belongs to proxies, which this stack is not. */
const TABLE: readonly Row[] = [
  ['A', 'udp', 'an INVITE is repeated after T1, then doubling without limit', (b) => b.send('INVITE'), ({ t1 }) => [...at('INVITE', ...repeats(t1, Infinity, 64 * t1)), ...at('time-out', 64 * t1), ...at('gone', 64 * t1)]],
  ['A', 'tcp', 'an INVITE is sent once', (b) => b.send('INVITE'), ({ t1 }) => ['0 INVITE', ...at('time-out', 64 * t1), ...at('gone', 64 * t1)]],
  ['B', 'udp', 'is off once a provisional answer came', (b) => b.send('INVITE').answered(180), () => ['0 INVITE']],
  ['B', 'tcp', 'is off once a provisional answer came', (b) => b.send('INVITE').answered(180), () => ['0 INVITE']],
  ['D', 'udp', 'a failure is acknowledged again for 64 T1, but never less than 32 s', (b) => b.send('INVITE').answered(486), ({ t1 }) => ['0 INVITE', '0 ACK', ...at('gone', Math.max(32_000, 64 * t1))]],
  ['D', 'tcp', 'a failure ends it at once', (b) => b.send('INVITE').answered(486), () => ['0 INVITE', '0 ACK', '0 gone']],
  ['E', 'udp', 'another request is repeated after T1, doubling up to T2', (b) => b.send('OPTIONS'), ({ t1, t2 }) => [...at('OPTIONS', ...repeats(t1, t2, 64 * t1)), ...at('time-out', 64 * t1), ...at('gone', 64 * t1)]],
  ['E', 'udp', 'and every T2 from the next repeat on once a provisional answer came', (b) => b.send('BYE').answered(100), ({ t1, t2 }) => [...at('BYE', 0, ...repeats(t2, t2, 63 * t1).map((ms) => t1 + ms)), ...at('time-out', 64 * t1), ...at('gone', 64 * t1)]],
  ['E', 'tcp', 'another request is sent once', (b) => b.send('OPTIONS'), ({ t1 }) => ['0 OPTIONS', ...at('time-out', 64 * t1), ...at('gone', 64 * t1)]],
  ['F', 'tcp', 'still runs after a provisional answer', (b) => b.send('BYE').answered(100), ({ t1 }) => ['0 BYE', ...at('time-out', 64 * t1), ...at('gone', 64 * t1)]],
  ['G', 'udp', 'a failure of ours is repeated after T1, doubling up to T2', (b) => b.serve('INVITE', 486), ({ t1, t2 }) => [...at('486', ...repeats(t1, t2, 64 * t1)), ...at('no ACK', 64 * t1), ...at('gone', 64 * t1)]],
  ['G', 'tcp', 'a failure of ours is sent once', (b) => b.serve('INVITE', 486), ({ t1 }) => ['0 486', ...at('no ACK', 64 * t1), ...at('gone', 64 * t1)]],
  ['H', 'udp', 'is off once the ACK came', (b) => b.serve('INVITE', 486).acknowledged(), ({ t4 }) => ['0 486', ...at('gone', t4)]],
  ['I', 'udp', 'further ACKs are absorbed for T4', (b) => b.serve('INVITE', 404).acknowledged(), ({ t4 }) => ['0 404', ...at('gone', t4)]],
  ['I', 'tcp', 'the ACK ends it at once', (b) => b.serve('INVITE', 404).acknowledged(), () => ['0 404', '0 gone']],
  ['J', 'udp', 'an answer is kept for repeats for 64 T1', (b) => b.serve('BYE', 200), ({ t1 }) => ['0 200', ...at('gone', 64 * t1)]],
  ['J', 'tcp', 'an answer ends it at once', (b) => b.serve('BYE', 200), () => ['0 200', '0 gone']],
  ['K', 'udp', 'repeated answers are absorbed for T4', (b) => b.send('BYE').answered(200), ({ t4 }) => ['0 BYE', ...at('gone', t4)]],
  ['K', 'tcp', 'the answer ends it at once', (b) => b.send('BYE').answered(200), () => ['0 BYE', '0 gone']],
  ['L', 'udp', 'repeated INVITEs are absorbed after a 2xx for 64 T1', (b) => b.serve('INVITE', 200), ({ t1 }) => ['0 200', ...at('gone', 64 * t1)]],
  ['L', 'tcp', 'the same: a 2xx is repeated by whoever is above', (b) => b.serve('INVITE', 200), ({ t1 }) => ['0 200', ...at('gone', 64 * t1)]],
  ['M', 'udp', 'a 2xx of ours is awaited again, of other forks too, for 64 T1', (b) => b.send('INVITE').answered(200), ({ t1 }) => ['0 INVITE', ...at('gone', 64 * t1)]],
  ['M', 'tcp', 'the same', (b) => b.send('INVITE').answered(200), ({ t1 }) => ['0 INVITE', ...at('gone', 64 * t1)]],
];

describe.each([
  ['the usual T1 of 500 ms', { t1: 500, t2: 4_000, t4: 5_000 }],
  ['a T1 of 100 ms', { t1: 100, t2: 800, t4: 1_000 }],
  ['a T1 of one second', { t1: 1_000, t2: 8_000, t4: 10_000 }],
] as const)('with %s', (_name, timers) => {
  it.each(TABLE)('timer %s over %s: %s', (_timer, protocol, _rule, run, expected) => {
    const bench = new Bench(protocol, { t1Ms: timers.t1, t2Ms: timers.t2, t4Ms: timers.t4 });
    expect(run(bench).run()).toEqual(expected(timers));
  });
});

describe('a first repeat later than T1', () => {
  it.each([
    ['INVITE', [0, 1_000, 3_000, 7_000, 15_000, 31_000]],
    ['OPTIONS', [0, 1_000, 3_000, 7_000, 11_000, 15_000, 19_000, 23_000, 27_000, 31_000]],
  ])('holds for %s, and changes neither the time-out nor the answers of ours', (method, times) => {
    expect(new Bench('udp', { clientFirstRetryMs: 1_000 }).send(method).run()).toEqual([...at(method, ...times), '32000 time-out', '32000 gone']);
    expect(new Bench('udp', { clientFirstRetryMs: 1_000 }).serve('INVITE', 486).run().slice(0, 4)).toEqual(at('486', 0, 500, 1_500, 3_500));
  });
});
