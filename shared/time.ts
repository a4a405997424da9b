const HOUR_MS = 3_600_000;

/** Adds hours of the wall clock's length to an instant. */
export function addHours(at: Date, hours: number): Date {
  return new Date(at.getTime() + hours * HOUR_MS);
}

/** The calendar day of an instant in a time zone, as `2026-11-20`. */
export function dayIn(zone: string, at: Date): string {
  const parts = partsIn(zone, at);
  return `${pad(parts.year, 4)}-${pad(parts.month, 2)}-${pad(parts.day, 2)}`;
}

/** The first instant of the day after `at` in a time zone: what is set "until midnight" ends then, on days of 23 and 25 hours too. */
export function nextMidnight(zone: string, at: Date): Date {
  const { year, month, day } = partsIn(zone, at);
  return midnightOf(zone, year, month, day + 1);
}

/** The first instant of a calendar day (`2026-11-20`) in a time zone. */
export function startOfDay(zone: string, day: string): Date {
  const [year = 1970, month = 1, date = 1] = day.split('-').map(Number);
  return midnightOf(zone, year, month, date);
}

/** Minutes since midnight on the clock of a time zone: 0 to 1439. */
export function minuteOfDay(zone: string, at: Date): number {
  const { hour, minute } = partsIn(zone, at);
  return hour * 60 + minute;
}

function midnightOf(zone: string, year: number, month: number, day: number): Date {
  const wanted = Date.UTC(year, month - 1, day);
  // Twice: the offset found at the first guess may be that of the other side of a clock change.
  const guess = wanted - offsetMs(zone, new Date(wanted));
  return new Date(wanted - offsetMs(zone, new Date(guess)));
}

function offsetMs(zone: string, at: Date): number {
  const p = partsIn(zone, at);
  return Date.UTC(p.year, p.month - 1, p.day, p.hour, p.minute, p.second) - Math.floor(at.getTime() / 1000) * 1000;
}

interface WallClock {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function partsIn(zone: string, at: Date): WallClock {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formats.set(zone, format);
  }
  const parts = new Map(format.formatToParts(at).map((part) => [part.type, Number(part.value)]));
  const read = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
  return {
    year: read('year'),
    month: read('month'),
    day: read('day'),
    hour: read('hour'),
    minute: read('minute'),
    second: read('second'),
  };
}

function pad(value: number, width: number): string {
  return String(value).padStart(width, '0');
}
