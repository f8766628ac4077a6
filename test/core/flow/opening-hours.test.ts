import { describe, expect, it } from 'vitest';
import { hoursAt, openingHoursFaults, openingHoursSchema, toOpeningHours } from '../../../gateway/core/flow/opening-hours.js';

const file = openingHoursSchema.parse({
  timeZone: 'Europe/Stockholm',
  holidays: 'SE',
  open: { 'mon-fri': ['08:00-12:00', '13:00-17:00'], sat: '10:00-14:00' },
  exceptions: { '2026-12-24': 'closed', '2026-12-31': '08:00-12:00', '2026-12-26': '10:00-12:00' },
});
const office = toOpeningHours(file, () => new Set(['2026-12-25', '2026-12-26', '2027-01-01', '2027-01-06']));
const at = (local: string, offset = '+01:00') => hoursAt(office, Date.parse(`${local}:00${offset}`) as never);

describe('opening hours', () => {
  it.each([
    ['2026-11-30T07:59', 'closed', '2026-11-30 08:00', null],
    ['2026-11-30T08:00', 'open', '2026-11-30 13:00', '12:00'],
    ['2026-11-30T11:59', 'open', '2026-11-30 13:00', '12:00'],
    ['2026-11-30T12:00', 'closed', '2026-11-30 13:00', null],
    ['2026-11-30T16:59', 'open', '2026-12-01 08:00', '17:00'],
    ['2026-11-30T17:00', 'closed', '2026-12-01 08:00', null],
    ['2026-11-28T13:00', 'open', '2026-11-30 08:00', '14:00'], // Saturday
    ['2026-11-29T13:00', 'closed', '2026-11-30 08:00', null], // Sunday
  ])('at %s it is %s, opens next %s, closes %s', (local, state, opens, closes) => {
    const now = at(local);
    expect([now.state, `${now.opensOn} ${now.opensAt}`, now.closesAt]).toEqual([state, opens, closes]);
  });

  it('an exception wins over a holiday, a holiday over the week', () => {
    expect(at('2026-12-24T10:00')).toMatchObject({ state: 'closed', opensOn: '2026-12-26', opensAt: '10:00' });
    expect(at('2026-12-25T10:00').state).toBe('holiday');
    expect(at('2026-12-26T10:00').state).toBe('open');
    expect(at('2026-12-31T12:30')).toMatchObject({ state: 'closed', opensOn: '2027-01-02' });
  });

  it('goes by the clock on the wall, in winter and in summer', () => {
    expect(hoursAt(office, Date.parse('2026-07-01T06:30:00Z') as never).state).toBe('open');
    expect(hoursAt(office, Date.parse('2026-12-01T06:30:00Z') as never).state).toBe('closed');
  });

  it('says so when it never opens again', () => {
    const never = toOpeningHours(openingHoursSchema.parse({ timeZone: 'Europe/Oslo', open: {} }), () => new Set());
    expect(hoursAt(never, 0 as never)).toEqual({ state: 'closed', opensOn: null, opensAt: null, closesAt: null });
  });

  it('an opening until midnight ends at 00:00, and days may go over the week’s end', () => {
    const late = toOpeningHours(openingHoursSchema.parse({ timeZone: 'UTC', open: { 'fri-sun': '20:00-24:00' } }), () => new Set());
    expect(hoursAt(late, Date.parse('2026-11-29T23:59:00Z') as never)).toMatchObject({ state: 'open', closesAt: '00:00' });
    expect(hoursAt(late, Date.parse('2026-11-30T23:00:00Z') as never).state).toBe('closed');
  });

  it.each([
    { timeZone: 'UTC', open: { mon: ['08:00-10:00', '10:00-17:00'] } },
    { timeZone: 'UTC', open: {}, exceptions: { '2026-12-24': '08:00-12:00' } },
  ])('takes %j', (written) => {
    expect(openingHoursFaults(openingHoursSchema.parse(written))).toEqual([]);
  });

  it.each([
    [{ timeZone: 'Europe/Stokholm', open: { mon: '08:00-17:00' } }, 'there is no time zone "Europe/Stokholm"'],
    [{ timeZone: 'UTC', open: { 'mon-fri': '08:00-17:00', wed: '08:00-12:00' } }, 'wed is in "mon-fri" already'],
    [{ timeZone: 'UTC', open: { mon: '17:00-08:00' } }, 'the hours end before they begin'],
    [{ timeZone: 'UTC', open: { mon: ['10:00-17:00', '08:00-10:01'] } }, 'these hours overlap'],
    [{ timeZone: 'UTC', open: {}, exceptions: { '2026-12-24': 'closed' } }, 'it is never open'],
  ])('refuses %j', (written, what) => {
    expect(openingHoursFaults(openingHoursSchema.parse(written)).map((fault) => fault.what)).toEqual([what]);
  });
});
