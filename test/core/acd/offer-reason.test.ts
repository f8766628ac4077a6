import { describe, expect, it } from 'vitest';
import { offerReason, offerReasonSchema, reasonWords, type OfferReason } from '../../../gateway/core/acd/offer-reason.js';
import { queueSchema, toQueueConfig } from '../../../gateway/core/acd/queue-config.js';
import type { Assignment } from '../../../gateway/core/acd/queue-types.js';

const SEEN: Assignment = { trigger: 'callCame', alternatives: 2, hasMore: false, relaxations: 0 };
const WHY: OfferReason = { ...SEEN, needs: [{ skill: 'billing', minLevel: 3 }], preferred: [], strategy: 'longestIdle' };
const queue = toQueueConfig('billing', queueSchema.parse({
  name: { sv: 'F', nb: 'F', en: 'B' }, needs: { billing: 3, norwegian: 1 }, prefer: { technical: 2 },
  relax: [{ afterSeconds: 30, drop: ['norwegian'] }, { afterSeconds: 60, lower: { billing: 1 } }],
  ageing: [{ afterSeconds: 90, band: 5 }],
}));

describe('the reason of an offer', () => {
  const needsAfter = (relaxations: number) => offerReason({ ...SEEN, relaxations }, { queue, wish: { needs: [{ skill: 'patience', minLevel: 2 }], band: null }, strategy: 'linear' });

  it('holds what the caller needed at that moment: the needs of queue and flow, as the wait had relaxed them', () => {
    expect([0, 1, 2].map((times) => needsAfter(times).needs.map(({ skill, minLevel }) => `${skill} ${minLevel}`).join(' '))).toEqual(['billing 3 norwegian 1 patience 2', 'billing 3 patience 2', 'billing 1 patience 2']);
    expect(needsAfter(0)).toMatchObject({ ...SEEN, preferred: ['technical'], strategy: 'linear' });
  });

  it('goes by the last relaxation when a reload has left fewer of them', () => {
    expect(needsAfter(9).needs).toEqual(needsAfter(2).needs);
  });

  it('does not take the next band for a relaxation', () => {
    expect([2, 3].map((changes) => needsAfter(changes).relaxations)).toEqual([2, 2]);
  });

  it('is read back from the log as it was written', () => {
    expect(offerReasonSchema.parse(JSON.parse(JSON.stringify(needsAfter(1))))).toEqual(needsAfter(1));
  });
});

describe('the reason as a sentence', () => {
  it.each<[string, Partial<OfferReason>]>([
    ['ready for the longest time of 3 agents who have billing ≥ 3', {}],
    ['ready for the longest time of 3 agents who have billing ≥ 3; relaxed once', { relaxations: 1 }],
    ['ready for the longest time of 3 agents who have billing ≥ 3; those with technical come first; relaxed 2 times', { relaxations: 2, preferred: ['technical'] }],
    ['ready for the longest time of 13 or more agents', { alternatives: 12, hasMore: true, needs: [] }],
    ['the only ready agent who has billing ≥ 3, norwegian ≥ 1', { alternatives: 0, needs: [...WHY.needs, { skill: 'norwegian', minLevel: 1 }], preferred: ['technical'] }],
    ['least occupied of 3 ready agents who have billing ≥ 3', { strategy: 'leastOccupied' }],
    ['first in the list of 3 ready agents who have billing ≥ 3', { strategy: 'linear' }],
    ['highest levels of 3 ready agents who have billing ≥ 3', { strategy: 'mostSkilled' }],
    ['most urgent, then longest waiting of 3 callers whom the agent can serve', { trigger: 'agentCame' }],
    ["most urgent, then for the agent's first skill, then longest waiting of 3 callers whom the agent can serve", { trigger: 'agentCame', strategy: 'primaryFirst' }],
    ['the only waiting caller whom the agent can serve; relaxed once', { trigger: 'agentCame', alternatives: 0, relaxations: 1 }],
    ['the caller was to reach this agent first', { trigger: 'personal', alternatives: 0 }],
  ])('%s', (sentence, changes) => {
    expect(reasonWords({ ...WHY, ...changes }, () => null).en).toBe(sentence);
  });

  it('is said in Swedish and Norwegian too', () => {
    expect(reasonWords({ ...WHY, relaxations: 1 }, () => null)).toMatchObject({
      sv: 'redo längst av 3 agenter med billing ≥ 3; kraven lättade en gång',
      nb: 'klar lengst av 3 agenter med billing ≥ 3; kravene lempet én gang',
    });
  });

  it('names skills as the contact centre does, in each language, and by their id where it has no such skill', () => {
    const names = new Map([['billing', { sv: 'fakturor', nb: 'faktura', en: 'invoices' }]]);
    expect(reasonWords({ ...WHY, needs: [...WHY.needs, { skill: 'gone', minLevel: 1 }], preferred: ['billing', 'gone'] }, (skill) => names.get(skill) ?? null)).toEqual({
      sv: 'redo längst av 3 agenter med fakturor ≥ 3, gone ≥ 1; de med fakturor, gone går före',
      nb: 'klar lengst av 3 agenter med faktura ≥ 3, gone ≥ 1; de med faktura, gone går foran',
      en: 'ready for the longest time of 3 agents who have invoices ≥ 3, gone ≥ 1; those with invoices, gone come first',
    });
  });
});
