import { once } from 'node:events';
import type { DeskClient } from '../../gateway/cli/desk-client.js';
import type { ServerEvent } from '../../gateway/core/screen/messages.js';
import type { AgentCall, AgentPhone } from '../../media/phone/agent-phone.js';
import type { RawPhone } from './raw-phone.js';
import type { SipTrace } from './sip-trace.js';

/** An agent's screen client; events are kept, so that waiting for one that came already works. */
export class ScreenAgent {
  readonly events: { readonly event: ServerEvent; readonly at: number }[] = [];
  private readonly waiting: { readonly test: (event: ServerEvent) => boolean; readonly found: (event: ServerEvent) => void }[] = [];

  constructor(
    readonly id: string,
    readonly client: DeskClient,
  ) {
    client.on('event', (event, at) => {
      this.events.push({ event, at });
      for (const one of this.waiting.splice(0)) {
        if (one.test(event)) one.found(event);
        else this.waiting.push(one);
      }
    });
  }

  /** Resolves with the first event of that type (and phase, for `agent`) after the ones already waited for. */
  next<T extends ServerEvent['type']>(type: T, test: (event: Extract<ServerEvent, { type: T }>) => boolean = () => true): Promise<Extract<ServerEvent, { type: T }>> {
    const matches = (event: ServerEvent): event is Extract<ServerEvent, { type: T }> => event.type === type && test(event as Extract<ServerEvent, { type: T }>);
    const kept = this.events.findIndex(({ event }) => matches(event));
    const found = this.events[kept]?.event;
    if (found !== undefined && matches(found)) {
      this.events.splice(0, kept + 1);
      return Promise.resolve(found);
    }
    return new Promise((resolve) =>
      this.waiting.push({
        test: matches,
        found: (event) => {
          this.events.splice(0);
          if (matches(event)) resolve(event);
        },
      }),
    );
  }

  inPhase(phase: string): Promise<unknown> {
    return this.next('agent', (event) => event.state.phase === phase);
  }

  async ready(): Promise<void> {
    const result = await this.client.send({ type: 'ready' });
    if (!result.ok) throw new Error(`${this.id}: ${result.error.code} ${result.error.detail}`);
    await this.inPhase('ready');
  }

  async close(): Promise<void> {
    await this.client.send({ type: 'signOut' }).catch(() => undefined);
    this.client.close();
  }
}

/** An agent with a screen client and a phone of ours. */
export class TestAgent extends ScreenAgent {
  private readonly calls: AgentCall[] = [];

  constructor(
    id: string,
    client: DeskClient,
    readonly phone: AgentPhone,
    readonly trace: SipTrace,
  ) {
    super(id, client);
    phone.on('call', (call) => this.calls.push(call));
  }

  /** The next call that reaches the phone after the ones already taken. */
  async nextCall(): Promise<AgentCall> {
    const kept = this.calls.shift();
    if (kept !== undefined) return kept;
    await once(this.phone, 'call');
    return this.nextCall();
  }

  override async close(): Promise<void> {
    await super.close();
    await this.phone.close();
  }
}

/** An agent whose phone is written by hand. */
export class RawAgent extends ScreenAgent {
  constructor(
    id: string,
    client: DeskClient,
    readonly phone: RawPhone,
  ) {
    super(id, client);
  }

  override async close(): Promise<void> {
    await super.close();
    await this.phone.close();
  }
}
