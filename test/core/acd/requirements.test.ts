import { describe, expect, it } from 'vitest';
import { toQueueConfig, queueSchema } from '../../../gateway/core/acd/queue-config.js';
import { requirementsOf } from '../../../gateway/core/acd/requirements.js';

const name = { sv: 'Kö', nb: 'Kø', en: 'Line' };
const queue = (more: object) => toQueueConfig('billing', queueSchema.parse({ name, needs: { billing: 5 }, ...more }));
const NOTHING = { needs: [], band: null };

describe('what a caller needs', () => {
  it('is what the queue and the flow ask for, each skill at the higher level', () => {
    const { first } = requirementsOf(queue({}), { needs: [{ skill: 'billing', minLevel: 3 }, { skill: 'norwegian', minLevel: 4 }], band: null });
    expect(first).toEqual({ needs: [{ skill: 'billing', minLevel: 5 }, { skill: 'norwegian', minLevel: 4 }], preferred: [], band: 100 });
  });

  it('has the band of the flow before that of the queue', () => {
    expect(requirementsOf(queue({ band: 30 }), NOTHING).first.band).toBe(30);
    expect(requirementsOf(queue({ band: 30 }), { needs: [], band: 0 }).first.band).toBe(0);
  });

  it('loses skills and levels as the wait grows, also those that the flow asked for, and keeps what was lost', () => {
    const relax = [{ afterSeconds: 120, lower: { billing: 2 } }, { afterSeconds: 60, drop: ['norwegian'] }];
    const { later } = requirementsOf(queue({ relax }), { needs: [{ skill: 'norwegian', minLevel: 4 }], band: null });
    expect(later.map(({ afterMs, needs }) => [afterMs, needs])).toEqual([
      [60_000, [{ skill: 'billing', minLevel: 5 }]],
      [120_000, [{ skill: 'billing', minLevel: 2 }]],
    ]);
  });

  it('becomes more urgent at set waits, and never less', () => {
    const ageing = [{ afterSeconds: 60, band: 50 }, { afterSeconds: 120, band: 80 }, { afterSeconds: 300, band: 10 }];
    expect(requirementsOf(queue({ ageing }), NOTHING).later.map(({ afterMs, band }) => [afterMs, band])).toEqual([[60_000, 50], [300_000, 10]]);
    expect(requirementsOf(queue({ ageing }), { needs: [], band: 0 }).later).toEqual([]);
  });

  it('is relaxed in the skills that are named alone, whatever the others are called', () => {
    const constructor = { skill: 'constructor', minLevel: 4 };
    const { first, later } = requirementsOf(queue({ relax: [{ afterSeconds: 60, lower: { billing: 2 } }] }), { needs: [constructor], band: null });
    expect([first, ...later].map(({ needs }) => needs)).toEqual([[{ skill: 'billing', minLevel: 5 }, constructor], [{ skill: 'billing', minLevel: 2 }, constructor]]);
  });

  it('has one change where a relaxation and the next band fall on the same wait', () => {
    const { later } = requirementsOf(queue({ relax: [{ afterSeconds: 60, drop: ['billing'] }], ageing: [{ afterSeconds: 60, band: 50 }] }), NOTHING);
    expect(later).toEqual([{ afterMs: 60_000, needs: [], preferred: [], band: 50 }]);
  });
});
