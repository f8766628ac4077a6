import type { ItemsEvent } from '../../core/screen/items.js';
import type { CallContext } from '../../core/screen/context.js';
import type { ServerEvent, ServerMessage } from '../../core/screen/messages.js';

export type Welcome = Extract<ServerMessage, { type: 'welcome' }>;
export type AgentState = Welcome['state'];
export type OfferEvent = Extract<ServerEvent, { type: 'offer' }>;
export type ClosedWhy = Extract<ServerEvent, { type: 'offerClosed' }>['why'];

/** The customer of a callback did not answer. */
export type NotReached = NonNullable<Extract<ServerEvent, { type: 'callEnded' }>['notReached']>;

export interface Talk {
  readonly callId: string;
  readonly since: number;
  readonly context: CallContext | null;
}

export interface WrapUp {
  readonly callId: string;
  /** Null = the gateway did not say yet. */
  readonly until: number | null;
  readonly since: number;
  /** Until when the agent can make it last; null = as long as it does. */
  readonly latest: number | null;
  readonly ended: { readonly by: 'caller' | 'agent' | 'system'; readonly talkMs: number; readonly notReached?: NotReached } | null;
  readonly context: CallContext | null;
}

/** What the server said, as the page keeps it. At most one of offer, talk and wrapUp is shown, in the order of `mainOf`. */
export interface DeskState {
  readonly welcome: Welcome | null;
  readonly agent: AgentState;
  readonly offer: OfferEvent | null;
  readonly talk: Talk | null;
  readonly wrapUp: WrapUp | null;
  /** Work of other channels, an event a channel. */
  readonly items: readonly ItemsEvent[];
  /** Why the last offer ended, until the next thing happens. */
  readonly closed: ClosedWhy | null;
}

export const EMPTY: DeskState = { welcome: null, agent: { phase: 'loggedOut' }, offer: null, talk: null, wrapUp: null, items: [], closed: null };

/** Folds one message in. Every event is whole, so repeats and replays change nothing. */
export function reduceDesk(state: DeskState, message: ServerMessage): DeskState {
  switch (message.type) {
    case 'welcome':
      return { ...state, welcome: message, agent: message.state };
    case 'resync':
      return { ...EMPTY, welcome: state.welcome, agent: state.agent };
    case 'event':
      return reduceEvent(state, message.event, message.at);
    case 'figures':
    case 'result':
      return state;
  }
}

function reduceEvent(state: DeskState, event: ServerEvent, at: number): DeskState {
  switch (event.type) {
    case 'agent':
      return agentChanged(withPhone(state, event.phone), event.state);
    case 'offer':
      return { ...state, offer: event, talk: null, wrapUp: null, closed: null };
    case 'offerClosed':
      if (state.offer?.offerId !== event.offerId) return state;
      return { ...state, offer: event.why === 'answered' ? state.offer : null, closed: event.why === 'answered' ? null : event.why };
    case 'talking':
      return { ...state, offer: null, wrapUp: null, closed: null, talk: { callId: event.callId, since: event.since, context: event.context } };
    case 'items':
      return { ...state, items: [...state.items.filter(({ channel }) => channel !== event.channel), event] };
    case 'callEnded':
      return callEnded(state, event, at);
  }
}

/** A reload may give an agent calls, or take them away. */
function withPhone(state: DeskState, phone: string | null | undefined): DeskState {
  if (phone === undefined || state.welcome === null) return state;
  return { ...state, welcome: { ...state.welcome, agent: { ...state.welcome.agent, phone } } };
}

/** The agent's state is the queue's word: what contradicts it is cleared, so that nothing stays on the screen for ever. */
function agentChanged(state: DeskState, agent: AgentState): DeskState {
  const next = { ...state, agent };
  switch (agent.phase) {
    case 'loggedOut':
    case 'notReady':
    case 'ready':
    case 'blocked':
      return { ...next, offer: null, talk: null, wrapUp: null };
    case 'reserved':
      return { ...next, offer: state.offer?.offerId === agent.offerId ? state.offer : null, talk: null, wrapUp: null };
    case 'talking':
      return { ...next, wrapUp: null, talk: state.talk ?? { callId: agent.callId, since: agent.since, context: state.offer?.context ?? null }, offer: null };
    case 'wrapUp': {
      const kept = state.wrapUp?.callId === agent.callId ? state.wrapUp : null;
      const context = kept?.context ?? contextOf(state, agent.callId);
      return { ...next, offer: null, talk: null, wrapUp: { callId: agent.callId, until: agent.until, since: agent.since, latest: agent.latest ?? null, ended: kept?.ended ?? null, context } };
    }
  }
}

function callEnded(state: DeskState, event: Extract<ServerEvent, { type: 'callEnded' }>, at: number): DeskState {
  const talk = state.talk?.callId === event.callId ? null : state.talk;
  if (event.wrapUpUntil === null) return { ...state, talk, offer: null };
  // A replay of a call whose wrap-up is over by the queue's word changes nothing.
  if (state.agent.phase !== 'wrapUp' && state.agent.phase !== 'talking') return { ...state, talk };
  const ended = { by: event.by, talkMs: event.talkMs, ...(event.notReached === undefined ? {} : { notReached: event.notReached }) };
  // The queue knows of more time that the agent asked for.
  const known = state.agent.phase === 'wrapUp' && state.agent.callId === event.callId ? state.agent : null;
  const [until, since] = [known?.until ?? event.wrapUpUntil, state.wrapUp?.since ?? known?.since ?? at];
  return { ...state, talk, offer: null, wrapUp: { callId: event.callId, until, since, latest: known?.latest ?? null, ended, context: contextOf(state, event.callId) } };
}

function contextOf(state: DeskState, callId: string): CallContext | null {
  const known = [state.wrapUp?.context, state.talk?.context, state.offer?.context];
  return known.find((context) => context?.callId === callId) ?? null;
}

export type Main =
  | { readonly view: 'wrapUp'; readonly wrapUp: WrapUp }
  | { readonly view: 'talk'; readonly talk: Talk }
  | { readonly view: 'offer'; readonly offer: OfferEvent }
  | { readonly view: 'waiting' };

/** What the middle of the page shows. */
export function mainOf(state: DeskState): Main {
  if (state.wrapUp !== null) return { view: 'wrapUp', wrapUp: state.wrapUp };
  if (state.talk !== null) return { view: 'talk', talk: state.talk };
  if (state.offer !== null) return { view: 'offer', offer: state.offer };
  return { view: 'waiting' };
}
