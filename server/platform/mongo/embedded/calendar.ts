import { CommandError } from './errors.ts';

export const minuteMs = 60_000;
export const dayMs = 86_400_000;

/** A time zone: how far local time is ahead of UTC at an instant, in milliseconds. */
export type Zone = (ms: number) => number;

const zones = new Map<string, Zone>([
  ['UTC', () => 0],
  ['GMT', () => 0],
]);

/**
 * The zone of an Olson name ("Europe/Paris") or of an offset ("+02:00", "-0330", "+03").
 *
 * @throws CommandError 40485 for an unknown one.
 */
export function zoneOf(name: string): Zone {
  const known = zones.get(name);
  if (known !== undefined) return known;
  const zone = fixedZone(name) ?? namedZone(name);
  if (zones.size > 600) zones.clear();
  zones.set(name, zone);
  return zone;
}

function fixedZone(name: string): Zone | undefined {
  const parts = /^([+-])(\d\d):?(\d\d)?$/.exec(name);
  if (parts === null) return undefined;
  const offset = (Number(parts[2]) * 60 + Number(parts[3] ?? 0)) * minuteMs;
  return () => (parts[1] === '-' ? -offset : offset);
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
  const parts = /([+-])(\d+):(\d+)(?::(\d+))?/.exec(text);
  if (parts === null) return 0;
  const seconds = Number(parts[2]) * 3600 + Number(parts[3]) * 60 + Number(parts[4] ?? 0);
  return (parts[1] === '-' ? -seconds : seconds) * 1000;
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

/** The number of the day since 1970-01-01 of a proleptic Gregorian date; month and day may overflow. */
export function dayNumber(year: number, month: number, day: number): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getTime() / dayMs;
}

/** The parts of a local time (an instant already moved by its zone). */
export interface Parts {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly millisecond: number;
}

export function partsOf(localMs: number): Parts {
  const date = new Date(localMs);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
    millisecond: date.getUTCMilliseconds(),
  };
}

/** 1 for Sunday to 7 for Saturday. */
export function weekDay(localMs: number): number {
  return new Date(localMs).getUTCDay() + 1;
}

export function dayOfYear(localMs: number): number {
  const { year, month, day } = partsOf(localMs);
  return dayNumber(year, month, day) - dayNumber(year, 1, 1) + 1;
}

/** Weeks that begin on Sunday; days before the first Sunday are week 0. */
export function sundayWeek(localMs: number): number {
  return Math.floor((dayOfYear(localMs) + 7 - weekDay(localMs)) / 7);
}

/** Year, week (1 to 53) and day (1 Monday to 7 Sunday) of ISO 8601. */
export function isoWeek(localMs: number): { year: number; week: number; day: number } {
  const day = ((weekDay(localMs) + 5) % 7) + 1;
  const thursday = localMs + (4 - day) * dayMs;
  const { year } = partsOf(thursday);
  return { year, week: Math.floor((dayOfYear(thursday) - 1) / 7) + 1, day };
}

/** The day number of a day of an ISO week. */
export function isoDayNumber(year: number, week: number, day: number): number {
  const january4 = dayNumber(year, 1, 4);
  const monday = january4 - (isoWeek(january4 * dayMs).day - 1);
  return monday + (week - 1) * 7 + day - 1;
}
