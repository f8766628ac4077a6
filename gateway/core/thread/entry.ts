import type { Interaction, ThreadEntry } from './interaction.js';
import { operationsIn } from './operations.js';
import { noteId } from './phone-call.js';

/** What a screen shows of an interaction. */
export function entryOf(interaction: Interaction): ThreadEntry {
  const { data } = interaction;
  return {
    id: interaction.id,
    at: interaction.time,
    channel: data.channel,
    summary: data.summary,
    ...(data.told === undefined ? {} : { told: data.told, did: operationsIn(data.path) }),
    reason: data.reason ?? null,
    result: data.disposition ?? data.result ?? null,
    ...(data.dispositionNames === undefined ? {} : { resultNames: data.dispositionNames }),
    agent: data.agent ?? null,
    note: data.note ?? null,
  };
}

/**
 * Newest first, with each agent's note folded into the call it was written about: one conversation is one entry.
 * A note whose call is not among them stays an entry of its own.
 */
export function threadOf(entries: readonly ThreadEntry[]): readonly ThreadEntry[] {
  const byId = new Map(entries.map((entry) => [entry.id, entry]));
  const folded = new Set<string>();
  const whole = entries.map((entry) => {
    const note = byId.get(noteId(entry.id));
    if (note === undefined) return entry;
    folded.add(note.id);
    return { ...entry, result: note.result ?? entry.result, ...(note.resultNames === undefined ? {} : { resultNames: note.resultNames }), agent: note.agent ?? entry.agent, note: note.note ?? entry.note };
  });
  // ISO 8601 in UTC sorts as text only when written alike; other systems may write offsets.
  return whole.filter((entry) => !folded.has(entry.id)).sort((left, right) => Date.parse(right.at) - Date.parse(left.at));
}
