import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskedNumber, normaliseNumber, readSubject, subjectOf } from '../../../gateway/core/thread/identity.js';

describe('a phone number', () => {
  it.each([
    ['+46701234567', '+46701234567'],
    ['+46 70-123 45 67', '+46701234567'],
    ['0046701234567', '+46701234567'],
    ['tel:+46-70-123-45-67', '+46701234567'],
    ['tel:+46701234567;phone-context=x', '+46701234567'],
    ['070-123 45 67', '0701234567'],
    ['(070) 123.45/67', '0701234567'],
    ['112', '112'],
    ['anonymous', null],
    ['', null],
    ['+', null],
    [null, null],
    [undefined, null],
    ['1'.repeat(41), null],
  ])('%s is %s', (written, one) => {
    expect(normaliseNumber(written)).toBe(one);
  });

  it('is told to operators by its last three digits', () => {
    expect(['+46701234567', '0701234567', '112'].map(maskedNumber)).toEqual(['+••••••••567', '•••••••567', '112']);
  });

  it.each([
    ['46', '0701234567', '+46701234567'],
    ['46', '070-123 45 67', '+46701234567'],
    ['46', '+46 (0)70-123 45 67', '+46701234567'],
    ['46', '0046701234567', '+46701234567'],
    ['46', '46701234567', '+46701234567'],
    ['46', '+4791234567', '+4791234567'],
    ['46', '004791234567', '+4791234567'],
    ['46', '112', '112'],
    ['46', '0', '0'],
    ['46', '90510', '90510'],
    ['46', '070*12', '070*12'],
    ['47', '91234567', '+4791234567'],
    ['47', '47123456', '+4747123456'],
    ['47', '4791234567', '+4791234567'],
    ['47', '0701234567', '0701234567'],
    ['45', '20123456', '+4520123456'],
    ['358', '0401234567', '+358401234567'],
    ['44', '07700900123', '+447700900123'],
    ['46', 'anonymous', null],
  ])('at home in %s, %s is %s', (country, written, one) => {
    expect(normaliseNumber(written, country)).toBe(one);
  });

  it('is the same after being normalised twice', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^\+?[0-9 ().-]{0,40}$/), (text) => {
        const once = normaliseNumber(text);
        if (once !== null && !once.startsWith('00')) expect(normaliseNumber(once)).toBe(once);
      }),
    );
  });
});

describe('a subject', () => {
  it.each([
    [{ customerId: '1001', ani: '+46701234567', callId: 'c' }, '1001'],
    [{ customerId: null, ani: '0046701234567', callId: 'c' }, 'tel:+46701234567'],
    [{ customerId: null, ani: null, callId: 'c' }, 'call:c'],
    [{ customerId: null, number: 'anonymous', callId: 'c' }, 'call:c'],
  ])('of %j is %s', (who, subject) => {
    expect(subjectOf(who)).toBe(subject);
  });

  it.each([
    ['1001', { customerId: '1001', number: null }],
    ['tel:+46701234567', { customerId: null, number: '+46701234567' }],
    ['call:c', { customerId: null, number: null }],
  ])('%s reads back as %j', (subject, who) => {
    expect(readSubject(subject)).toEqual(who);
  });
});
