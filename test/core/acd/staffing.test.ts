import { describe, expect, it } from 'vitest';
import { Staffing } from '../../../gateway/core/acd/staffing.js';
import { poolText, signatureText } from '../../../gateway/core/acd/skills.js';

const line = (skill: string) => signatureText('voice', skill, { needs: [{ skill, minLevel: 1 }] });
const pool = (skills: string) => poolText('voice', skills.split(' ').map((skill) => ({ skill, level: 5 })));

/** `{ 'a b': 3 }` = three agents who have the skills a and b. */
function house(staff: Readonly<Record<string, number>>, signatures: readonly string[]): Staffing {
  const staffing = new Staffing();
  for (const [skills, count] of Object.entries(staff)) for (let i = 0; i < count; i += 1) staffing.add(pool(skills), 1);
  for (const signature of signatures) staffing.addSignature(line(signature));
  return staffing;
}
const agents = (staffing: Staffing, skill: string) => Object.fromEntries(staffing.contendingPools(line(skill)).map((one) => [one.pool, one.agents]));

describe('the pools that decide a wait', () => {
  it('are those who serve the line, and no others where these serve nothing else', () => {
    expect(agents(house({ a: 4, b: 5 }, ['a', 'b']), 'a')).toEqual({ [pool('a')]: 4 });
  });

  it('reach over lines that share agents, also by way of a third', () => {
    expect(agents(house({ 'a b': 4, 'b c': 5, d: 9 }, ['a', 'b', 'c', 'd']), 'a')).toEqual({ [pool('a b')]: 4, [pool('b c')]: 5 });
  });

  it('follow who comes and goes', () => {
    const staffing = house({ a: 4, 'a b': 1, b: 4 }, ['a', 'b']);
    expect(Object.keys(agents(staffing, 'b'))).toHaveLength(3);
    staffing.add(pool('a b'), -1);
    expect(agents(staffing, 'b')).toEqual({ [pool('b')]: 4 });
  });

  it('are found for a line whose first caller comes later', () => {
    const staffing = house({ 'a b': 2 }, ['a']);
    staffing.addSignature(line('b'));
    expect(staffing.contendingPools(line('a'))).toEqual([{ pool: pool('a b'), agents: 2, signatures: [line('a'), line('b')] }]);
  });
});
