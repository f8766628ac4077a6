import { ok, type Result } from '../../gateway/core/errors.js';
import { brand, type AgentId } from '../../gateway/core/ids.js';
import { entryOf } from '../../gateway/core/thread/entry.js';
import type { Interaction, ThreadEntry } from '../../gateway/core/thread/interaction.js';
import type { IncidentCount, ThreadStore } from '../../gateway/ports/thread-store.js';

/** A thread store in memory that shows what was appended. */
export class MemoryThread implements ThreadStore {
  readonly interactions = new Map<string, Interaction>();

  append(interaction: Interaction): Promise<Result<null>> {
    if (!this.interactions.has(interaction.id)) this.interactions.set(interaction.id, interaction);
    return Promise.resolve(ok(null));
  }

  has(id: string): Promise<Result<boolean>> {
    return Promise.resolve(ok(this.interactions.has(id)));
  }

  recent(who: { readonly customerId: string | null; readonly number: string | null }, limit: number): Promise<Result<readonly ThreadEntry[]>> {
    const theirs = [...this.interactions.values()].filter((one) => one.subject === who.customerId || (who.number !== null && one.data.number === who.number));
    return Promise.resolve(ok(theirs.reverse().slice(0, limit).map(entryOf)));
  }

  lastAgent(who: { readonly customerId: string | null; readonly number: string | null }): Promise<Result<AgentId | null>> {
    const theirs = [...this.interactions.values()].filter((one) => one.subject === who.customerId || (who.number !== null && one.data.number === who.number));
    const agent = theirs.reverse().find(({ data }) => typeof data.agentId === 'string')?.data.agentId ?? null;
    return Promise.resolve(ok(agent === null ? null : brand<AgentId>(agent)));
  }

  incidentCounts(): Promise<Result<readonly IncidentCount[]>> {
    const calls = [...this.interactions.values()].map(({ data }) => data);
    const told = [...new Set(calls.flatMap(({ incidents = [] }) => incidents))].sort();
    return Promise.resolve(ok(told.map((incident) => ({ incident, told: calls.filter(({ incidents = [] }) => incidents.includes(incident)).length, informed: calls.filter(({ informedOf }) => informedOf === incident).length }))));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
