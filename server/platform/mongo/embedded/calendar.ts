import { CommandError } from './errors.ts';

const minuteMs = 60_000;
export const dayMs = 86_400_000;

/** A time zone: how far local time is ahead of UTC at an instant, in milliseconds. */
export type Zone = (ms: number) => number;

export const utc: Zone = () => 0;

const zones = new Map<string, Zone>();

/**
 * The zone of an Olson name ("Europe/Paris") or of an offset ("+02:00", "-0330", "+03").
 *
 * @throws CommandError 40485 for an unknown one.
 */
export function zoneOf(name: string): Zone {
  if (name === 'UTC') return utc;
  const zone = zones.get(name) ?? fixedZone(name) ?? namedZone(name);
  if (zones.size > 600) zones.clear();
  zones.set(name, zone);
  return zone;
}

function fixedZone(name: string): Zone | undefined {
  const [, sign, hours, minutes = 0] = /^([+-])(\d\d):?(\d\d)?$/.exec(name) ?? [];
  if (sign === undefined) return undefined;
  const offset = Number(`${sign}1`) * (Number(hours) * 60 + Number(minutes)) * minuteMs;
  return offset === 0 ? utc : () => offset;
}

function namedZone(name: string): Zone {
  const format = formatFor(name);
  const cache = new Map<number, number>();
  return (ms) => {
    const quarter = Math.floor(ms / (15 * minuteMs)); // clocks change on a quarter of an hour
    let offset = cache.get(quarter);
    if (offset === undefined) {
      offset = parseOffset(format.formatToParts(ms).find((part) => part.type === 'timeZoneName')?.value ?? '');
      if (cache.size > 100_000) cache.clear();
      cache.set(quarter, offset);
    }
    return offset;
  };
}

function formatFor(name: string): Intl.DateTimeFormat {
  try {
    if (/^[+-]/.test(name)) throw new RangeError(name);
    return new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' });
  } catch {
    throw new CommandError(40485, `unrecognized time zone identifier: "${name}"`);
  }
}

/** "GMT+02:00" (with seconds before standard time) in milliseconds. */
function parseOffset(text: string): number {
  const [, sign, hours, minutes, seconds = 0] = /([+-])(\d+):(\d+)(?::(\d+))?/.exec(text) ?? [];
  if (sign === undefined) return 0;
  return Number(`${sign}1`) * (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000;
}

/** The instant at which clocks of the zone show this local time: the first of two, or the time moved on where clocks jump over it. */
export function fromLocal(localMs: number, zone: Zone): number {
  const before = zone(localMs - dayMs);
  const after = zone(localMs + dayMs);
  const first = localMs - Math.max(before, after);
  if (zone(first) === Math.max(before, after)) return first;
  const second = localMs - Math.min(before, after);
  return zone(second) === Math.min(before, after) ? second : localMs - before;
}

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
