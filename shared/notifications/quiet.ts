import { minuteOfDay } from '../time.ts';
import type { QuietHours } from './schemas.ts';

const MINUTE_MS = 60_000;
/** Quiet hours are shorter than a day, and a day has 25 hours at most. */
const MOST_MINUTES = 25 * 60;

/** Whether it is quiet at an instant, by the site's clock; `to` itself is not quiet any more. */
export function isQuiet({ from, to }: QuietHours, zone: string, at: Date): boolean {
  const [start, end, now] = [minutesOf(from), minutesOf(to), minuteOfDay(zone, at)];
  return start < end ? start <= now && now < end : now >= start || now < end;
}

/**
 * The first instant from `at` on that is not quiet; `at` itself when it is not. Looked for minute by minute: an end at 02:30 exists twice in one night of
 * the year and not at all in another, and this is right in both without saying so.
 */
export function quietEnd(quiet: QuietHours, zone: string, at: Date): Date {
  if (!isQuiet(quiet, zone, at)) return at;
  const minute = Math.floor(at.getTime() / MINUTE_MS);
  for (let step = 1; step <= MOST_MINUTES; step++) {
    const then = new Date((minute + step) * MINUTE_MS);
    if (!isQuiet(quiet, zone, then)) return then;
  }
  return at;
}

function minutesOf(clock: string): number {
  const [hours = 0, minutes = 0] = clock.split(':').map(Number);
  return hours * 60 + minutes;
}
