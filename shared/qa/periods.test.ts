import { describe, expect, test } from 'vitest';
import { dateOf, dayNumber, dayNumberOf, dayText, daysInMonth, isoWeekOf, isoWeekday, isoWeeksIn } from './calendar.ts';
import type { QaType } from './controls.ts';
import { periodAt, periodIndexOn, periodsBetween, periodsOfYear } from './periods.ts';

const spans = (type: QaType, from: string, to: string) =>
  periodsBetween(type, dayNumberOf(from), dayNumberOf(to)).map((one) => `${one.label}: ${one.from} ${one.to}`);
const periodOn = (type: QaType, day: string, weekend = false) => {
  const index = periodIndexOn(type, dayNumberOf(day), weekend);
  return index === undefined ? undefined : periodAt(type, index).label;
};

describe('calendar days', () => {
  test('agree with the platform’s calendar from 1583 to 9999', () => {
    for (let ms = Date.UTC(1583, 0, 1); ms < Date.UTC(9999, 11, 31); ms += 86_400_000 * 211) {
      const text = new Date(ms).toISOString().slice(0, 10);
      const number = dayNumberOf(text);
      expect(number).toBe(ms / 86_400_000);
      expect(dayText(number)).toBe(text);
      expect(isoWeekday(number)).toBe(new Date(ms).getUTCDay() || 7);
    }
  });

  test('have every day of a year once', () => {
    for (const year of [1, 1900, 2000, 2024, 2026, 9999]) {
      let expected = dayNumber(year, 1, 1);
      for (let month = 1; month <= 12; month += 1) {
        for (let day = 1; day <= daysInMonth(year, month); day += 1, expected += 1) {
          expect(dayNumber(year, month, day)).toBe(expected);
          expect(dateOf(expected)).toEqual({ year, month, day });
        }
      }
    }
  });
});

describe('ISO weeks', () => {
  test.each([
    ['2019-12-30', 2020, 1],
    ['2020-12-31', 2020, 53],
    ['2021-01-03', 2020, 53],
    ['2021-01-04', 2021, 1],
    ['2024-01-01', 2024, 1],
    ['2024-12-29', 2024, 52],
    ['2024-12-30', 2025, 1],
    ['2025-12-29', 2026, 1],
    ['2026-10-05', 2026, 41],
    ['2026-11-20', 2026, 47],
    ['2026-12-31', 2026, 53],
    ['2027-01-01', 2026, 53],
    ['2031-12-29', 2032, 1],
    ['2032-12-31', 2032, 53],
    ['2033-01-02', 2032, 53],
    ['1900-01-01', 1900, 1],
    ['9999-12-31', 9999, 52],
  ])('%s lies in week %i-%i', (day, year, week) => {
    expect(isoWeekOf(dayNumberOf(day))).toEqual({ year, week });
  });

  test.each([
    [2020, 53, 'S01 2020', '2019-12-30', 'S53 2020', '2021-01-01'],
    [2024, 52, 'S01 2024', '2024-01-01', 'S52 2024', '2024-12-27'],
    [2025, 52, 'S01 2025', '2024-12-30', 'S52 2025', '2025-12-26'],
    [2026, 53, 'S01 2026', '2025-12-29', 'S53 2026', '2027-01-01'],
    [2032, 53, 'S01 2032', '2031-12-29', 'S53 2032', '2032-12-31'],
  ])('%i has %i of them, from %s (%s) to %s (%s)', (year, count, first, from, last, to) => {
    const weeks = periodsOfYear('CQH', year);
    expect(isoWeeksIn(year)).toBe(count);
    expect(weeks).toHaveLength(count);
    expect([weeks.at(0)?.label, weeks.at(0)?.from, weeks.at(-1)?.label, weeks.at(-1)?.to]).toEqual([first, from, last, to]);
    expect(new Set(weeks.map(({ label }) => label)).size).toBe(count);
  });
});

describe('the period of a control', () => {
  test.each<[QaType, string, string | undefined]>([
    ['CQH', '2026-10-05', 'S41 2026'],
    ['CQH', '2026-10-09', 'S41 2026'],
    ['CQH', '2026-10-10', undefined],
    ['CQH', '2026-10-11', undefined],
    ['CQH', '2026-10-12', 'S42 2026'],
    ['CQM', '2026-02-28', '2026-02'],
    ['CQM', '2026-03-01', '2026-03'],
    ['CQM', '2026-10-31', '2026-10'],
    ['CQS', '2026-01-01', 'S1 2026'],
    ['CQS', '2026-06-30', 'S1 2026'],
    ['CQS', '2026-07-01', 'S2 2026'],
    ['CQS', '2026-12-31', 'S2 2026'],
    ['CQQ', '2026-11-20', '2026-11-20'],
    ['CQQ', '2026-11-21', undefined],
    ['CQM', '1900-01-31', '1900-01'],
    ['CQS', '9999-12-31', 'S2 9999'],
  ])('%s of %s is %s', (type, day, label) => {
    expect(periodOn(type, day)).toBe(label);
  });

  test('one of a weekend is of the week that ends when the site wants it so, never a daily one', () => {
    expect(periodOn('CQH', '2026-10-10', true)).toBe('S41 2026');
    expect(periodOn('CQH', '2026-10-11', true)).toBe('S41 2026');
    expect(periodOn('CQQ', '2026-10-10', true)).toBeUndefined();
  });
});

describe('periods of a range', () => {
  test('begin with the one that holds its first day and end with the one that holds its last', () => {
    expect(spans('CQH', '2026-10-07', '2026-10-19')).toEqual([
      'S41 2026: 2026-10-05 2026-10-09',
      'S42 2026: 2026-10-12 2026-10-16',
      'S43 2026: 2026-10-19 2026-10-23',
    ]);
    expect(spans('CQM', '2026-01-31', '2026-02-01')).toEqual(['2026-01: 2026-01-01 2026-01-31', '2026-02: 2026-02-01 2026-02-28']);
    expect(spans('CQS', '2025-12-31', '2026-07-01')).toEqual([
      'S2 2025: 2025-07-01 2025-12-31',
      'S1 2026: 2026-01-01 2026-06-30',
      'S2 2026: 2026-07-01 2026-12-31',
    ]);
    expect(spans('CQQ', '2026-11-20', '2026-11-23')).toEqual(['2026-11-20: 2026-11-20 2026-11-20', '2026-11-23: 2026-11-23 2026-11-23']);
  });

  test('a week that ended before a weekend’s first day is not among them', () => {
    expect(spans('CQH', '2026-10-10', '2026-10-12')).toEqual(['S42 2026: 2026-10-12 2026-10-16']);
    expect(spans('CQH', '2026-10-09', '2026-10-11')).toEqual(['S41 2026: 2026-10-05 2026-10-09']);
    expect(spans('CQH', '2026-10-12', '2026-10-01')).toEqual([]);
  });

  test('clock changes shift no day', () => {
    expect(spans('CQH', '2026-03-27', '2026-03-30')).toEqual(['S13 2026: 2026-03-23 2026-03-27', 'S14 2026: 2026-03-30 2026-04-03']);
    expect(spans('CQH', '2026-10-23', '2026-10-26')).toEqual(['S43 2026: 2026-10-19 2026-10-23', 'S44 2026: 2026-10-26 2026-10-30']);
  });
});
