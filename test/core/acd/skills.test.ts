import { describe, expect, it } from 'vitest';
import { isServedBy, poolText, signatureText } from '../../../gateway/core/acd/skills.js';

const need = (needs: Record<string, number>) => signatureText('voice', 'q', Object.entries(needs).map(([skill, minLevel]) => ({ skill, minLevel })));
const have = (skills: Record<string, number>) => poolText('voice', Object.entries(skills).map(([skill, level]) => ({ skill, level })));

describe('canonical texts', () => {
  it('does not depend on the order of skills', () => {
    expect(need({ swedish: 5, billing: 3 })).toBe('voice|q|billing:3,swedish:5');
    expect(need({ billing: 3, swedish: 5 })).toBe(need({ swedish: 5, billing: 3 }));
  });

  it('keeps the highest level of a skill named twice', () => {
    expect(signatureText('voice', 'q', [{ skill: 'a', minLevel: 2 }, { skill: 'a', minLevel: 7 }])).toBe('voice|q|a:7');
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
