import { describe, expect, it } from 'vitest';
import { edge, isServedBy, poolText, signatureText } from '../../../gateway/core/acd/skills.js';

const need = (needs: Record<string, number>) => signatureText('voice', 'q', { needs: Object.entries(needs).map(([skill, minLevel]) => ({ skill, minLevel })) });
const have = (skills: Record<string, number>) => poolText('voice', Object.entries(skills).map(([skill, level]) => ({ skill, level })));

describe('canonical texts', () => {
  it('does not depend on the order of skills', () => {
    expect(need({ swedish: 5, billing: 3 })).toBe('voice|q|billing:3,swedish:5||');
    expect(need({ billing: 3, swedish: 5 })).toBe(need({ swedish: 5, billing: 3 }));
  });

  it('keeps the highest level of a skill named twice', () => {
    expect(signatureText('voice', 'q', { needs: [{ skill: 'a', minLevel: 2 }, { skill: 'a', minLevel: 7 }] })).toBe('voice|q|a:7||');
  });

  it('cannot be confused by separators inside a skill name', () => {
    expect(isServedBy(need({ 'a:9,b': 1 }), have({ a: 9, b: 1 }))).toBe(false);
    expect(isServedBy(need({ 'a:9,b': 1 }), have({ 'a:9,b': 1 }))).toBe(true);
  });
});

describe('who may serve whom', () => {
  it.each([
    [{}, {}, true],
    [{}, { billing: 1 }, true],
    [{ billing: 3 }, { billing: 3 }, true],
    [{ billing: 3 }, { billing: 2 }, false],
    [{ billing: 3 }, { billing: 10, swedish: 1 }, true],
    [{ billing: 3, swedish: 5 }, { billing: 10 }, false],
    [{ billing: 10 }, { billing: 9 }, false],
  ])('needs %j, has %j: %s', (needs, skills, expected) => {
    expect(isServedBy(need(needs as Record<string, number>), have(skills as Record<string, number>))).toBe(expected);
  });
});

describe('who goes first', () => {
  const swedish = { skill: 'swedish', minLevel: 5 };
  const norwegian = { skill: 'norwegian', minLevel: 1 };
  const english = { skill: 'english', minLevel: 1 };
  const line = signatureText('voice', 'q', { needs: [{ skill: 'billing', minLevel: 1 }], preferred: [swedish, norwegian, english] });
  const tier = (skills: Record<string, number>, signature = line) => edge(signature, have(skills))?.ofPool;

  it('puts agents with the preferred skills first, the first preferred counting more than all that follow', () => {
    const tiers = [{ swedish: 5, norwegian: 1, english: 1 }, { swedish: 5, norwegian: 1 }, { swedish: 9 }, { swedish: 4, norwegian: 9, english: 9 }, {}].map((skills) => tier({ billing: 1, ...skills }) ?? Number.NaN);
    expect([...tiers].sort((a, b) => a - b)).toEqual(tiers);
    expect(new Set(tiers).size).toBe(tiers.length);
  });

  it('has no edge for an agent without a needed skill, whatever is preferred', () => {
    expect(edge(line, have({ swedish: 10 }))).toBeNull();
  });

  it('takes levels into account only where the strategy says so, and below the preferred skills', () => {
    const needs = [{ skill: 'billing', minLevel: 1 }];
    const byLevel = signatureText('voice', 'q', { needs, preferred: [swedish] }, 'mostSkilled');
    expect([1, 5, 10].map((billing) => tier({ billing }, signatureText('voice', 'q', { needs })))).toEqual([0, 0, 0]);
    expect([1, 5, 10].map((billing) => tier({ billing, swedish: 5 }, byLevel))).toEqual([9, 5, 0]);
    expect(tier({ billing: 10 }, byLevel)).toBeGreaterThan(9);
  });

  it('puts calls that need the primary skill first, where the strategy says so', () => {
    const skills = [{ skill: 'technical', level: 5 }, { skill: 'billing', level: 5 }];
    expect(edge(line, poolText('voice', skills, 'primaryFirst'))?.ofSignature).toBe(1);
    expect(edge(signatureText('voice', 'q', { needs: [{ skill: 'technical', minLevel: 1 }] }), poolText('voice', skills, 'primaryFirst'))?.ofSignature).toBe(0);
    expect(edge(line, poolText('voice', skills))?.ofSignature).toBe(0);
  });
});
