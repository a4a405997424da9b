import { dayMs, dayNumber, dayOfYear, fromLocal, isoDayNumber, isoWeek, minuteMs, partsOf, sundayWeek, weekDay } from './calendar.ts';
import type { Zone } from './calendar.ts';
import { CommandError, refuse } from './errors.ts';

type Writer = (localMs: number, offset: number) => string;

const formats = new Map<string, readonly Writer[]>();

/**
 * Writes a date in MongoDB's format language (%Y-%m-%d …).
 *
 * @throws CommandError 18535, 18536 for an unknown part.
 */
export function formatDate(ms: number, zone: Zone, format: string): string {
  const offset = zone(ms);
  let text = '';
  for (const write of writersOf(format)) text += write(ms + offset, offset);
  return text;
}

function writersOf(format: string): readonly Writer[] {
  const known = formats.get(format);
  if (known !== undefined) return known;
  const list = (format.match(/%[^]|[^%]+|%$/gu) ?? []).map((part) => (part.startsWith('%') ? writerOf(part.slice(1)) : () => part));
  if (formats.size > 100) formats.clear();
  formats.set(format, list);
  return list;
}

function writerOf(letter: string): Writer {
  if (letter === '') throw new CommandError(18535, "Unmatched '%' at end of format string");
  const write = writers[letter];
  if (write === undefined) throw new CommandError(18536, `Invalid format character '%${letter}' in format string`);
  return write;
}

const pad = (n: number, width: number): string => String(n).padStart(width, '0');
const monthNames = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

const writers: Readonly<Record<string, Writer>> = {
  Y: (local) => pad(partsOf(local).year, 4),
  m: (local) => pad(partsOf(local).month, 2),
  d: (local) => pad(partsOf(local).day, 2),
  H: (local) => pad(partsOf(local).hour, 2),
  M: (local) => pad(partsOf(local).minute, 2),
  S: (local) => pad(partsOf(local).second, 2),
  L: (local) => pad(partsOf(local).millisecond, 3),
  j: (local) => pad(dayOfYear(local), 3),
  w: (local) => String(weekDay(local)),
  u: (local) => String(isoWeek(local).day),
  U: (local) => pad(sundayWeek(local), 2),
  V: (local) => pad(isoWeek(local).week, 2),
  G: (local) => pad(isoWeek(local).year, 4),
  z: (_, offset) =>
    `${sign(offset)}${pad(Math.floor(Math.abs(offset) / 3_600_000), 2)}${pad(Math.floor(Math.abs(offset) / minuteMs) % 60, 2)}`,
  Z: (_, offset) => `${offset < 0 ? '-' : '+'}${Math.abs(Math.trunc(offset / minuteMs))}`,
  b: (local) => (monthNames[partsOf(local).month - 1] ?? '').slice(0, 3),
  B: (local) => monthNames[partsOf(local).month - 1] ?? '',
  '%': () => '%',
};

const sign = (offset: number): string => (offset < 0 ? '-' : '+');

const readers: Readonly<Record<string, string>> = {
  Y: '(?<Y>\\d{4})',
  m: '(?<m>\\d{1,2})',
  d: '(?<d>\\d{1,2})',
  H: '(?<H>\\d{1,2})',
  M: '(?<M>\\d{1,2})',
  S: '(?<S>\\d{1,2})',
  L: '(?<L>\\d{1,3})',
  j: '(?<j>\\d{3})',
  G: '(?<G>\\d{4})',
  V: '(?<V>\\d{1,2})',
  u: '(?<u>[1-7])',
  z: '(?<z>Z|[+-]\\d{2}:?\\d{2})',
  Z: '(?<Z>[+-]\\d+)',
  b: '(?<b>[A-Za-z]{3})',
  B: '(?<B>[A-Za-z]+)',
  '%': '%',
};

const isoDate =
  /^(?<Y>\d{4})-(?<m>\d{2})-(?<d>\d{2})(?:[T ](?<H>\d{2}):(?<M>\d{2})(?::(?<S>\d{2})(?:\.(?<L>\d{1,3})\d*)?)?)?\s*(?<z>Z|[+-]\d{2}(?::?\d{2})?)?$/;

type Read = Readonly<Record<string, string | undefined>>;

/**
 * Reads a date. Without a format: ISO 8601 forms only; others, of which MongoDB understands many, are refused.
 *
 * @throws CommandError 241 for a text that is no date.
 */
export function parseDate(text: string, zone: Zone, format: string | undefined, hasZone: boolean): Date {
  const read: Read | undefined = (format === undefined ? isoDate : patternOf(format)).exec(text)?.groups;
  if (read === undefined) throw format === undefined && /\d/.test(text) ? refuse('a date as text that is not ISO 8601') : unreadable();
  const offset = offsetOf(read);
  if (offset !== undefined && hasZone)
    throw new CommandError(241, 'a date as text has a time zone of its own and may not be given another');
  const local = dayOf(read) * dayMs + timeOf(read);
  return new Date(offset === undefined ? fromLocal(local, zone) : local - offset);
}

// Error texts never repeat what a document holds: it may be about a patient.
const unreadable = (): CommandError => new CommandError(241, 'Error parsing date string');
const part = (read: Read, name: string, otherwise: number): number => Number(read[name] ?? otherwise);

function timeOf(read: Read): number {
  const [hours, minutes, seconds] = [part(read, 'H', 0), part(read, 'M', 0), part(read, 'S', 0)];
  if (hours > 23 || minutes > 59 || seconds > 59) throw unreadable();
  return hours * 3_600_000 + minutes * minuteMs + seconds * 1000 + Number((read['L'] ?? '0').padEnd(3, '0'));
}

function patternOf(format: string): RegExp {
  const source = format.replace(/%(.)|[\\^$.*+?()[\]{}|]/gsu, (found, letter: string | undefined) => {
    if (letter === undefined) return `\\${found}`;
    const reader = readers[letter];
    if (reader === undefined) throw new CommandError(18536, `Invalid format character '%${letter}' in format string`);
    return reader;
  });
  return new RegExp(`^${source}$`);
}

function offsetOf(read: Read): number | undefined {
  if (read['Z'] !== undefined) return Number(read['Z']) * minuteMs;
  if (read['z'] === undefined) return undefined;
  const parts = /([+-])(\d\d):?(\d\d)?/.exec(read['z']);
  const offset = (Number(parts?.[2] ?? 0) * 60 + Number(parts?.[3] ?? 0)) * minuteMs;
  return parts?.[1] === '-' ? -offset : offset;
}

/** The number of the day, by ISO week, day of the year, or month and day. */
function dayOf(read: Read): number {
  if (read['G'] !== undefined) return isoDayNumber(part(read, 'G', 1), part(read, 'V', 1), part(read, 'u', 1));
  const year = part(read, 'Y', 1970);
  if (read['j'] !== undefined) return dayNumber(year, 1, part(read, 'j', 1));
  const [month, day] = [monthOf(read), part(read, 'd', 1)];
  const result = dayNumber(year, month, day);
  if (month < 1 || month > 12 || partsOf(result * dayMs).day !== day) throw unreadable();
  return result;
}

function monthOf(read: Read): number {
  const named = (read['B'] ?? read['b'])?.toLowerCase();
  if (named === undefined) return part(read, 'm', 1);
  return monthNames.findIndex((name) => name.slice(0, read['B'] === undefined ? 3 : undefined).toLowerCase() === named) + 1;
}
