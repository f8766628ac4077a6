import { expect, it } from 'vitest';
import { incidentFigures } from '../../gateway/app/incident-figures.js';
import { toIncidents } from '../../gateway/core/flow/incident.js';

it('incidents of the folder come first, told or not, then those that are in it no more', () => {
  const incidents = toIncidents({ incidents: { cable: { text: { sv: 'x' }, until: '2026-12-01T00:00:00Z' }, mail: { text: { sv: 'x' }, until: '2026-12-02T00:00:00Z' } } } as never);
  expect(incidentFigures(incidents, [{ incident: 'mail', told: 5, informed: 2 }, { incident: 'old', told: 1, informed: 0 }]).map(({ incident, until, told, informed }) => [incident, until === null, told, informed])).toEqual([
    ['cable', false, 0, 0],
    ['mail', false, 5, 2],
    ['old', true, 1, 0],
  ]);
});
