import { dayIn } from '../time.ts';
import { parseWallClock, type WallClock } from './controls.ts';

const formats = new Map<string, Intl.DateTimeFormat>();

/** What the site's clock shows at an instant. */
export function wallClockIn(zone: string, at: Date): WallClock {
  const time = formatOf(zone).format(at);
  const ms = String(at.getUTCMilliseconds()).padStart(3, '0');
  const wall = parseWallClock(`${dayIn(zone, at)}T${time}.${ms}`);
  if (!wall) throw new RangeError('The instant lies outside the years 1 to 9999.');
  return wall;
}

/**
 * The instant at which the site's clock shows this. When it shows it twice (the night clocks go back) the first of them: what ends at that hour ends early
 * rather than late. When it never does (the night they go forward) the instant of the jump's length later, as clocks then show.
 */
export function instantOf(zone: string, wall: WallClock): Date {
  const wanted = Date.parse(`${wall}Z`);
  const candidates = [-1, 0, 1].map((days) => wanted - offsetMs(zone, wanted + days * DAY_MS));
  const exact = candidates.filter((ms) => ms + offsetMs(zone, ms) === wanted);
  return new Date(exact.length > 0 ? Math.min(...exact) : Math.max(...candidates));
}

const DAY_MS = 86_400_000;

function offsetMs(zone: string, ms: number): number {
  return Date.parse(`${wallClockIn(zone, new Date(ms))}Z`) - ms;
}

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hourCycle: 'h23', hour: '2-digit', minute: '2-digit', second: '2-digit' });
    formats.set(zone, format);
  }
  return format;
}
