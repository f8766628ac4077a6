import type { ContactCentre } from '../core/acd/contact-centre.js';
import type { Figures } from '../core/acd/figures.js';
import type { NewFact } from '../core/acd/queue-fact.js';
import type { AgentState, QueueEvent } from '../core/acd/queue-types.js';
import { failed, ok, type Result } from '../core/errors.js';
import { brand, type AgentId, type CallId, type Millis, type OfferId, type RequestId } from '../core/ids.js';
import type { ServerEvent } from '../core/screen/messages.js';
import type { Clock } from '../ports/clock.js';
import type { Log } from '../ports/log.js';
import type { AgentCommand, CommandResult, LocalScreens, ScreenHost, Welcome } from '../ports/screens.js';
import type { AgentItems } from './agent-items.js';
import { isMissed, type AgentSeats, type SignInAgain } from './agent-seats.js';
import { findByToken, type DeskAgent } from './agent-tokens.js';
import { LastIntent } from './last-intent.js';
import type { QueueFigures } from './queue-figures.js';

/** What the desk asks of the calls. Implemented by the call runner; a repeat of a command that was carried out answers ok. */
export interface DeskCalls {
  accept(agentId: AgentId, offerId: OfferId): Promise<CommandResult>;
  decline(agentId: AgentId, offerId: OfferId): Promise<CommandResult>;
  hangUp(agentId: AgentId, callId: CallId): Promise<CommandResult>;
  wrapUp(agentId: AgentId, callId: CallId, filed: { readonly disposition: string | null; readonly note: string }): Promise<CommandResult>;
  /**
   * The events that show what the agent has open, in order: the offer; or the talk; or, in wrap-up, the talk (for its context) and
   * its end. Empty when nothing is open.
   */
  openOffer(agentId: AgentId): readonly ServerEvent[] | Promise<readonly ServerEvent[]>;
}

export interface AgentDeskOptions {
  readonly seats: Pick<AgentSeats, 'signIn' | 'comeBack' | 'ready' | 'notReady' | 'extendWrapUp' | 'screenLost' | 'logout' | 'state' | 'isElsewhere' | 'takesCalls' | 'isBusy' | 'missed'>;
  readonly items: Pick<AgentItems, 'isItem' | 'accept' | 'decline' | 'done' | 'shown'>;
  /** May call `openScreens(…).push` lazily, as the screens in turn need this desk as their host. */
  readonly screens: LocalScreens;
  readonly calls: DeskCalls;
  /** All agents of the contact centre, in the order of its file; read anew at every use, so that a reload shows. */
  readonly agents: () => readonly DeskAgent[];
  /** Read anew at every use as well. */
  readonly centre: () => Pick<ContactCentre, 'notReadyReasons' | 'dispositions'>;
  /** Takes the fact that an agent signed in, with which skills. */
  readonly record: (fact: NewFact) => void;
  readonly figures: Pick<QueueFigures, 'today' | 'onChange'>;
  readonly newRequestId: () => RequestId;
  readonly clock: Clock;
  readonly log: Log;
  /** How long a lost screen may take to come back before its agent gets no more calls, ms. */
  readonly graceMs?: number;
}

export interface AgentDesk extends ScreenHost {
  /** Takes the events of the queue's outbox; shows agents their state. */
  onQueueEvent(event: QueueEvent): Promise<void>;
  /**
   * Signs in again whoever has a screen, which keeps a state that is known: the queue's store came back, perhaps without what it knew; or
   * skills or the strategy may have changed, and count from the next decision on. Who is no longer configured is signed out; whom a
   * supervisor signed out stays so.
   */
  signInAgain(why: SignInAgain): Promise<void>;
  /** Whether the agent's screen is here. One that is gone may come back at another gateway. */
  hasScreen(agentId: AgentId): boolean;
  close(): void;
}

/** How long a state shown to an agent may stay unacknowledged before nobody waits for it: not at all. */
const NO_WAIT = 0;

/** Signs agents in, keeps their availability as they last asked for it, and passes their commands to the calls. */
export function createAgentDesk(options: AgentDeskOptions): AgentDesk {
  return new Desk(options);
}

class Desk implements AgentDesk {
  private readonly intents: LastIntent;
  private readonly graces = new Map<AgentId, () => void>();
  /** Their sockets close next, which is no loss: signed out, or opened at another gateway. */
  private readonly leaving = new Set<AgentId>();
  /** Agents with a screen here, or with one that may come back in a moment. */
  private readonly present = new Set<AgentId>();
  /** Signed out by somebody else, with their screens still here. */
  private readonly dismissed = new Set<AgentId>();
  /** State that was told last of agents who take no calls. */
  private readonly told = new Map<AgentId, string>();

  constructor(private readonly options: AgentDeskOptions) {
    this.intents = new LastIntent(options.log);
  }

  async signIn(token: string, { isBack }: { readonly isBack: boolean }): Promise<Result<{ readonly agentId: AgentId; readonly welcome: Welcome }>> {
    const { options } = this;
    const { seats } = options;
    const agent = findByToken(options.agents(), token);
    if (agent === null) return failed('VG_SIGN_IN', 'this token is not known');
    const signedIn = this.entered(agent, await (isBack ? seats.comeBack(agent) : seats.signIn(agent)));
    if (!signedIn.ok) return signedIn;
    this.endGrace(agent.id);
    this.leaving.delete(agent.id);
    this.noteDismissal(agent.id, signedIn.value);
    this.present.add(agent.id);
    const { id, name, phone } = agent;
    return ok({
      agentId: agent.id,
      welcome: {
        agent: { id, name, answer: phone?.answer ?? null, phone: phone?.address ?? null },
        notReadyReasons: [...options.centre().notReadyReasons],
        dispositions: options.centre().dispositions.map((disposition) => ({ ...disposition })),
        state: signedIn.value,
      },
    });
  }

  async presentState(agentId: AgentId): Promise<readonly ServerEvent[]> {
    const state = await this.options.seats.state(agentId);
    const [items, open] = await Promise.all([this.options.items.shown(agentId), this.options.calls.openOffer(agentId)]);
    return [{ type: 'agent', state }, ...items, ...open];
  }

  async command(agentId: AgentId, command: AgentCommand): Promise<CommandResult> {
    const { calls, items } = this.options;
    switch (command.type) {
      case 'ready':
        return this.intents.ask(agentId, () => this.ready(agentId));
      case 'notReady':
        return this.notReady(agentId, command.reason);
      case 'signOut':
        return this.intents.ask(agentId, () => this.signOut(agentId));
      case 'accept':
      case 'decline': {
        const offerId = brand<OfferId>(command.offerId);
        return (items.isItem(offerId) ? items : calls)[command.type](agentId, offerId);
      }
      case 'done':
        return items.done(agentId, command.itemId, command.note);
      case 'hangUp':
        return calls.hangUp(agentId, brand<CallId>(command.callId));
      case 'wrapUp':
        return this.wrapUp(agentId, command);
      case 'moreTime':
        return this.options.seats.extendWrapUp(agentId);
    }
  }

  watchFigures(show: (figures: Figures) => void): () => void {
    const { figures } = this.options;
    show(figures.today());
    return figures.onChange(show);
  }

  disconnected(agentId: AgentId): void {
    this.endGrace(agentId);
    if (this.leaving.delete(agentId)) return;
    const cancel = this.options.clock.after(this.options.graceMs ?? 5_000, () => {
      this.graces.delete(agentId);
      this.present.delete(agentId);
      this.options.log.info({ agentId }, 'screen lost');
      void this.intents.ask(agentId, () => this.options.seats.screenLost(agentId));
    });
    this.graces.set(agentId, cancel);
  }

  async onQueueEvent(event: QueueEvent): Promise<void> {
    switch (event.type) {
      case 'agent.changed':
        // The last call of one whose calls were taken away is over.
        if (event.state.phase === 'loggedOut' && !this.options.seats.takesCalls(event.agentId)) return this.tellSeats(event.agentId, event.at);
        this.noteDismissal(event.agentId, event.state);
        await this.options.screens.push(event.agentId, { type: 'agent', state: event.state }, NO_WAIT);
        return isMissed(event.state) ? this.options.seats.missed(event.agentId) : undefined;
      case 'agent.moved':
        return this.moved(event.agentId);
      case 'item.offered':
        if (!this.present.has(event.agentId)) return;
        await this.tellSeats(event.agentId, event.at);
        return this.showItems(event.agentId);
      case 'seats.changed':
        await this.tellSeats(event.agentId, event.at);
        return this.showItems(event.agentId);
      case 'item.offerLost':
        return event.why === 'expired' && this.present.has(event.agentId) ? this.options.seats.missed(event.agentId) : undefined;
      default:
        return undefined;
    }
  }

  async signInAgain(why: SignInAgain): Promise<void> {
    const { seats, screens } = this.options;
    const configured = new Map(this.options.agents().map((agent) => [agent.id, agent]));
    for (const agentId of this.present) {
      const agent = configured.get(agentId);
      // A screen that is gone for a moment may be at another gateway by now.
      if (agent !== undefined && (!this.hasScreen(agentId) || this.dismissed.has(agentId))) continue;
      const done = agent === undefined ? await seats.logout(agentId) : this.entered(agent, await seats.signIn(agent, { again: why }));
      if (done.ok) await screens.push(agentId, { type: 'agent', state: done.value, ...(agent === undefined ? {} : { phone: agent.phone?.address ?? null }) }, NO_WAIT);
      await this.showItems(agentId);
    }
  }

  hasScreen(agentId: AgentId): boolean {
    return this.present.has(agentId) && !this.graces.has(agentId);
  }

  close(): void {
    for (const cancel of this.graces.values()) cancel();
    this.graces.clear();
  }

  /** The screen was opened at another gateway, unless it is here again by now: one screen is answered to, the newest. */
  private async moved(agentId: AgentId): Promise<void> {
    if (!this.present.has(agentId) || !(await this.options.seats.isElsewhere(agentId))) return;
    if (this.hasScreen(agentId)) this.leaving.add(agentId);
    this.endGrace(agentId);
    this.present.delete(agentId);
    this.options.screens.closeReplaced(agentId);
  }

  private noteDismissal(agentId: AgentId, { phase }: AgentState): void {
    if (phase === 'loggedOut') this.dismissed.add(agentId);
    else this.dismissed.delete(agentId);
  }

  private entered(agent: DeskAgent, state: Result<AgentState>): Result<AgentState> {
    const { clock, record, newRequestId } = this.options;
    const isSignedIn = state.ok && state.value.phase !== 'loggedOut';
    if (isSignedIn) record({ type: 'agent.signedIn', id: `${newRequestId()}:signedIn`, at: clock.now(), agentId: agent.id, skills: [...agent.skills], channels: [...agent.channels] });
    // Another gateway may have told something since.
    this.told.delete(agent.id);
    return state;
  }

  /** The queue tells what voice seats do, and of others that something changed: the state of who takes no calls is told from here, once. */
  private async tellSeats(agentId: AgentId, at: Millis): Promise<void> {
    const { seats, record, screens } = this.options;
    if (seats.takesCalls(agentId)) return;
    const state = await seats.state(agentId);
    this.noteDismissal(agentId, state);
    const reason = state.phase === 'notReady' ? state.reason : null;
    const told = `${state.phase} ${reason}`;
    if (this.told.get(agentId) === told) return;
    this.told.set(agentId, told);
    record({ type: 'agent.changed', id: `${agentId}:${at}:${state.phase}`, at, agentId, phase: state.phase, reason });
    await screens.push(agentId, { type: 'agent', state }, NO_WAIT);
  }

  private async showItems(agentId: AgentId): Promise<void> {
    if (!this.present.has(agentId)) return;
    for (const event of await this.options.items.shown(agentId)) await this.options.screens.push(agentId, event, NO_WAIT);
  }

  private async ready(agentId: AgentId): Promise<CommandResult> {
    const { agents, seats } = this.options;
    const agent = agents().find((candidate) => candidate.id === agentId);
    if (agent === undefined) return failed('VG_AGENT_UNKNOWN', 'this agent is no longer configured');
    const done = await seats.ready(agentId);
    if (done.ok || done.error.code !== 'VG_PHONE_UNREGISTERED') return done;
    return failed('VG_PHONE_UNREGISTERED', `The phone ${agent.phone?.address ?? ''} is not registered. Switch it on or start it, then choose Ready again.`);
  }

  private async notReady(agentId: AgentId, reason: string): Promise<CommandResult> {
    const { notReadyReasons } = this.options.centre();
    if (!notReadyReasons.includes(reason)) return failed('VG_BAD_MESSAGE', `reason: one of ${notReadyReasons.join(', ')}`);
    // With an open call the queue keeps the wish for after it.
    return this.intents.ask(agentId, () => this.options.seats.notReady(agentId, reason));
  }

  /** A call needs its screen to the end, and so does an item. */
  private async signOut(agentId: AgentId): Promise<CommandResult> {
    const { seats } = this.options;
    if (await seats.isBusy(agentId)) return failed('VG_AGENT_STATE', 'finish the call and everything open before you sign out');
    const done = await seats.logout(agentId);
    if (!done.ok) return done;
    this.leaving.add(agentId);
    this.present.delete(agentId);
    return done;
  }

  private async wrapUp(agentId: AgentId, command: Extract<AgentCommand, { type: 'wrapUp' }>): Promise<CommandResult> {
    const { dispositions } = this.options.centre();
    if (command.disposition !== null && !dispositions.some((disposition) => disposition.id === command.disposition)) {
      return failed('VG_BAD_MESSAGE', `disposition: one of ${dispositions.map((disposition) => disposition.id).join(', ')}`);
    }
    return this.options.calls.wrapUp(agentId, brand<CallId>(command.callId), { disposition: command.disposition, note: command.note });
  }

  private endGrace(agentId: AgentId): void {
    this.graces.get(agentId)?.();
    this.graces.delete(agentId);
  }
}
