import type { DayNumber } from './calendar.ts';
import type { QaType } from './controls.ts';
import { periodsBetween, periodsOfYear, type Period } from './periods.ts';
import { workingDays, type SiteCalendar } from './working-days.ts';

/** A period with the site's working days in it, no machine's downtime taken off. */
export interface SitePeriod {
  readonly period: Period;
  readonly workingDays: number;
}

/** Consecutive periods, and where each stands. All machines share them. */
export interface SitePeriods {
  readonly list: readonly SitePeriod[];
  readonly positionOf: ReadonlyMap<number, number>;
}

const known = new WeakMap<SiteCalendar, Map<string, SitePeriods>>();
/** Ranges kept per calendar. Each new day makes four; a year of them weighs little, but nothing may grow for ever. */
const MOST_KEPT = 64;

/** The periods of a type between two days; see `periodsBetween`. */
export function sitePeriodsBetween(calendar: SiteCalendar, type: QaType, first: DayNumber, last: DayNumber): SitePeriods {
  return remembered(calendar, `${type} ${first} ${last}`, () => periodsBetween(type, first, last));
}

/** The periods of a year's table; see `periodsOfYear`. */
export function sitePeriodsOfYear(calendar: SiteCalendar, type: QaType, year: number): SitePeriods {
  return remembered(calendar, `${type} year ${year}`, () => periodsOfYear(type, year));
}

/** First and last calendar year that a span of days touches, ISO weeks included: the years whose holidays are needed. */
export function yearsAround(first: string, last: string): number[] {
  const from = Number(first.slice(0, 4)) - 1;
  const to = Number(last.slice(0, 4)) + 1;
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, offset) => from + offset);
}

function remembered(calendar: SiteCalendar, key: string, make: () => Period[]): SitePeriods {
  const ofCalendar = known.get(calendar) ?? new Map<string, SitePeriods>();
  known.set(calendar, ofCalendar);
  const found = ofCalendar.get(key);
  if (found) return found;
  if (ofCalendar.size >= MOST_KEPT) ofCalendar.clear();
  const list = make().map((period) => ({ period, workingDays: workingDays(period.fromDay, period.toDay, calendar, []) }));
  const made = { list, positionOf: new Map(list.map(({ period }, position) => [period.index, position])) };
  ofCalendar.set(key, made);
  return made;
}
