import { dayNumber, dayNumberOf, type DayNumber } from './calendar.ts';
import type { Control, DayText, WallClock } from './controls.ts';

/** No site has controls from before: a date of 1900 is what an empty field became, and would make a century of missed weeks. */
const EARLIEST_YEAR = 2000;

/**
 * The first day that is judged: the configured one; without it, 1 January of the year of the first plausible control (2000 or later, not ahead of now), or
 * of this year when there is none.
 */
export function firstDay(from: DayText | null, controls: Iterable<Control>, now: WallClock): DayNumber {
  if (from !== null) return dayNumberOf(from);
  let first: string = now;
  const earliest = `${EARLIEST_YEAR}-01-01`;
  for (const { at } of controls) if (at !== null && at >= earliest && at < first) first = at;
  return dayNumber(Number(first.slice(0, 4)), 1, 1);
}
