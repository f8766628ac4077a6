import { describe, expect, it } from 'vitest';
import { blockedSchema, blockedWhy, toBlockedCallers } from '../../../gateway/core/acd/blocked.js';

const blocked = (file: object, country: string | null = '46') => toBlockedCallers(blockedSchema.parse(file), country);

describe('a blocked caller', () => {
  const list = blocked({ numbers: { '+46701112223': 'Threats in May', '0812345678': null, '+882*': 'Satellite', '0900*': null } });

  it.each(['+46701112223', '0046701112223', '46701112223', '0701112223', '+46812345678', '0812345678', '+88216123456', '0088216123456', '+46900123', '0900123'])('is known however the number is written: %s', (ani) => {
    expect(blockedWhy(list, ani)).toBe('number');
  });

  it.each(['+46701112224', '+467011122233', '+88312345', '+4612345', '0701112', '112'])('is nobody else: %s', (ani) => {
    expect(blockedWhy(list, ani)).toBeNull();
  });

  it('without a country, is blocked as the number is written', () => {
    const national = blocked({ numbers: { '0701112223': null } }, null);
    expect([blockedWhy(national, '0701112223'), blockedWhy(national, '+46701112223')]).toEqual(['number', null]);
  });

  it('who withholds the number is served, unless the file says otherwise', () => {
    expect([blockedWhy(list, null), blockedWhy(blocked({ withheld: 'refuse' }), null), blockedWhy(blocked({ withheld: 'refuse' }), '+46701112223')]).toEqual([null, 'withheld', null]);
  });

  it('is nobody where nothing is said', () => {
    expect([blockedWhy(blocked({}), '+46701112223'), blockedWhy(blocked({}), null)]).toEqual([null, null]);
  });
});
