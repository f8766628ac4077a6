import { describe, expect, it } from 'vitest';
import { blockedWhy } from '../../../gateway/core/acd/blocked.js';
import { loadContactCentre } from '../../../gateway/core/acd/load-contact-centre.js';

/** A contact centre of so many queues, each of which overflows to the two after it, and agents who have one skill of ten each. */
function centreOf({ queues, agents, last = 'lastResort' }: { readonly queues: number; readonly agents: number; readonly last?: string }): string {
  const target = (at: number): string => (at < queues ? `{ queue: q${at} }` : last);
  const queue = (at: number): string => `  q${at}: { name: { sv: K${at}, nb: K${at}, en: Q${at} }, needs: { s${at % 10}: 3 }, overflow: { nobody: { to: ${target(at + 1)} }, wait: { overSeconds: 60, to: ${target(at + 2)} } } }`;
  const agent = (at: number): string => `  a${at}: { name: Agent ${at}, phone: 'sip:a${at}@vaxel', answer: screen, skills: { s${at % 10}: ${3 + (at % 7)} } }`;
  const each = (count: number, line: (at: number) => string): string => Array.from({ length: count }, (_, at) => line(at)).join('\n');
  return `domain: vaxel\nnumbers: {}\nskills:\n${each(10, (at) => `  s${at}: Skill ${at}`)}\nqueues:\n${each(queues, queue)}\nagents:\n${each(agents, agent)}\ndispositions: { other: Other }\nnotReadyReasons: [break]\n`;
}
const problemsOf = (text: string) => {
  const loaded = loadContactCentre(text, 'contact-centre.yaml');
  return loaded.ok ? [] : loaded.problems;
};

describe('the check of a large contact centre', () => {
  it('ends, however many ways lead from queue to queue', () => {
    expect(problemsOf(centreOf({ queues: 60, agents: 10 }))).toEqual([]);
  });

  it('finds the one way that leads back', () => {
    expect(problemsOf(centreOf({ queues: 60, agents: 10, last: '{ queue: q30 }' }))).toMatchObject([{ what: expect.stringContaining('can come back to a queue they were in') as string }]);
  });

  it('takes hundreds of queues and agents', () => {
    expect(problemsOf(centreOf({ queues: 400, agents: 1_500 }))).toEqual([]);
  });
});

describe('numbers that are keys', () => {
  const blocked = (numbers: string) => loadContactCentre(`${centreOf({ queues: 1, agents: 1 })}dialling: { country: 46 }\nblocked: { numbers: ${numbers} }\n`, 'contact-centre.yaml');

  it('count as they are written, also without quotes', () => {
    const loaded = blocked('{ 0701112223: threats }');
    expect(loaded.ok ? blockedWhy(loaded.value.blocked, '+46701112223') : loaded.problems).toBe('number');
  });

  it('are told when they stand there twice, with quotes and without', () => {
    const loaded = blocked('{ 0701112223: threats, "0701112223": others }');
    expect(loaded.ok ? [] : loaded.problems).toMatchObject([{ what: expect.stringContaining('unique') as string }]);
  });
});
