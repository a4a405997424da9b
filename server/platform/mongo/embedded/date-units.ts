import { dayMs, dayNumber, fromLocal, type Zone } from './calendar.ts';

/** A unit of time: so many milliseconds as they pass, or so many days or months of the local calendar. */
export interface Unit {
  readonly of: 'ms' | 'days' | 'months';
  readonly size: number;
}

export const units: Readonly<Record<string, Unit>> = {
  millisecond: { of: 'ms', size: 1 },
  second: { of: 'ms', size: 1000 },
  minute: { of: 'ms', size: 60_000 },
  hour: { of: 'ms', size: 3_600_000 },
  day: { of: 'days', size: 1 },
  week: { of: 'days', size: 7 },
  month: { of: 'months', size: 1 },
  quarter: { of: 'months', size: 3 },
  year: { of: 'months', size: 12 },
};

/** The instant moved by a number of units. Days and longer keep the local time of day; a month that is too short ends on its last day. */
export function addUnits(ms: number, unit: Unit, amount: number, zone: Zone): number {
  const count = amount * unit.size;
  if (unit.of === 'ms') return ms + count;
  const local = ms + zone(ms);
  return count === 0 ? ms : fromLocal(unit.of === 'days' ? local + count * dayMs : addMonths(local, count), zone);
}

function addMonths(localMs: number, count: number): number {
  const date = new Date(localMs);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth() + count];
  const first = dayNumber(year, month, 1);
  const day = Math.min(date.getUTCDate(), dayNumber(year, month + 1, 1) - first);
  return (first + day - 1) * dayMs + modulo(localMs, dayMs);
}

const modulo = (n: number, divisor: number): number => ((n % divisor) + divisor) % divisor;

/** How many boundaries of the unit lie between two instants; `firstDay` (1 Sunday … 7) begins a week. */
export function countUnits(from: number, to: number, unit: Unit, zone: Zone, firstDay: number): number {
  const index = (ms: number): number => {
    const local = ms + zone(ms);
    if (unit.of === 'ms') return (ms - modulo(local, unit.size)) / unit.size; // boundaries of local time, but hours that clocks repeat or skip count as they pass
    return Math.floor((unit.of === 'months' ? monthIndex(local) : Math.floor(local / dayMs) - startOf(unit, firstDay)) / unit.size);
  };
  return Math.round(index(to) - index(from));
}

function monthIndex(localMs: number): number {
  const date = new Date(localMs);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}

/** The number of a day with which days or weeks begin to be counted. 1970-01-01 was a Thursday (5). */
const startOf = (unit: Unit, firstDay: number): number => (unit.size === 7 ? firstDay - 5 : 0);

/** The start of the bin an instant lies in; bins of several units are counted from the year 2000 (its first such day of the week), as in MongoDB. */
export function truncate(ms: number, unit: Unit, bins: number, zone: Zone, firstDay: number): number {
  const reference = Date.UTC(2000, 0, 1);
  const size = unit.size * bins;
  if (unit.of === 'ms') return floorFrom(fromLocal(reference, zone), ms, size);
  const local = ms + zone(ms);
  if (unit.of === 'months') return fromLocal(addMonths(reference, floorFrom(0, monthIndex(local) - 24_000, size)), zone);
  const start = unit.size === 7 ? reference + (firstDay % 7) * dayMs : reference; // 2000-01-01 was a Saturday (7)
  return fromLocal(floorFrom(start, local, size * dayMs), zone);
}

const floorFrom = (start: number, value: number, step: number): number => start + Math.floor((value - start) / step) * step;
