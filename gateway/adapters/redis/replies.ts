import { agentIn, queueIn, type ItemChannel } from '../../core/acd/channels.js';
import type { AgentState, Assignment, CallOrder, OfferLoss, QueueEvent, QueueRoster, QueueSnapshot, SeatsState, WorkState } from '../../core/acd/queue-types.js';
import { needsOf, queueOf } from '../../core/acd/skills.js';
import { failed, ok } from '../../core/errors.js';
import type { Result, VgErrorCode } from '../../core/errors.js';
import { brand } from '../../core/ids.js';
import type { AgentId, NodeId } from '../../core/ids.js';

/** ASCII's unit separator: between the fields of replies and events. Ids and reasons never hold control characters. */
const FIELD = '\u001f';

/** Splits a script's reply: an error code with its detail, or the fields of the result. */
export function readReply<T>(reply: unknown, read: (fields: readonly string[]) => T): Result<T> {
  const fields = String(reply).split(FIELD);
  const [head = '', detail = ''] = fields;
  if (head.startsWith('VG_')) return failed(head as VgErrorCode, detail);
  return ok(read(fields));
}

/** An agent's state as `describe` in outbox.lua writes it: phase, since, and what the phase has. */
export function readState(fields: readonly string[]): AgentState {
  const [phase = '', sinceText = '', a = '', b = '', c = ''] = fields;
  const since = Number(sinceText);
  switch (phase) {
    case 'ready':
    case 'blocked':
      return { phase, since };
    case 'notReady':
      return { phase, reason: a, since };
    case 'reserved':
      return { phase, callId: brand(a), offerId: brand(b), since };
    case 'talking':
      return { phase, callId: brand(a), since };
    case 'wrapUp':
      return { phase, callId: brand(a), until: Number(b), since, ...(c === '' ? {} : { latest: Number(c) }) };
    case 'loggedOut':
      return { phase };
    default:
      throw new Error(`agent state "${phase}" is not known`);
  }
}

const SEATS: Readonly<Record<string, SeatsState['phase']>> = { notReady: 'notReady', ready: 'ready', blocked: 'blocked', reserved: 'reserved', talking: 'full', wrapUp: 'full' };
const WORK: Readonly<Record<string, WorkState['phase']>> = { queued: 'queued', reserved: 'offered', connected: 'open', ended: 'ended' };

/** As channel-state.lua gives it. */
export function readSeats(reply: unknown): SeatsState {
  const [state = '', since = '', reason = '', call = '', offer = '', expires = '', open = '', want = ''] = textsOf(reply);
  return {
    phase: SEATS[state] ?? 'loggedOut',
    since: Number(since),
    reason: state === 'notReady' ? reason : '',
    wish: want === '' ? null : want === 'logout' ? 'agentLeft' : want.slice('notReady:'.length),
    offer: offer === '' ? null : { offerId: brand(offer), callId: brand(call), expiresAt: Number(expires) },
    open: open.split(' ').filter((id) => id !== '').map((id) => brand(id)),
  };
}

/** As call-state.lua gives it. */
export function readWork(reply: unknown): WorkState {
  const [state = '', , , agent = '', waitMs = ''] = textsOf(reply);
  return { phase: WORK[state] ?? 'unknown', agentId: agent === '' ? null : agentIn(agent).agentId, waitMs: waitMs === '' ? null : Number(waitMs) };
}

const TRIGGERS: readonly Assignment['trigger'][] = ['callCame', 'agentCame', 'personal'];

/** `trigger alternatives relaxations`, as `reserve` in offers.lua writes it. */
function readAssignment(text: string): Assignment {
  const [trigger, alternatives = '0', relaxations = '0'] = text.split(' ');
  return { trigger: TRIGGERS.find((one) => one === trigger) ?? 'callCame', alternatives: Number.parseInt(alternatives, 10), hasMore: alternatives.endsWith('+'), relaxations: Number(relaxations) };
}

/** As snapshot.lua gives it. */
export function readSnapshot(reply: unknown): QueueSnapshot {
  const [lines = [], pools = []] = sidesOf(reply);
  return {
    lines: inGroups(lines, 4).map(([id = '', text = '', queue = '', waiting]) => ({ id, text, queue: text === '' ? queue : queueOf(text), waiting: Number(waiting) })),
    pools: inGroups(pools, 5).map(([id = '', text = '', notReady, working, idle]) => ({ id, text, notReady: Number(notReady), working: Number(working), idle: Number(idle) })),
  };
}

const inGroups = (flat: readonly string[], size: number): readonly (readonly string[])[] => Array.from({ length: flat.length / size }, (_, at) => flat.slice(at * size, (at + 1) * size));

const MOST_BANDS = 2 ** 44;

/** As roster.lua gives it. */
export function readRoster(reply: unknown): QueueRoster {
  const [agents = [], calls = []] = sidesOf(reply);
  return {
    agents: inGroups(agents, 3).map(([id = '', node = '', state = '']) => ({ ...agentIn(id), node: brand(node), state: readState(state.split(FIELD)) })),
    calls: inGroups(calls, 9).map(([id = '', state, queue = '', node = '', queuedAt, score, signature = '', text = '', agent = '']) => ({
      callId: brand(id), ...queueIn(queue), node: brand(node), queuedAt: Number(queuedAt), band: Math.floor(Number(score) / MOST_BANDS),
      needs: needsOf(text), waitsFor: signature.startsWith('@') ? agentIn(signature.slice(1)).agentId : null, offeredTo: state === 'reserved' ? agentIn(agent).agentId : null,
    })),
  };
}

const textsOf = (reply: unknown): readonly string[] => (Array.isArray(reply) ? reply.map(String) : []);
const sidesOf = (reply: unknown): readonly (readonly string[])[] => (Array.isArray(reply) ? reply.map(textsOf) : []);

/** Where the facts about agents name them. */
const AGENT_AT: Readonly<Record<string, number>> = { made: 2, lost: 2, agent: 0 };

/** A fact about an agent's seats of a channel other than voice. */
function itemEvent(type: string, text: (at: number) => string, who: { readonly agentId: AgentId; readonly channel: ItemChannel }): QueueEvent {
  if (type === 'made') return { type: 'item.offered', offerId: brand(text(0)), callId: brand(text(1)), ...who, queue: queueIn(text(3)).queue, at: Number(text(4)), agentNode: brand(text(8)) };
  if (type === 'lost') return { type: 'item.offerLost', offerId: brand(text(0)), callId: brand(text(1)), ...who, why: text(3) as OfferLoss, at: Number(text(4)) };
  return { type: 'seats.changed', ...who, at: Number(text(1)) };
}

/** The events in one outbox entry, for the node that reads it. An offer means for the agent's node that the agent is reserved. */
export function readEvents(entry: string, node: NodeId): readonly QueueEvent[] {
  const [type = '', ...f] = entry.split(FIELD);
  const text = (at: number) => f[at] ?? '';
  if (type === 'moved') return [{ type: 'agent.moved', agentId: agentIn(text(0)).agentId, at: Number(text(1)) }];
  const agent = AGENT_AT[type] === undefined ? null : agentIn(text(AGENT_AT[type]));
  if (agent !== null && agent.channel !== 'voice') return [itemEvent(type, text, { agentId: agent.agentId, channel: agent.channel })];
  if (type === 'made') {
    const offer: QueueEvent = {
      type: 'offer.made',
      offerId: brand(text(0)),
      callId: brand(text(1)),
      agentId: brand(text(2)),
      queue: brand(text(3)),
      at: Number(text(4)),
      expiresAt: Number(text(5)),
      queuedAt: Number(text(6)),
      callNode: brand(text(7)),
      agentNode: brand(text(8)),
      assignment: readAssignment(text(9)),
    };
    if (offer.agentNode !== node) return [offer];
    const state: AgentState = { phase: 'reserved', offerId: offer.offerId, callId: offer.callId, since: offer.at };
    return [offer, { type: 'agent.changed', agentId: offer.agentId, state, at: offer.at }];
  }
  if (type === 'lost') {
    return [{ type: 'offer.lost', offerId: brand(text(0)), callId: brand(text(1)), agentId: brand(text(2)), why: text(3) as OfferLoss, at: Number(text(4)) }];
  }
  if (type === 'agent') {
    return [{ type: 'agent.changed', agentId: brand(text(0)), state: readState(f.slice(2)), at: Number(text(1)) }];
  }
  if (type === 'order') {
    const order: CallOrder = text(1) === 'move' ? { do: 'move', queue: brand(text(2)) } : { do: text(1) === 'supersede' ? 'supersede' : 'drop' };
    return [{ type: 'call.ordered', callId: brand(text(0)), order, at: Number(text(3)) }];
  }
  if (type === 'message') return [{ type: 'node.message', at: Number(text(0)), text: text(1) }];
  return []; // written by a later release
}
