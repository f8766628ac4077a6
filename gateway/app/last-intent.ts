import { failed } from '../core/errors.js';
import type { AgentId } from '../core/ids.js';
import type { Log } from '../ports/log.js';
import type { CommandResult } from '../ports/screens.js';

/** Answer to a wish that a later one overtook. */
const REPLACED: CommandResult = failed('VG_AGENT_STATE', 'replaced by a later choice');

interface Turn {
  /** The newest question of this agent; an older one that has not begun yet is dropped. */
  newest: number;
  last: Promise<unknown>;
  waiting: number;
}

/**
 * Changes of one agent's availability run one after the other and only the newest counts, so a queued "break" never overrules
 * a later "ready" (nor the other way round), however long the first one takes.
 */
export class LastIntent {
  private readonly turns = new Map<AgentId, Turn>();

  constructor(private readonly log: Log) {}

  get size(): number {
    return this.turns.size;
  }

  /**
   * Runs `change` when it is this agent's turn; `VG_AGENT_STATE` when a newer one came meanwhile. Never rejects.
   */
  async ask(agentId: AgentId, change: () => Promise<CommandResult>): Promise<CommandResult> {
    const turn = this.turns.get(agentId) ?? { newest: 0, last: Promise.resolve(), waiting: 0 };
    this.turns.set(agentId, turn);
    turn.newest += 1;
    turn.waiting += 1;
    const mine = turn.newest;
    const result = turn.last.then(() => (turn.newest === mine ? change() : REPLACED));
    const settled = result.catch((error: unknown): CommandResult => {
      this.log.error({ agentId, error: String(error) }, 'agent state not changed');
      return failed('VG_STORE', 'the queue did not answer; try again');
    });
    turn.last = settled;
    const outcome = await settled;
    turn.waiting -= 1;
    if (turn.waiting === 0) this.turns.delete(agentId);
    return outcome;
  }
}
