import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { rest } from './backend.js';
import { Program } from './program.js';

const PASS_LIMIT_MS = 5_000;

/**
 * Idle programs that pass on a datagram one after the other: what a machine takes alone to wake as many as something needs. On one that is
 * shared now and then a program is woken milliseconds late, and no time that ends in milliseconds can be shorter.
 */
export class WakeChain {
  private constructor(
    private readonly socket: Socket,
    private readonly programs: readonly Program[],
    private readonly first: number,
  ) {}

  static async open(length: number): Promise<WakeChain> {
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    const programs: Program[] = [];
    let next = socket.address().port;
    while (programs.length < length) {
      const { program, ready } = await Program.start({ path: 'test/bench/programs/pass-on.js', env: { NEXT: String(next) } });
      programs.push(program);
      next = Number(ready['port']);
    }
    return new WakeChain(socket, programs, next);
  }

  /** Ms that a datagram took through all of them, so many times, with a rest before each. */
  async passes(count: number, restMs: number): Promise<readonly number[]> {
    const times: number[] = [];
    while (times.length < count) {
      await rest(restMs);
      const back = once(this.socket, 'message', { signal: AbortSignal.timeout(PASS_LIMIT_MS) });
      const begun = performance.now();
      this.socket.send('on', this.first, '127.0.0.1');
      await back;
      times.push(performance.now() - begun);
    }
    return times;
  }

  async close(): Promise<void> {
    await Promise.all(this.programs.map((program) => program.stop()));
    this.socket.close();
  }
}
