import type { ServerEvent } from '../core/screen/messages.js';
import type { DeskClient } from './desk-client.js';
import { minute } from './local-time.js';
import type { Output } from './output.js';

export interface ShiftOptions {
  readonly disposition: string;
  /** Calls; null: the phone itself answers. */
  readonly acceptAfterMs: number | null;
  /** Items. */
  readonly takeAfterMs: number;
  readonly shouldDecline: boolean;
  /** Null: the caller hangs up, and whoever handed an item in says that it is done. */
  readonly talkMs: number | null;
  /** Calls and items. */
  readonly maxCalls: number;
}

/** What a headless agent does with each call (accept, talk, hang up, file) and with each item of other channels (take, done). */
export class Shift {
  readonly done: Promise<number>;
  private finish: (status: number) => void = () => undefined;
  private taken = 0;
  /** Shown anew with the same id when the context of an open offer changes, and after a reconnect. */
  private offered: string | null = null;
  /** Items that are offered or open. */
  private readonly items = new Set<string>();

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
        const { callId, context } = event;
        if (context.callback?.isRinging === true) return output.line({ event: 'customerRings', at, callId }, 'the customer’s phone rings');
        output.line({ event: 'talking', at, callId }, 'talking');
        if (options.talkMs !== null) setTimeout(() => void client.send({ type: 'hangUp', callId }).catch(() => undefined), options.talkMs);
        return;
      }
      case 'callEnded':
        output.line({ event: 'callEnded', at, callId: event.callId, by: event.by, talkMs: event.talkMs, ...(event.notReached === undefined ? {} : { notReached: event.notReached }) }, endText(event));
        if (event.wrapUpUntil !== null) await client.send({ type: 'wrapUp', callId: event.callId, disposition: options.disposition, note: '' });
        return this.count(1);
      case 'items':
        return this.reactToItems(event, at);
    }
  }

  /** Each such event has all of its channel anew. */
  private reactToItems({ channel, offer, open }: Extract<ServerEvent, { type: 'items' }>, at: number): void {
    const { client, output, options } = this;
    if (offer !== null && this.isNew(`${channel} ${offer.offerId}`)) {
      const { offerId, item } = offer;
      output.line({ event: 'itemOffer', at, offerId, item }, `offer: ${channel} "${item.title}" in ${item.queue.name}`);
      if (options.shouldDecline) void client.send({ type: 'decline', offerId }).catch(() => undefined);
      else setTimeout(() => void client.send({ type: 'accept', offerId }).catch(() => undefined), options.takeAfterMs);
    }
    for (const item of open.filter(({ itemId }) => this.isNew(`${channel} open ${itemId}`))) {
      output.line({ event: 'itemOpen', at, item }, `open: ${channel} "${item.title}"`);
      if (options.talkMs !== null) setTimeout(() => void client.send({ type: 'done', itemId: item.itemId, note: '' }).catch(() => undefined), options.talkMs);
    }
    const now = new Set([...(offer === null ? [] : [`${channel} ${offer.offerId}`]), ...open.map(({ itemId }) => `${channel} open ${itemId}`)]);
    const gone = [...this.items].filter((known) => known.startsWith(`${channel} `) && !now.has(known));
    for (const known of gone) this.items.delete(known);
    this.count(gone.filter((known) => known.startsWith(`${channel} open `)).length);
  }

  private isNew(item: string): boolean {
    const isNew = !this.items.has(item);
    this.items.add(item);
    return isNew;
  }

  private count(taken: number): void {
    this.taken += taken;
    if (taken > 0 && this.options.maxCalls > 0 && this.taken >= this.options.maxCalls) this.finish(0);
  }
}

const OUTCOMES = { busy: 'busy', declined: 'declined', noAnswer: 'no answer', unreachable: 'not reachable', interrupted: 'interrupted on our side' } as const;

function endText({ by, talkMs, notReached }: Extract<ServerEvent, { type: 'callEnded' }>): string {
  if (notReached === undefined) return `call ended by the ${by} after ${Math.round(talkMs / 1_000)} s`;
  const { outcome, againAt } = notReached;
  return `customer not reached: ${OUTCOMES[outcome]}; ${againAt === null ? 'that was the last try' : `again at ${minute(againAt)}`}`;
}

function offerText(event: Extract<ServerEvent, { type: 'offer' }>): string {
  const { caller, callback, queue, statedReason, path, thread } = event.context;
  const lines = [
    `offer: ${callback === undefined ? '' : 'callback to '}${caller.number ?? 'withheld number'} ${caller.customer === null ? '' : `(${caller.customer.name}) `}in ${queue.name}${statedReason === null ? '' : `, about ${statedReason}`}`,
    ...(callback?.attempts ?? []).map(({ at, outcome }) => `  tried:  ${minute(at)} ${OUTCOMES[outcome]}`),
    ...path.flatMap((entry) => [entry.said === undefined ? [] : [`  heard:  ${entry.said}`], entry.entered === undefined ? [] : [`  keyed:  ${entry.entered}`], entry.did === undefined ? [] : [`  done:   ${entry.did}`]].flat()),
    ...thread.slice(0, 3).map((entry) => `  before: ${entry.at.slice(0, 10)} ${entry.channel}: ${entry.summary}`),
  ];
  return lines.join('\n');
}
