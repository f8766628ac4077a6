import type { Flow } from '../../flow/flow-schema.js';
import type { Incident } from '../../flow/incident.js';
import type { NodeOf } from '../../flow/node-schema.js';
import { WRONG_AREA } from './pools.js';

/** What incident nodes tell apart: an incident for these services, in these areas. Empty: for all, everywhere. */
export type IncidentKind = Pick<Incident, 'id' | 'services' | 'areas'>;

/** The kinds that the incident nodes of these flows ask for, each once. */
export function incidentKinds(flows: readonly Flow[]): readonly IncidentKind[] {
  const all = flows.flatMap((flow) => [...flow.nodes.values()].flatMap((node) => (node.do === 'incident' ? [kindOf(node)] : [])));
  return [...new Map(all.map((kind) => [kind.id, kind])).values()];
}

/** Whether the node looks for incidents of that kind. */
export const looksFor = (node: NodeOf<'incident'>, { services, areas }: IncidentKind): boolean =>
  (services.length === 0 || services.some((service) => node.services?.includes(service) === true)) && (areas.length === 0 || node.area !== undefined);

/** Where a node knows the caller's area the incident is in one area only: an area that is not set yet would never be told of it. */
function kindOf({ services = [], area }: NodeOf<'incident'>): IncidentKind {
  const areas = area === undefined ? [] : [WRONG_AREA];
  return { id: [...services, ...(area === undefined ? [] : ['area'])].join('-') || 'all', services, areas };
}
