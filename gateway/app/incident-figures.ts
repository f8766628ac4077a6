import type { Incident } from '../core/flow/incident.js';
import type { Millis } from '../core/ids.js';
import type { IncidentCount } from '../ports/thread-store.js';

/** An incident with its count of callers: those who were told, and those who then hung up content. */
export interface IncidentFigures extends IncidentCount {
  /** When it is over at the latest; null when it is in the folder no more. */
  readonly until: Millis | null;
}

/** Those of the folder in their order, told or not, then those that were told and are in it no more. */
export function incidentFigures(incidents: readonly Incident[], counts: readonly IncidentCount[]): readonly IncidentFigures[] {
  const known = incidents.map(({ id, until }) => {
    const { told, informed } = counts.find(({ incident }) => incident === id) ?? { told: 0, informed: 0 };
    return { incident: id, until, told, informed };
  });
  const ids = new Set(known.map(({ incident }) => incident));
  return [...known, ...counts.filter(({ incident }) => !ids.has(incident)).map((count) => ({ ...count, until: null }))];
}
