import { z } from 'zod';
import { brand, type AgentId, type CallId, type Json, type NodeId, type OfferId } from '../core/ids.js';
import { serverEventSchema, type ServerEvent } from '../core/screen/messages.js';
import type { CallStore } from '../ports/call-store.js';
import type { Queue } from '../ports/queue.js';
import type { CommandResult, PushOutcome, Screens } from '../ports/screens.js';
import type { DeskCalls } from './agent-desk.js';
import type { NodeRelay } from './node-relay.js';

/** For an event whose acknowledgement nobody waits for. */
const WAY_MS = 250;
const COMMAND_MS = 2_000;
/** A screen that connects is not to wait for a gateway that died. */
const OPEN_MS = 500;
const NOT_SENT: PushOutcome = { sentAt: null, acknowledgedAt: null };
const GONE: Extract<CommandResult, { ok: false }> = { ok: false, error: { code: 'VG_OFFER_LOST', detail: 'The call is no longer there.' } };

const id = z.string().min(1).max(300);
/** What a gateway asks of another about screens. */
const askedSchema = z.discriminatedUnion('ask', [
  z.object({ ask: z.literal('push'), agentId: id, event: serverEventSchema, ackWithinMs: z.number() }),
  z.object({ ask: z.enum(['accept', 'decline']), agentId: id, offerId: id }),
  z.object({ ask: z.literal('hangUp'), agentId: id, callId: id }),
  z.object({ ask: z.literal('wrapUp'), agentId: id, callId: id, disposition: z.string().nullable(), note: z.string() }),
  z.object({ ask: z.literal('open'), agentId: id }),
]);

const outcomeSchema = z.object({ sentAt: z.number().nullable(), acknowledgedAt: z.number().nullable() });
const resultSchema = z.union([z.object({ ok: z.literal(true) }), z.object({ ok: z.literal(false), error: z.object({ code: z.string(), detail: z.string() }) })]);

export interface FarScreensOptions {
  readonly queue: Pick<Queue, 'whereabouts' | 'agentState'>;
  readonly store: Pick<CallStore, 'ownerOf'>;
  readonly node: NodeId;
  readonly relay: () => NodeRelay;
  /** This node's own. */
  readonly screens: Screens;
  readonly calls: DeskCalls;
  /** Whether the agent has a screen at this node. */
  readonly isHere: (agentId: AgentId) => boolean;
}

/** Screens and calls wherever they are: an event goes to the gateway that holds the agent's screen, a command to the one that drives the call. */
export class FarScreens implements Screens, DeskCalls {
  constructor(private readonly options: FarScreensOptions) {}

  async push(agentId: AgentId, event: ServerEvent, ackWithinMs: number): Promise<PushOutcome> {
    const { screens, isHere } = this.options;
    if (isHere(agentId)) return screens.push(agentId, event, ackWithinMs);
    const far = await this.elsewhere(this.options.queue.whereabouts({ agentId }));
    if (far === null) return screens.push(agentId, event, ackWithinMs);
    const asked = outcomeSchema.safeParse(await this.options.relay().ask(far, { ask: 'push', agentId, event: event as unknown as Json, ackWithinMs }, ackWithinMs === 0 ? WAY_MS : ackWithinMs));
    return asked.success ? asked.data : NOT_SENT;
  }

  accept(agentId: AgentId, offerId: OfferId): Promise<CommandResult> {
    return this.command(callOf(offerId), () => this.options.calls.accept(agentId, offerId), { ask: 'accept', agentId, offerId });
  }

  decline(agentId: AgentId, offerId: OfferId): Promise<CommandResult> {
    return this.command(callOf(offerId), () => this.options.calls.decline(agentId, offerId), { ask: 'decline', agentId, offerId });
  }

  hangUp(agentId: AgentId, callId: CallId): Promise<CommandResult> {
    return this.command(callId, () => this.options.calls.hangUp(agentId, callId), { ask: 'hangUp', agentId, callId });
  }

  wrapUp(agentId: AgentId, callId: CallId, filed: { readonly disposition: string | null; readonly note: string }): Promise<CommandResult> {
    return this.command(callId, () => this.options.calls.wrapUp(agentId, callId, filed), { ask: 'wrapUp', agentId, callId, ...filed });
  }

  async openOffer(agentId: AgentId): Promise<readonly ServerEvent[]> {
    const own = await this.options.calls.openOffer(agentId);
    if (own.length > 0) return own;
    const state = await this.options.queue.agentState(agentId);
    const far = 'callId' in state ? await this.elsewhere(this.options.store.ownerOf(state.callId)) : null;
    if (far === null) return own;
    const open = z.array(serverEventSchema).safeParse(await this.options.relay().ask(far, { ask: 'open', agentId }, OPEN_MS));
    // That gateway may be dead, and this one have adopted the call meanwhile.
    return open.success ? open.data : this.options.calls.openOffer(agentId);
  }

  /** What another gateway asks of this one. */
  async answer(body: Json): Promise<Json> {
    const { screens, calls } = this.options;
    const asked = askedSchema.parse(body);
    const agentId = brand<AgentId>(asked.agentId);
    switch (asked.ask) {
      case 'push':
        return { ...(await screens.push(agentId, asked.event, asked.ackWithinMs)) };
      case 'accept':
      case 'decline':
        return plain(await calls[asked.ask](agentId, brand<OfferId>(asked.offerId)));
      case 'hangUp':
        return plain(await calls.hangUp(agentId, brand<CallId>(asked.callId)));
      case 'wrapUp':
        return plain(await calls.wrapUp(agentId, brand<CallId>(asked.callId), { disposition: asked.disposition, note: asked.note }));
      case 'open':
        return (await calls.openOffer(agentId)) as unknown as Json;
    }
  }

  private async command(callId: CallId, here: () => Promise<CommandResult>, asked: Json): Promise<CommandResult> {
    const own = await here();
    if (own.ok || own.error.code !== GONE.error.code) return own;
    const far = await this.elsewhere(this.options.store.ownerOf(callId));
    if (far === null) return own;
    const answered = resultSchema.safeParse(await this.options.relay().ask(far, asked, COMMAND_MS));
    return answered.success ? answered.data : GONE;
  }

  /** Null: here, or nobody knows. */
  private async elsewhere(asked: Promise<NodeId | null>): Promise<NodeId | null> {
    const node = await asked.catch(() => null);
    return node === this.options.node ? null : node;
  }
}

const plain = (result: CommandResult): Json => (result.ok ? { ok: true } : { ok: false, error: { ...result.error } });

/** An offer's id carries its call (see offers.lua). */
const callOf = (offerId: OfferId): CallId => brand<CallId>(offerId.slice(offerId.indexOf('.') + 1));
