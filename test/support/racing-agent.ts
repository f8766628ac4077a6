import { setTimeout as pause } from 'node:timers/promises';
import { openAgentPhone } from '../../gateway/cli/agent-phone.js';
import { DeskClient } from '../../gateway/cli/desk-client.js';
import type { ServerEvent } from '../../gateway/core/screen/messages.js';
import type { AgentPhone } from '../../media/phone/agent-phone.js';

/** What an agent does with an offer. */
export type Manner = 'answers' | 'accepts' | 'is busy' | 'declines';

export interface RacingAgentOptions {
  readonly id: string;
  readonly secret: string;
  /** `host:port` of the SIP server. */
  readonly sip: string;
  readonly manner: Manner;
  /** Hangs up after so long, unless the caller does. */
  readonly talkMs: number;
}

/** A caller on the line, by the agent's screen; ms on this machine's clock, null while it lasts. */
export interface Talk {
  readonly callId: string;
  readonly from: number;
  until: number | null;
}

/** An agent without pauses: does at once what comes to mind, is ready again at once, and signs in elsewhere when the gateway is gone. */
export class RacingAgent {
  readonly talks: Talk[] = [];
  private client: DeskClient | null = null;
  private isLeaving = false;

  private constructor(
    private readonly options: RacingAgentOptions,
    private readonly phone: AgentPhone,
  ) {}

  static async open(options: RacingAgentOptions): Promise<RacingAgent> {
    const { id, secret, sip, manner } = options;
    const rule = manner === 'answers' ? ({ kind: 'after', ms: 0 } as const) : manner === 'is busy' ? ({ kind: 'reject', status: 486 } as const) : ({ kind: 'auto' } as const);
    return new RacingAgent(options, await openAgentPhone({ aor: `sip:${id}@vaxel`, password: secret, sip, rule, toneHz: 0 }));
  }

  get id(): string {
    return this.options.id;
  }

  /** Signs in at that gateway and works there; the one before is left alone. */
  async work(api: string): Promise<void> {
    this.client?.close();
    const { client } = await DeskClient.signIn(api, this.options.secret);
    this.client = client;
    client.on('event', (event, at) => this.heard(client, event, at));
    this.send(client, { type: 'ready' });
  }

  async close(): Promise<void> {
    this.isLeaving = true;
    this.client?.close();
    await this.phone.close();
  }

  private heard(client: DeskClient, event: ServerEvent, at: number): void {
    const { manner } = this.options;
    switch (event.type) {
      case 'offer':
        if (manner === 'accepts') this.send(client, { type: 'accept', offerId: event.offerId });
        if (manner === 'declines') this.send(client, { type: 'decline', offerId: event.offerId });
        return;
      case 'callEnded':
        this.end(at);
        if (event.wrapUpUntil !== null) this.send(client, { type: 'wrapUp', callId: event.callId, disposition: 'other', note: '' });
        return;
      case 'agent':
        if (event.state.phase === 'talking') this.talk(event.state.callId, at);
        else this.end(at);
        if (event.state.phase === 'notReady') this.send(client, { type: 'ready' });
        return;
      default:
    }
  }

  /** Told again after signing in again. */
  private talk(callId: string, at: number): void {
    if (!this.talks.some((talk) => talk.callId === callId && talk.until === null)) {
      this.end(at);
      this.talks.push({ callId, from: at, until: null });
    }
    // By the phone, whichever gateway has the call.
    void pause(this.options.talkMs).then(() => this.phone.calls.forEach((call) => call.hangUp()));
  }

  private end(at: number): void {
    for (const talk of this.talks) talk.until ??= at;
  }

  /** A refusal is an answer too; a gateway that is gone gives none. */
  private send(client: DeskClient | null, command: Parameters<DeskClient['send']>[0]): void {
    if (!this.isLeaving) client?.send(command).catch(() => undefined);
  }
}
