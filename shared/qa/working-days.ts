import { dayNumberOf, dayText, isoWeekday, type DayNumber } from './calendar.ts';
import { wallClockAt, type DayText, type WallClock } from './controls.ts';

/** A declared stop of a machine, on the site's clock: from `from` until just before `to`; null: nobody knows until when. */
export interface Downtime {
  readonly from: WallClock;
  readonly to: WallClock | null;
  readonly kind: 'downtime' | 'maintenance';
}

/** Public holidays and hours of the site. */
export interface SiteCalendar {
  readonly holidays: ReadonlySet<DayText>;
  readonly workingHours: { readonly from: string; readonly to: string };
}

/** Whether the site works on a day: Monday to Friday, no public holiday. */
export function siteWorks(day: DayNumber, { holidays }: SiteCalendar): boolean {
  return isoWeekday(day) <= 5 && !holidays.has(dayText(day));
}

/** How many working days a machine has in a span, both days included: those of the site on which not all working hours are declared down. */
export function workingDays(first: DayNumber, last: DayNumber, calendar: SiteCalendar, downtime: readonly Downtime[]): number {
  let days = 0;
  const near = downtime.filter((stop) => touches(stop, first, last));
  for (let day = first; day <= last; day += 1) {
    if (siteWorks(day, calendar) && !isDown(day, calendar, near)) days += 1;
  }
  return days;
}

/** Whether a stop reaches into a span of days. */
export function touches({ from, to }: Downtime, first: DayNumber, last: DayNumber): boolean {
  return dayNumberOf(from) <= last && (to === null || dayNumberOf(to) >= first);
}

/** Whether the stops together cover the working hours of a day. */
function isDown(day: DayNumber, { workingHours }: SiteCalendar, downtime: readonly Downtime[]): boolean {
  if (downtime.length === 0) return false;
  const text = dayText(day);
  const end = wallClockAt(text, workingHours.to);
  let covered = wallClockAt(text, workingHours.from);
  for (const { from, to } of [...downtime].sort((a, b) => (a.from < b.from ? -1 : 1))) {
    if (from > covered) return false;
    if (to === null) return true;
    if (to > covered) covered = to;
    if (covered >= end) return true;
  }
  return false;
}
