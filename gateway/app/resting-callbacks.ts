import { z } from 'zod';
import type { RestingCallback } from '../core/acd/queue-types.js';
import { isCallbackId } from '../core/call/callback.js';
import { nextTry } from '../core/call/resting.js';
import { failed, ok, type Result } from '../core/errors.js';
import { brand, type CallId, type Json, type NodeId } from '../core/ids.js';
import { maskedNumber } from '../core/thread/identity.js';
import type { CallStore, SavedCall } from '../ports/call-store.js';
import type { Log } from '../ports/log.js';
import { mayRing } from './call-rules-for.js';
import { CALLBACK_ENDS, type CallbackEnd, type CallOrders } from './call-orders.js';
import type { Centre } from './centre.js';
import type { NodeRelay } from './node-relay.js';
import { readSnapshot } from './read-snapshot.js';

const WITHIN_MS = 2_000;

const askedSchema = z.object({ ask: z.literal('endCallback'), callId: z.string(), order: z.enum(CALLBACK_ENDS) });
const answeredSchema = z.object({ isEnded: z.boolean() });

export interface RestingCallbacksOptions {
  readonly store: Pick<CallStore, 'nodes' | 'owned' | 'saved' | 'ownerOf'>;
  readonly centre: Pick<Centre, 'queue' | 'isOpen'>;
  readonly node: NodeId;
  readonly relay: () => Pick<NodeRelay, 'ask'>;
  /** This node's own. */
  readonly calls: Pick<CallOrders, 'endCallback'>;
  readonly log: Log;
}

/** Callbacks between their tries, at whichever gateway they are: in no line, so that only the store of calls and their gateway know of them. */
export class RestingCallbacks {
  constructor(private readonly options: RestingCallbacksOptions) {}

  /** As they were saved last; the next to be tried first. Rejects when the store does not answer. */
  async list(): Promise<readonly RestingCallback[]> {
    const { store } = this.options;
    const owned = await Promise.all((await store.nodes()).map((node) => store.owned(node)));
    const saved = await store.saved(owned.flat().filter(isCallbackId));
    const resting = saved.flatMap((call) => this.restingOf(call));
    return resting.sort((a, b) => (a.nextTryAt ?? Number.POSITIVE_INFINITY) - (b.nextTryAt ?? Number.POSITIVE_INFINITY) || a.queuedAt - b.queuedAt);
  }

  /** Null: no callback by that id rests anywhere. Rejects when the store does not answer. */
  drop(callId: CallId): Promise<Result<null> | null> {
    return this.end(callId, 'drop');
  }

  /** The customer came by themselves. One that is not told of it asks before its next try. Does not wait, and never throws. */
  supersede(callId: CallId): void {
    this.end(callId, 'supersede').then(
      (told) => told?.ok === false && this.options.log.warn({ callId, detail: told.error.detail }, 'a callback was not told that its customer came'),
      (error: unknown) => this.options.log.warn({ callId, err: String(error) }, 'a callback was not told that its customer came'),
    );
  }

  private async end(callId: CallId, order: CallbackEnd): Promise<Result<null> | null> {
    const { calls, store, node, relay } = this.options;
    if (!isCallbackId(callId)) return null;
    if (await calls.endCallback(callId, order)) return ok(null);
    const owner = await store.ownerOf(callId);
    if (owner === null || owner === node) return null;
    const answered = answeredSchema.safeParse(await relay().ask(owner, { ask: 'endCallback', callId, order }, WITHIN_MS));
    if (!answered.success) return failed('VG_STORE', `"${callId}" is at the gateway ${owner}, which does not answer: try again`);
    return answered.data.isEnded ? ok(null) : null;
  }

  /** What another gateway asks of this one; undefined = it is about something else. */
  answer(body: Json): Promise<Json> | undefined {
    const asked = askedSchema.safeParse(body);
    return asked.success ? this.options.calls.endCallback(brand<CallId>(asked.data.callId), asked.data.order).then((isEnded) => ({ isEnded })) : undefined;
  }

  private restingOf(saved: SavedCall): readonly RestingCallback[] {
    const state = readSnapshot(saved);
    const next = state === null ? null : nextTry(state);
    if (state?.callback === undefined || next === null) return [];
    const { callId, node, callback } = state;
    const { queue, queuedAt } = next.place;
    const nextTryAt = mayRing(this.options.centre, queue, next.at) ? next.at : null;
    return [{ callId, number: maskedNumber(callback.number), queue, node, queuedAt, nextTryAt, tries: callback.attempts.length }];
  }
}
