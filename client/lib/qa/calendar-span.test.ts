import { describe, expect, it } from 'vitest';
import { byDay, spanOf, stepOf, weeksOf } from './calendar-span.ts';

describe('the days of a calendar', () => {
  it('are whole weeks from Monday on for a month', () => {
    expect(spanOf('month', '2026-11-20')).toEqual({ from: '2026-10-26', to: '2026-12-06' });
    expect(spanOf('month', '2027-02-10')).toEqual({ from: '2027-02-01', to: '2027-02-28' }); // it begins on a Monday and ends on a Sunday
  });

  it('are Monday to Friday for a working week, whichever day it is asked for', () => {
    for (const day of ['2026-11-16', '2026-11-18', '2026-11-22']) {
      expect(spanOf('week', day)).toEqual({ from: '2026-11-16', to: '2026-11-20' });
    }
  });

  it('go from year to year', () => {
    expect(stepOf('month', '2026-12-15', 1)).toBe('2027-01-01');
    expect(stepOf('month', '2026-01-31', -1)).toBe('2025-12-01');
    expect(stepOf('week', '2026-12-28', 1)).toBe('2027-01-04');
  });

  it('have their ISO weeks, the 53rd too', () => {
    const weeks = weeksOf(spanOf('month', '2026-12-31'));
    expect(weeks.map(({ week }) => week)).toEqual([49, 50, 51, 52, 53]);
    expect(weeks.every(({ days }) => days.length === 7)).toBe(true);
    expect(weeksOf(spanOf('week', '2026-12-31'))).toEqual([
      { week: 53, days: ['2026-12-28', '2026-12-29', '2026-12-30', '2026-12-31', '2027-01-01'] },
    ]);
  });

  it('hold what was done in the order of the hours', () => {
    const items = [{ at: '2026-11-20T13:00:00.000' }, { at: '2026-11-19T09:00:00.000' }, { at: '2026-11-20T07:00:00.000' }];
    expect(byDay(items).get('2026-11-20')).toEqual([items[2], items[0]]);
  });
});
