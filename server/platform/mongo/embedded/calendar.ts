import { CommandError } from './errors.ts';
import { dayMs, minuteMs } from './zones.ts';
import type { Zone } from './zones.ts';

/** Reads a part of a local time: an instant moved by its zone, so that its UTC parts are what clocks there show. */
type Part = (local: Date) => number;

/** The number of the day since 1970-01-01 of a proleptic Gregorian date; month (0 is January) and day may overflow. */
export function dayNumber(year: number, month: number, day: number): number {
  return new Date(0).setUTCFullYear(year, month, day) / dayMs;
}

const dayOfYear: Part = (local) => Math.floor(local.getTime() / dayMs) - dayNumber(local.getUTCFullYear(), 0, 0);
const isoWeekDay: Part = (local) => ((local.getUTCDay() + 6) % 7) + 1;
const thursday = (local: Date): Date => new Date(local.getTime() + (4 - isoWeekDay(local)) * dayMs); // its year is that of the ISO week

/** The operators that read one part of a date. */
export const dateParts = {
  $year: (local) => local.getUTCFullYear(),
  $month: (local) => local.getUTCMonth() + 1,
  $dayOfMonth: (local) => local.getUTCDate(),
  $hour: (local) => local.getUTCHours(),
  $minute: (local) => local.getUTCMinutes(),
  $second: (local) => local.getUTCSeconds(),
  $millisecond: (local) => local.getUTCMilliseconds(),
  $dayOfWeek: (local) => local.getUTCDay() + 1, // 1 Sunday to 7 Saturday
  $dayOfYear: dayOfYear,
  $week: (local) => Math.floor((dayOfYear(local) + 6 - local.getUTCDay()) / 7), // days before the first Sunday are week 0
  $isoWeek: (local) => Math.floor((dayOfYear(thursday(local)) - 1) / 7) + 1,
  $isoDayOfWeek: isoWeekDay, // 1 Monday to 7 Sunday
  $isoWeekYear: (local) => thursday(local).getUTCFullYear(),
} satisfies Readonly<Record<string, Part>>;

const pad = (n: number, width: number): string => String(n).padStart(width, '0');
const sign = (offset: number): string => (offset < 0 ? '-' : '+');
const monthName = new Intl.DateTimeFormat('en-US', { month: 'long', timeZone: 'UTC' });

/** What follows a % in a format: a part and its width, or what writes it. */
const formats: Readonly<Record<string, readonly [part: Part, width: number] | ((local: Date, offset: number) => string)>> = {
  Y: [dateParts.$year, 4],
  m: [dateParts.$month, 2],
  d: [dateParts.$dayOfMonth, 2],
  H: [dateParts.$hour, 2],
  M: [dateParts.$minute, 2],
  S: [dateParts.$second, 2],
  L: [dateParts.$millisecond, 3],
  j: [dateParts.$dayOfYear, 3],
  w: [dateParts.$dayOfWeek, 1],
  u: [dateParts.$isoDayOfWeek, 1],
  U: [dateParts.$week, 2],
  V: [dateParts.$isoWeek, 2],
  G: [dateParts.$isoWeekYear, 4],
  b: (local) => monthName.format(local).slice(0, 3),
  B: (local) => monthName.format(local),
  z: (_, offset) => {
    const minutes = Math.floor(Math.abs(offset) / minuteMs);
    return `${sign(offset)}${pad(Math.floor(minutes / 60), 2)}${pad(minutes % 60, 2)}`;
  },
  Z: (_, offset) => `${sign(offset)}${Math.abs(Math.trunc(offset / minuteMs))}`,
  '%': () => '%',
};

/**
 * Writes a date in MongoDB's format language (%Y-%m-%d …).
 *
 * @throws CommandError 18535, 18536 for an unknown part.
 */
export function formatDate(ms: number, zone: Zone, format: string): string {
  const offset = zone(ms);
  const local = new Date(ms + offset);
  return format.replace(/%([^]?)/gu, (_, letter: string) => {
    const form = formats[letter];
    if (letter === '') throw new CommandError(18535, "Unmatched '%' at end of format string");
    if (form === undefined) throw new CommandError(18536, `Invalid format character '%${letter}' in format string`);
    return form instanceof Function ? form(local, offset) : pad(form[0](local), form[1]);
  });
}
