import { describe, expect, test } from 'vitest';
import { QA_TYPES } from '../machines/schemas.ts';
import { TYPES_IN_ORDER, dayOf, parseWallClock } from './controls.ts';
import { distinct } from './duplicates.ts';
import { firstDay } from './first-day.ts';
import { dayText } from './calendar.ts';
import { instantOf, wallClockIn } from './site-clock.ts';
import { clock, control } from './testing.ts';

test('the order of types is that of the registry', () => {
  expect(TYPES_IN_ORDER).toEqual(QA_TYPES);
});

describe('a wall-clock date-time', () => {
  test.each([
    ['2026-11-20', '2026-11-20T00:00:00.000'],
    ['2026-11-20 08:15', '2026-11-20T08:15:00.000'],
    ['2026-11-20T08:15:30', '2026-11-20T08:15:30.000'],
    ['2026-11-20 08:15:30.1', '2026-11-20T08:15:30.100'],
    ['2026-11-20 08:15:30.1234567', '2026-11-20T08:15:30.123'],
    [' 2026-11-20 08:15:30,997 ', '2026-11-20T08:15:30.997'],
    ['2026-03-29 02:30', '2026-03-29T02:30:00.000'],
    ['2026-10-25T02:30', '2026-10-25T02:30:00.000'],
    ['2024-02-29', '2024-02-29T00:00:00.000'],
    ['1900-01-01', '1900-01-01T00:00:00.000'],
    ['9999-12-31 23:59:59.997', '9999-12-31T23:59:59.997'],
  ])('is read from %j', (text, read) => {
    expect(parseWallClock(text)).toBe(read);
  });

  test.each([
    '',
    'NULL',
    '2026',
    '2026-13-01',
    '2026-00-10',
    '2026-02-30',
    '1900-02-29',
    '0000-01-01',
    '2026-11-20T24:00',
    '2026-11-20T08:60',
    '2026-11-20T08:15:60',
    '2026-11-20T08:15:00Z',
    '2026-11-20T08:15:00+01:00',
    '20/11/2026',
    '10000-01-01',
  ])('is not read from %j', (text) => {
    expect(parseWallClock(text)).toBeUndefined();
  });

  test('keeps its day on the nights of both clock changes', () => {
    expect([dayOf(clock('2026-03-29T02:30')), dayOf(clock('2026-10-25T02:30'))]).toEqual(['2026-03-29', '2026-10-25']);
  });
});

describe('the site’s clock', () => {
  test.each([
    ['2026-11-20T11:00:00.250Z', '2026-11-20T12:00:00.250'],
    ['2026-03-29T00:59:59.999Z', '2026-03-29T01:59:59.999'],
    ['2026-03-29T01:00:00.000Z', '2026-03-29T03:00:00.000'],
    ['2026-10-25T00:30:00.000Z', '2026-10-25T02:30:00.000'],
    ['2026-10-25T01:30:00.000Z', '2026-10-25T02:30:00.000'],
    ['2026-12-31T23:30:00.000Z', '2027-01-01T00:30:00.000'],
  ])('shows at %s %s', (instant, shown) => {
    expect(wallClockIn('Europe/Paris', new Date(instant))).toBe(shown);
  });

  test.each([
    ['2026-11-20T12:00', '2026-11-20T11:00:00.000Z', 'an ordinary day'],
    ['2026-10-25T02:30', '2026-10-25T00:30:00.000Z', 'twice: the first time'],
    ['2026-03-29T02:30', '2026-03-29T01:30:00.000Z', 'never: as clocks then show, 03:30'],
    ['2026-03-29T00:00', '2026-03-28T23:00:00.000Z', 'midnight before a change'],
    ['2026-10-26T00:00', '2026-10-25T23:00:00.000Z', 'midnight after a change'],
  ])('%s is %s (%s)', (wall, instant) => {
    expect(instantOf('Europe/Paris', clock(wall)).toISOString()).toBe(instant);
  });
});

describe('rows of one study', () => {
  test('count once, and one result that is not conform makes it so', () => {
    const rows = [null, true, false].map((conform) => control(1, { conform }));
    expect(distinct(rows)).toEqual({ controls: [control(1, { conform: false })], contradicting: [] });
    expect(distinct([control(1, { conform: true }), control(1, { conform: true })]).controls).toEqual([control(1, { conform: true })]);
    expect(distinct([control(1, { conform: true }), control(1, { conform: null })]).controls).toEqual([control(1, { conform: null })]);
  });

  test('that contradict each other are named, and the first one counts', () => {
    const [first, other] = [control(1, { name: 'CQM' }), control(1, { name: 'CQS' })];
    expect(distinct([first, other, control(2)])).toEqual({ controls: [first, control(2)], contradicting: [other] });
  });
});

describe('the first day that is judged', () => {
  const now = clock('2026-11-20T12:00');
  test.each([
    ['the configured one', '2024-03-15', ['2020-05-05'], '2024-03-15'],
    ['1 January of the first plausible control’s year', null, ['2021-05-05', '2019-12-31'], '2019-01-01'],
    ['not that of 1900 nor of a date ahead', null, ['1900-01-01', '9999-12-31', '2025-06-01'], '2025-01-01'],
    ['this year’s when there is none', null, ['1900-01-01', '9999-12-31'], '2026-01-01'],
  ])('is %s', (_what, from, dates, expected) => {
    const controls = dates.map((date, index) => control(index + 1, { at: clock(date) }));
    expect(dayText(firstDay(from, [...controls, control(99, { at: null })], now))).toBe(expected);
  });
});
