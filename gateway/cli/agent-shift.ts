import type { ServerEvent } from '../core/screen/messages.js';
import type { DeskClient } from './desk-client.js';
import type { Output } from './output.js';

export interface ShiftOptions {
  readonly disposition: string;
  /** Null: the phone itself answers. */
  readonly acceptAfterMs: number | null;
  readonly shouldDecline: boolean;
  readonly talkMs: number | null;
  readonly maxCalls: number;
}

/** What a headless agent does with each call: accept, talk, hang up, file. */
export class Shift {
  readonly done: Promise<number>;
  private finish: (status: number) => void = () => undefined;
  private taken = 0;
  /** Shown anew with the same id when the context of an open offer changes, and after a reconnect. */
  private offered: string | null = null;

  constructor(
    private readonly client: Pick<DeskClient, 'send' | 'on'>,
    private readonly output: Pick<Output, 'line' | 'problem'>,
    private readonly options: ShiftOptions,
  ) {
    this.done = new Promise((resolve) => (this.finish = resolve));
    client.on('event', (event, at) => void this.react(event, at).catch((error: unknown) => output.problem(String(error))));
  }

  private async react(event: ServerEvent, at: number): Promise<void> {
    const { client, output, options } = this;
    switch (event.type) {
      case 'agent':
        return output.line({ event: 'state', at, state: event.state }, `state: ${event.state.phase}${'reason' in event.state ? ` (${event.state.reason})` : ''}`);
      case 'offer': {
        if (this.offered === event.offerId) return;
        this.offered = event.offerId;
        output.line({ event: 'offer', at, offerId: event.offerId, callId: event.context.callId }, offerText(event));
        if (options.shouldDecline) return void (await client.send({ type: 'decline', offerId: event.offerId }));
        if (options.acceptAfterMs === null) return;
        const { offerId } = event;
        setTimeout(() => void client.send({ type: 'accept', offerId }).catch(() => undefined), options.acceptAfterMs);
        return;
      }
      case 'offerClosed':
        return output.line({ event: 'offerClosed', at, offerId: event.offerId, why: event.why }, `offer closed: ${event.why}`);
      case 'talking': {
        output.line({ event: 'talking', at, callId: event.callId }, 'talking');
        const { callId } = event;
        if (options.talkMs !== null) setTimeout(() => void client.send({ type: 'hangUp', callId }).catch(() => undefined), options.talkMs);
        return;
      }
      case 'callEnded':
        output.line({ event: 'callEnded', at, callId: event.callId, by: event.by, talkMs: event.talkMs }, `call ended by the ${event.by} after ${Math.round(event.talkMs / 1_000)} s`);
        if (event.wrapUpUntil !== null) await client.send({ type: 'wrapUp', callId: event.callId, disposition: options.disposition, note: '' });
        this.taken += 1;
        if (options.maxCalls > 0 && this.taken >= options.maxCalls) this.finish(0);
        return;
    }
  }
}

function offerText(event: Extract<ServerEvent, { type: 'offer' }>): string {
  const { caller, queue, statedReason, path, thread } = event.context;
  const lines = [
    `offer: ${caller.number ?? 'withheld number'} ${caller.customer === null ? '' : `(${caller.customer.name}) `}in ${queue.name}${statedReason === null ? '' : `, about ${statedReason}`}`,
    ...path.flatMap((entry) => [entry.said === undefined ? [] : [`  heard:  ${entry.said}`], entry.entered === undefined ? [] : [`  keyed:  ${entry.entered}`], entry.did === undefined ? [] : [`  done:   ${entry.did}`]].flat()),
    ...thread.slice(0, 3).map((entry) => `  before: ${entry.at.slice(0, 10)} ${entry.channel}: ${entry.summary}`),
  ];
  return lines.join('\n');
}
