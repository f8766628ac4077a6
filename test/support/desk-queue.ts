import type { AgentState } from '../../gateway/core/acd/queue-types.js';
import { ok, type Result } from '../../gateway/core/errors.js';
import type { AgentId, NodeId } from '../../gateway/core/ids.js';

/** The queue as the desk sees it: keeps one agent's state and every request. */
export class DeskQueue {
  readonly asked: string[] = [];
  state: AgentState = { phase: 'notReady', reason: 'signedIn', since: 1 };
  answer: Result<null> = ok(null);
  hold: Promise<void> = Promise.resolve();

  signIn = (request: { readonly agentId: AgentId; readonly skills: readonly object[]; readonly node: NodeId; readonly strategy?: string; readonly order?: number }) => this.done(`signIn ${request.agentId} ${request.skills.length} ${request.node} ${request.strategy} ${request.order}`);
  ready = ({ phone }: { readonly phone?: string }) => this.done(`ready ${phone ?? ''}`, { phase: 'ready', since: 2 });
  notReady = (request: { readonly reason: string }) => this.done(`notReady ${request.reason}`, { phase: 'notReady', reason: request.reason, since: 3 });
  extendWrapUp = () => this.done('extendWrapUp');
  logout = () => this.done('logout', { phase: 'loggedOut' });
  agentState = () => Promise.resolve(this.state);
  whereabouts = () => Promise.resolve(null);
  seatsState = () => Promise.resolve({ phase: 'loggedOut' as const, since: 0, reason: '', wish: null, offer: null, open: [] });

  private async done(what: string, next: AgentState = this.state): Promise<Result<AgentState>> {
    this.asked.push(what);
    await this.hold;
    if (!this.answer.ok) return this.answer;
    this.state = next;
    return ok(this.state);
  }
}
