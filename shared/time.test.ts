import { expect, it } from 'vitest';
import { dayIn, nextMidnight, startOfDay } from './time.ts';

const PARIS = 'Europe/Paris';

it.each([
  ['an ordinary day in winter', '2026-11-20T12:00:00Z', '2026-11-20T23:00:00.000Z'],
  ['an ordinary day in summer', '2026-07-20T12:00:00Z', '2026-07-20T22:00:00.000Z'],
  ['the day of 23 hours', '2026-03-29T00:30:00Z', '2026-03-29T22:00:00.000Z'],
  ['the eve of the day of 23 hours', '2026-03-28T12:00:00Z', '2026-03-28T23:00:00.000Z'],
  ['the day of 25 hours', '2026-10-25T00:30:00Z', '2026-10-25T23:00:00.000Z'],
  ['the eve of the day of 25 hours', '2026-10-24T12:00:00Z', '2026-10-24T22:00:00.000Z'],
  ['the last day of a year', '2026-12-31T12:00:00Z', '2026-12-31T23:00:00.000Z'],
  ['a minute after midnight', '2026-11-20T23:01:00Z', '2026-11-21T23:00:00.000Z'],
])('%s ends at the site’s midnight', (_name, at, midnight) => {
  expect(nextMidnight(PARIS, new Date(at)).toISOString()).toBe(midnight);
});

it('the day of an instant is the day of the site’s wall clock', () => {
  expect(dayIn(PARIS, new Date('2026-11-20T23:30:00Z'))).toBe('2026-11-21');
  expect(dayIn('America/New_York', new Date('2026-11-21T03:30:00Z'))).toBe('2026-11-20');
});

it('a day begins at its first instant', () => {
  expect(startOfDay(PARIS, '2026-03-29').toISOString()).toBe('2026-03-28T23:00:00.000Z');
  expect(startOfDay(PARIS, '2026-03-30').toISOString()).toBe('2026-03-29T22:00:00.000Z');
});
