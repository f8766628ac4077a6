import { z } from 'zod';
import { languageSchema, slug } from './fields.js';
import type { Language } from './flow-types.js';
import type { Millis } from '../ids.js';

const text = z.string().min(1).max(1_000);

/** One incident as written in `incidents.yaml`. */
export const incidentSchema = z.strictObject({
  /** Texts by language; a caller of another language does not hear of it. */
  text: z.partialRecord(languageSchema, text),
  from: z.iso.datetime({ offset: true, error: 'a time such as 2026-11-28T14:00:00+01:00' }).optional(),
  /** When it is over at the latest: an incident never outlives its day by oversight. */
  until: z.iso.datetime({ offset: true, error: 'a time such as 2026-11-28T18:00:00+01:00' }),
  /** Only for these services, as flows name them; left out: for all. */
  services: z.array(slug).min(1).max(50).optional(),
  /** Only where the caller's area begins so, such as a postcode's first digits; left out: everywhere. */
  areas: z.array(z.string().min(1).max(20)).min(1).max(500).optional(),
  /** Only in these flows; left out: in all. */
  flows: z.array(slug).min(1).max(50).optional(),
});
export const incidentFileSchema = z.strictObject({ incidents: z.record(z.string().regex(/^[a-z][a-z0-9-]{0,63}$/, 'lower case letters, digits and hyphens'), incidentSchema).default({}) });

/** An incident as calls get it. Empty lists mean: no limit. */
export interface Incident {
  readonly id: string;
  readonly texts: Readonly<Partial<Record<Language, string>>>;
  readonly from: Millis;
  readonly until: Millis;
  readonly services: readonly string[];
  readonly areas: readonly string[];
  readonly flows: readonly string[];
}

/** The incidents of a checked file, in the order in which they are written. */
export function toIncidents(file: z.infer<typeof incidentFileSchema>): readonly Incident[] {
  return Object.entries(file.incidents).map(([id, { text: texts, from, until, services = [], areas = [], flows = [] }]) => ({
    id,
    texts,
    from: (from === undefined ? 0 : Date.parse(from)) as Millis,
    until: Date.parse(until) as Millis,
    services,
    areas,
    flows,
  }));
}
