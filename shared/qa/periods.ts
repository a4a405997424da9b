import { dateOf, dayNumber, daysInMonth, dayText, isoWeekOf, isoWeekday, padded, type DayNumber } from './calendar.ts';
import type { DayText, QaType } from './controls.ts';

/** A span in which one control of a type is due. Source: `qa.md`, "Periods". */
export interface Period {
  readonly type: QaType;
  /** Consecutive for consecutive periods of a type (weekend days leave gaps in the daily ones). */
  readonly index: number;
  /** `S47 2026` (ISO week and year), `2026-11`, `S2 2026` (half-year) or `2026-11-20`. */
  readonly label: string;
  /** First and last day on which the control is due, both included: Monday and Friday of a week. */
  readonly from: DayText;
  readonly to: DayText;
  readonly fromDay: DayNumber;
  readonly toDay: DayNumber;
}

/** 29 December 1969, the Monday before day 0. */
const FIRST_MONDAY = -3;
const WORKING_WEEK = 5;

/**
 * The index of the period in which a control of this type, done on this day, lies; undefined when it lies in none: a weekly or daily one done on a
 * Saturday or a Sunday, unless the site counts the weekend for the week that ends.
 */
export function periodIndexOn(type: QaType, day: DayNumber, weekendCountsForEndingWeek: boolean): number | undefined {
  const weekend = isoWeekday(day) > WORKING_WEEK;
  if (type === 'CQQ') return weekend ? undefined : day;
  if (type === 'CQH') return weekend && !weekendCountsForEndingWeek ? undefined : weekIndex(day);
  return monthlyIndex(type, day);
}

/** The period of a type whose index this is. */
export function periodAt(type: QaType, index: number): Period {
  switch (type) {
    case 'CQH': {
      const monday = FIRST_MONDAY + index * 7;
      const { year, week } = isoWeekOf(monday);
      return period(type, index, `S${padded(week)} ${year}`, monday, monday + WORKING_WEEK - 1);
    }
    case 'CQM': {
      const year = Math.floor(index / 12);
      const month = index - year * 12 + 1;
      const first = dayNumber(year, month, 1);
      return period(type, index, dayText(first).slice(0, 7), first, first + daysInMonth(year, month) - 1);
    }
    case 'CQS': {
      const year = Math.floor(index / 2);
      const half = index - year * 2 + 1;
      const [first, last] = half === 1 ? [dayNumber(year, 1, 1), dayNumber(year, 6, 30)] : [dayNumber(year, 7, 1), dayNumber(year, 12, 31)];
      return period(type, index, `S${half} ${year}`, first, last);
    }
    case 'CQQ':
      return period(type, index, dayText(index), index, index);
  }
}

/**
 * The periods of a type from the one that holds `first` (or begins next after it) to the one that holds `last` (or ended last before it). A weekend lies
 * between two weeks: neither of them holds it.
 */
export function periodsBetween(type: QaType, first: DayNumber, last: DayNumber): Period[] {
  const periods: Period[] = [];
  const end = indexOfDay(type, last);
  for (let index = indexOfDay(type, first); index <= end; index += 1) {
    if (type === 'CQQ' && isoWeekday(index) > WORKING_WEEK) continue;
    const one = periodAt(type, index);
    if (one.toDay >= first && one.fromDay <= last) periods.push(one);
  }
  return periods;
}

/**
 * The periods of a type that a year's table shows: ISO weeks of that ISO year, months, half-years, working days of the calendar year.
 */
export function periodsOfYear(type: QaType, year: number): Period[] {
  if (type !== 'CQH') return periodsBetween(type, dayNumber(year, 1, 1), dayNumber(year, 12, 31));
  // The 4th of January lies in the first week of its ISO year, the 28th of December in the last one.
  return rangeOf(type, weekIndex(dayNumber(year, 1, 4)), weekIndex(dayNumber(year, 12, 28)));
}

function rangeOf(type: QaType, first: number, last: number): Period[] {
  return Array.from({ length: last - first + 1 }, (_, offset) => periodAt(type, first + offset));
}

/** The index of the whole span around a day, weekends belonging to the week that ends. */
function indexOfDay(type: QaType, day: DayNumber): number {
  if (type === 'CQQ') return day;
  return type === 'CQH' ? weekIndex(day) : monthlyIndex(type, day);
}

function weekIndex(day: DayNumber): number {
  return Math.floor((day - FIRST_MONDAY) / 7);
}

function monthlyIndex(type: 'CQM' | 'CQS', day: DayNumber): number {
  const { year, month } = dateOf(day);
  return type === 'CQM' ? year * 12 + month - 1 : year * 2 + (month > 6 ? 1 : 0);
}

function period(type: QaType, index: number, label: string, fromDay: DayNumber, toDay: DayNumber): Period {
  return { type, index, label, from: dayText(fromDay), to: dayText(toDay), fromDay, toDay };
}
