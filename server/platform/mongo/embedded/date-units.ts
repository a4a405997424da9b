import { dayMs, dayNumber, fromLocal, partsOf, weekDay } from './calendar.ts';
import type { Zone } from './calendar.ts';

export const units = ['millisecond', 'second', 'minute', 'hour', 'day', 'week', 'month', 'quarter', 'year'] as const;
export type Unit = (typeof units)[number];

/** Milliseconds of the units of fixed length; days and longer follow the calendar. */
const lengths: Readonly<Partial<Record<Unit, number>>> = { millisecond: 1, second: 1000, minute: 60_000, hour: 3_600_000 };
const months: Readonly<Partial<Record<Unit, number>>> = { month: 1, quarter: 3, year: 12 };

/** The instant moved by a number of units. Days and longer keep the local time of day; a month that is too short ends on its last day. */
export function addUnits(ms: number, unit: Unit, amount: number, zone: Zone): number {
  const length = lengths[unit];
  if (length !== undefined) return ms + amount * length;
  const local = ms + zone(ms);
  const moved =
    months[unit] === undefined ? local + amount * dayMs * (unit === 'week' ? 7 : 1) : addMonths(local, amount * (months[unit] ?? 0));
  return moved === local ? ms : fromLocal(moved, zone);
}

function addMonths(localMs: number, count: number): number {
  const { year, month, day } = partsOf(localMs);
  const target = year * 12 + month - 1 + count;
  const [y, m] = [Math.floor(target / 12), (((target % 12) + 12) % 12) + 1];
  const last = dayNumber(y, m + 1, 0) - dayNumber(y, m, 0);
  return dayNumber(y, m, Math.min(day, last)) * dayMs + (((localMs % dayMs) + dayMs) % dayMs);
}

/** How many boundaries of the unit lie between two instants; `firstDay` (1 Sunday … 7) begins a week. */
export function countUnits(from: number, to: number, unit: Unit, zone: Zone, firstDay: number): number {
  const [a, b] = [from + zone(from), to + zone(to)];
  const length = lengths[unit];
  if (unit === 'hour' || unit === 'minute') return elapsed(from, to, a, b, length ?? 1);
  if (length !== undefined) return Math.floor(to / length) - Math.floor(from / length);
  if (months[unit] !== undefined) return Math.floor(monthIndex(b) / months[unit]) - Math.floor(monthIndex(a) / months[unit]);
  const [days, other] = [Math.floor(a / dayMs), Math.floor(b / dayMs)];
  if (unit === 'day') return other - days;
  return weekIndex(b, firstDay) - weekIndex(a, firstDay);
}

/** Boundaries are those of local time, but hours that clocks repeat or skip count as they pass. */
function elapsed(from: number, to: number, localFrom: number, localTo: number, length: number): number {
  const startA = from - (((localFrom % length) + length) % length);
  const startB = to - (((localTo % length) + length) % length);
  return Math.round((startB - startA) / length);
}

const monthIndex = (localMs: number): number => new Date(localMs).getUTCFullYear() * 12 + new Date(localMs).getUTCMonth();

/** Weeks since the first that begins on this day. */
function weekIndex(localMs: number, firstDay: number): number {
  const day = Math.floor(localMs / dayMs);
  return (day - ((weekDay(localMs) - firstDay + 7) % 7) - (firstDay - 5)) / 7; // 1970-01-01 was a Thursday (5)
}

/** The start of the bin an instant lies in; bins of several units are counted from the year 2000, as in MongoDB. */
export function truncate(ms: number, unit: Unit, size: number, zone: Zone, firstDay: number): number {
  const length = lengths[unit];
  if (length !== undefined) {
    const origin = fromLocal(reference, zone);
    return origin + Math.floor((ms - origin) / (length * size)) * length * size;
  }
  const local = ms + zone(ms);
  const perBin = months[unit];
  if (perBin !== undefined) {
    const bin = Math.floor((monthIndex(local) - 24000) / (perBin * size)) * perBin * size;
    return fromLocal(addMonths(reference, bin), zone);
  }
  const start = unit === 'day' ? reference : firstWeek(firstDay);
  const span = (unit === 'day' ? dayMs : 7 * dayMs) * size;
  return fromLocal(start + Math.floor((local - start) / span) * span, zone);
}

const reference = Date.UTC(2000, 0, 1);

/** The first such day of the week on or after 2000-01-01, a Saturday. */
function firstWeek(firstDay: number): number {
  return reference + ((firstDay - 7 + 7) % 7) * dayMs;
}
