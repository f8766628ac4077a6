import type { Figures } from '../../gateway/core/acd/figures.js';
import { failed, ok, type Result } from '../../gateway/core/errors.js';
import { brand, type AgentId } from '../../gateway/core/ids.js';
import type { ServerEvent } from '../../gateway/core/screen/messages.js';
import type { AgentCommand, CommandResult, ScreenHost, Welcome } from '../../gateway/ports/screens.js';

export const ANNA = brand<AgentId>('anna');
export const ANNA_TOKEN = 'anna-token-0123456789';

/** A desk host without queue and calls: knows one agent, records what is asked, answers as the test says. */
export class FakeScreenHost implements ScreenHost {
  readonly commands: AgentCommand[] = [];
  readonly lost: AgentId[] = [];
  present: readonly ServerEvent[] = [{ type: 'agent', state: { phase: 'notReady', reason: 'signedIn', since: Date.now() } }];
  /** Null: the agent takes no calls. */
  phone: string | null = 'sip:anna@vaxel';
  signIns = 0;
  /** Of those, the screens that came back by themselves. */
  returns = 0;
  answer: (command: AgentCommand) => Promise<CommandResult> | CommandResult = () => ({ ok: true });
  signInAnswer: Result<null> = ok(null);
  /** Runs before the present state is handed over: what happens meanwhile. */
  whilePresentState: () => void | Promise<void> = () => undefined;
  figures: Figures = { from: 0, to: 1, blockedCallers: { byNumber: 0, withheld: 0 }, queues: [], agents: [], agentsByPhase: {} };
  readonly watchers = new Set<(figures: Figures) => void>();
  private listeners: (() => void)[] = [];

  async signIn(token: string, { isBack }: { readonly isBack: boolean }): Promise<Result<{ readonly agentId: AgentId; readonly welcome: Welcome }>> {
    if (token !== ANNA_TOKEN) return failed('VG_SIGN_IN', 'this token is not known');
    if (!this.signInAnswer.ok) return this.signInAnswer;
    this.signIns += 1;
    if (isBack) this.returns += 1;
    const first = this.present[0];
    return ok({
      agentId: ANNA,
      welcome: {
        agent: { id: ANNA, name: 'Anna Berg', answer: this.phone === null ? null : 'screen', phone: this.phone },
        notReadyReasons: ['break', 'lunch', 'meeting', 'training'],
        dispositions: [
          { id: 'solved', label: 'Solved' },
          { id: 'extended', label: 'Due date moved', names: { sv: 'Förfallodag flyttad', nb: 'Forfallsdato flyttet', en: 'Due date moved' } },
          { id: 'callback', label: 'Call back later' },
          { id: 'other', label: 'Something else' },
        ],
        state: first?.type === 'agent' ? first.state : { phase: 'notReady', reason: 'signedIn', since: Date.now() },
      },
    });
  }

  async presentState(): Promise<readonly ServerEvent[]> {
    const events = this.present;
    await this.whilePresentState();
    return events;
  }

  async command(_agentId: AgentId, command: AgentCommand): Promise<CommandResult> {
    this.commands.push(command);
    const result = await this.answer(command);
    this.changed();
    return result;
  }

  watchFigures(show: (figures: Figures) => void): () => void {
    show(this.figures);
    this.watchers.add(show);
    return () => this.watchers.delete(show);
  }

  disconnected(agentId: AgentId): void {
    this.lost.push(agentId);
    this.changed();
  }

  /** Resolves as soon as `isTrue`, looking after every command and loss. */
  async until(isTrue: () => boolean): Promise<void> {
    while (!isTrue()) await new Promise<void>((resolve) => this.listeners.push(resolve));
  }

  private changed(): void {
    const waiting = this.listeners;
    this.listeners = [];
    for (const listener of waiting) listener();
  }
}
