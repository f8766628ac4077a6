import { EventEmitter } from 'node:events';
import { DeskClient } from '../../../gateway/cli/desk-client.js';
import type { ServerEvent } from '../../../gateway/core/screen/messages.js';
import { AgentPhone, type AnswerRule } from '../../../media/phone/agent-phone.js';
import type { Clock } from '../../../media/sip/clock.js';
import { SECRET } from './gateway.js';

/** Finer than `Date.now`, so that two things of the same millisecond have an order. */
const preciseClock: Clock = {
  now: () => performance.now(),
  setTimer(ms, fn) {
    const timer = setTimeout(fn, ms);
    return () => clearTimeout(timer);
  },
};

interface BenchAgentEvents {
  /** An event of the gateway, after its acknowledgement left. Times on the monotonic clock, ms. */
  screen: [ServerEvent, number];
  /** An INVITE, and when it arrived. */
  invite: [number];
}

/** An agent's screen and phone, both on loopback. */
export class BenchAgent extends EventEmitter<BenchAgentEvents> {
  private constructor(
    readonly id: string,
    private readonly client: DeskClient,
    private readonly phone: AgentPhone,
  ) {
    super();
    client.on('event', (event) => this.emit('screen', event, performance.now()));
    phone.on('call', (call) => this.emit('invite', call.incoming.arrivedAtMs));
    phone.on('refused', ({ arrivedAtMs }) => this.emit('invite', arrivedAtMs));
  }

  /** Signs in with a phone that is registered. */
  static async open(options: { readonly id: string; readonly http: string; readonly sip: { readonly host: string; readonly port: number }; readonly rule: AnswerRule; readonly talkMs?: number }): Promise<BenchAgent> {
    const { id, sip, rule, talkMs } = options;
    const phone = await AgentPhone.open({
      host: '127.0.0.1', user: id, rule, clock: preciseClock, keepMs: 0,
      register: { registrar: `sip:${sip.host}:${sip.port}`, aor: `sip:${id}@vaxel`, via: { protocol: 'udp', address: sip.host, port: sip.port }, credentials: { username: id, password: SECRET }, expiresSeconds: 300 },
    });
    await new Promise<void>((resolve, reject) => {
      phone.once('registered', () => resolve());
      phone.once('registrationFailed', ({ status, reason }) => reject(new Error(`the phone of ${id} was refused: ${status} ${reason}`)));
    });
    if (talkMs !== undefined) phone.on('call', (call) => call.call.once('acknowledged', () => setTimeout(() => call.hangUp(), talkMs)));
    const { client } = await DeskClient.signIn(options.http, `${SECRET}-${id}`);
    return new BenchAgent(id, client, phone);
  }

  /** Asks to be ready. Rejects when that is refused. */
  async ready(): Promise<void> {
    const result = await this.client.send({ type: 'ready' });
    if (!result.ok) throw new Error(`${this.id}: ${result.error.code} ${result.error.detail}`);
  }

  /** Resolves when the screen shows this state the next time. */
  nextPhase(phase: string): Promise<void> {
    return new Promise((resolve) => {
      const look = (event: ServerEvent): void => {
        if (event.type !== 'agent' || event.state.phase !== phase) return;
        this.off('screen', look);
        resolve();
      };
      this.on('screen', look);
    });
  }

  async close(): Promise<void> {
    this.client.close();
    await this.phone.close();
  }
}
