import type { AgentId } from '../../core/ids.js';
import { CLOSE_CODES } from '../../core/screen/close-codes.js';
import type { ClientMessage } from '../../core/screen/messages.js';
import type { Clock } from '../../ports/clock.js';
import type { Log } from '../../ports/log.js';
import type { AgentCommand, CommandResult, ScreenHost, Welcome } from '../../ports/screens.js';
import type { AgentSession } from './agent-session.js';
import type { ScreenLimits } from './limits.js';
import type { FigureFrames } from './figure-frames.js';
import type { Refusals } from './refusals.js';
import type { ScreenSocket } from './screen-socket.js';
import { REPLACED, type Sessions } from './sessions.js';

export interface ConnectionDeps {
  readonly host: ScreenHost;
  readonly clock: Clock;
  readonly log: Log;
  readonly limits: ScreenLimits;
  readonly sessions: Sessions;
  readonly refusals: Refusals;
  readonly figures: FigureFrames;
}

type SignIn = Extract<ClientMessage, { type: 'signIn' }>;

/**
 * opened ──signIn──▶ signingIn ──accepted──▶ signedIn ──socket gone──▶ closed
 *    └── too late, or any other message ──▶ closed ◀── refused ──┘
 */
type Phase =
  | { readonly phase: 'opened'; readonly cancelLimit: () => void }
  | { readonly phase: 'signingIn' }
  | { readonly phase: 'signedIn'; readonly agentId: AgentId; readonly session: AgentSession; readonly log: Log }
  | { readonly phase: 'closed' };

/** A present state that changes while it is read is read again, this often at most. */
const PRESENT_STATE_TRIES = 5;

/** One screen's way from the open socket over sign-in to its commands. */
export class Connection {
  private state: Phase;
  private endWatch: () => void = () => undefined;

  constructor(
    private readonly socket: ScreenSocket,
    private readonly address: string,
    private readonly deps: ConnectionDeps,
  ) {
    const cancelLimit = deps.clock.after(deps.limits.signInWithinMs, () => socket.close(CLOSE_CODES.signInLate, 'sign in first'));
    this.state = { phase: 'opened', cancelLimit };
  }

  onMessage(message: ClientMessage): void {
    switch (this.state.phase) {
      case 'opened':
        if (message.type !== 'signIn') return this.socket.close(CLOSE_CODES.badMessage, 'sign in first');
        this.state.cancelLimit();
        this.state = { phase: 'signingIn' };
        void this.signIn(message);
        return;
      case 'signedIn':
        return this.onSignedInMessage(message, this.state);
      case 'signingIn':
        return this.socket.close(CLOSE_CODES.badMessage, 'wait for the welcome');
      case 'closed':
        return;
    }
  }

  onClosed(): void {
    const before = this.state;
    this.state = { phase: 'closed' };
    this.endWatch();
    if (before.phase === 'opened') before.cancelLimit();
    if (before.phase !== 'signedIn') return;
    before.log.info({}, 'screen closed');
    if (this.deps.sessions.detach(before.agentId, this.socket)) this.deps.host.disconnected(before.agentId);
  }

  private async signIn(message: SignIn): Promise<void> {
    const { host, log, clock, refusals } = this.deps;
    const signedIn = await host.signIn(message.token, { isBack: message.session !== undefined }).catch((error: unknown) => {
      log.error({ error: String(error) }, 'sign-in failed');
      return null;
    });
    if (signedIn === null || !signedIn.ok) {
      const error = signedIn === null ? { code: 'VG_STORE', detail: 'sign-in is not possible right now' } : signedIn.error;
      const isRefused = error.code === 'VG_SIGN_IN';
      if (isRefused) refusals.count(this.address, clock.now());
      log.info({ address: this.address, code: error.code }, 'sign-in refused');
      this.socket.tell({ type: 'result', re: message.id, ok: false, error });
      return isRefused ? this.socket.close(CLOSE_CODES.signInRefused, 'sign-in refused') : this.socket.close(1013, 'try again later');
    }
    await this.welcome(message, signedIn.value);
  }

  private async welcome(message: SignIn, value: { readonly agentId: AgentId; readonly welcome: Welcome }): Promise<void> {
    const { agentId } = value;
    const { sessions, host } = this.deps;
    const session = sessions.open(agentId);
    // The socket may have gone while the host looked the token up; the host must not wait for it for ever.
    if (!this.socket.isOpen || this.state.phase === 'closed') {
      if (session.openSockets === 0) host.disconnected(agentId);
      return;
    }
    const missed = message.session === session.id && message.lastSeq !== undefined ? session.since(message.lastSeq) : null;
    const log = this.deps.log.child({ agentId });
    this.socket.tell({ type: 'welcome', re: message.id, session: session.id, ...value.welcome });
    this.state = { phase: 'signedIn', agentId, session, log };
    sessions.attach(agentId, this.socket)?.close(...REPLACED);
    log.info({ replayed: missed?.length ?? null, sockets: session.openSockets }, 'screen signed in');
    if (missed === null) return this.showPresentState(agentId, session);
    for (const frame of missed) this.socket.send(frame);
  }

  /** Whole state as events, to every socket of the agent: they are idempotent, and one numbering serves all. */
  private async showPresentState(agentId: AgentId, session: AgentSession): Promise<void> {
    this.socket.tell({ type: 'resync', fromSeq: session.lastSeq + 1 });
    for (let tries = 1; ; tries += 1) {
      const seqBefore = session.lastSeq;
      const events = await this.deps.host.presentState(agentId).catch((error: unknown) => {
        this.deps.log.error({ agentId, error: String(error) }, 'present state not readable');
        return null;
      });
      // Nothing to show is worse than no socket: the screen comes back and asks again.
      if (events === null) return this.socket.close(1013, 'try again later');
      // An event that was sent meanwhile may be newer than what was read.
      if (session.lastSeq !== seqBefore && tries < PRESENT_STATE_TRIES) continue;
      for (const event of events) this.deps.sessions.publish(session, event);
      return;
    }
  }

  private onSignedInMessage(message: ClientMessage, state: Extract<Phase, { phase: 'signedIn' }>): void {
    switch (message.type) {
      case 'ack':
        return state.session.acknowledge(message.seq);
      case 'ping':
        return this.socket.tell({ type: 'result', re: message.id, ok: true });
      case 'watchFigures':
        return this.watchFigures(message);
      case 'signIn':
        return this.answer(message.id, { ok: false, error: { code: 'VG_BAD_MESSAGE', detail: 'already signed in' } });
      default:
        void this.command(message, state);
    }
  }

  private watchFigures({ id, isOn, hasAgents }: Extract<ClientMessage, { type: 'watchFigures' }>): void {
    const { host, figures: frames } = this.deps;
    this.endWatch();
    this.endWatch = () => undefined;
    this.answer(id, { ok: true });
    if (!isOn) return;
    this.endWatch = host.watchFigures((figures) => {
      const frame = frames.of(figures, hasAgents);
      if (frame !== null) this.socket.send(frame);
    });
  }

  private async command(command: AgentCommand, state: Extract<Phase, { phase: 'signedIn' }>): Promise<void> {
    const result = await this.deps.host.command(state.agentId, command).catch((error: unknown): CommandResult => {
      state.log.error({ command: command.type, error: String(error) }, 'command failed');
      return { ok: false, error: { code: 'VG_FAILED', detail: 'the command could not be carried out' } };
    });
    state.log.debug({ command: command.type, code: result.ok ? null : result.error.code }, 'command done');
    this.answer(command.id, result);
    if (command.type !== 'signOut' || !result.ok) return;
    for (const outlet of state.session.allOutlets()) outlet.close(CLOSE_CODES.signedOut, 'signed out');
  }

  private answer(re: string, result: CommandResult): void {
    this.socket.tell(result.ok ? { type: 'result', re, ok: true } : { type: 'result', re, ok: false, error: { ...result.error } });
  }
}
