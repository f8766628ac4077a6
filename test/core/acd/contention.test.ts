import { describe, expect, it } from 'vitest';
import { ContentionGraph } from '../../../gateway/core/acd/contention.js';
import { poolText, signatureText } from '../../../gateway/core/acd/skills.js';

const line = (skill: string) => signatureText('voice', skill, [{ skill, minLevel: 1 }]);

/** `{ 'a b': 3 }` = three agents who have the skills a and b. */
function house(staff: Readonly<Record<string, number>>, signatures: readonly string[]): ContentionGraph {
  const graph = new ContentionGraph();
  for (const [skills, count] of Object.entries(staff)) {
    for (let i = 0; i < count; i += 1) graph.addStaff(poolText('voice', skills.split(' ').map((skill) => ({ skill, level: 5 }))), 1);
  }
  for (const signature of signatures) graph.addSignature(line(signature));
  return graph;
}

describe('a contention group', () => {
  it('is one line alone where nobody else needs its agents', () => {
    expect(house({ a: 4, b: 5 }, ['a', 'b']).groupOf(line('a'))).toEqual({ signatures: [line('a')], agents: 4, fringe: new Map(), isWellPooled: true });
  });

  it('reaches over lines that share agents, also by way of a third', () => {
    const group = house({ 'a b': 4, 'b c': 5, d: 9 }, ['a', 'b', 'c', 'd']).groupOf(line('a'));
    expect([...group.signatures].sort()).toEqual([line('a'), line('b'), line('c')]);
    expect(group).toMatchObject({ agents: 9, isWellPooled: true });
  });

  it('ends at a weak link, which counts by the part of agents shared', () => {
    const group = house({ a: 19, b: 39, 'a b': 1 }, ['a', 'b']).groupOf(line('a'));
    expect(group).toEqual({ signatures: [line('a')], agents: 20, fringe: new Map([[line('b'), 1 / 40]]), isWellPooled: true });
  });

  it('is not well pooled where many weak links take its agents', () => {
    const group = house({ a: 16, b: 50, c: 50, 'a b': 2, 'a c': 2 }, ['a', 'b', 'c']);
    // Two of 20 are a tenth: a strong link. One more agent for each side, and each is a weak one.
    for (let i = 0; i < 5; i += 1) group.addStaff(poolText('voice', [{ skill: 'a', level: 1 }]), 1);
    expect(group.groupOf(line('a'))).toMatchObject({ signatures: [line('a')], agents: 25, isWellPooled: false });
  });

  it('follows who comes and goes', () => {
    const graph = house({ a: 4, 'a b': 1, b: 4 }, ['a', 'b']);
    expect(graph.groupOf(line('b')).signatures).toHaveLength(2);
    graph.addStaff(poolText('voice', [{ skill: 'a', level: 5 }, { skill: 'b', level: 5 }]), -1);
    expect(graph.groupOf(line('b'))).toEqual({ signatures: [line('b')], agents: 4, fringe: new Map(), isWellPooled: true });
  });
});
