import { dayIn, startOfDay } from '#shared/time.ts';

const HOUR_MS = 3_600_000;
const SHIFT_EVERY_MS = 600_000;
const SHIFT_PX = 2;
const NIGHT_FROM_HOUR = 20;
const NIGHT_TO_HOUR = 6;
const RELOAD_HOUR = 3;

/** Eight places around the middle, each one step from the one before. */
const PLACES = [
  [-1, -1],
  [0, -1],
  [1, -1],
  [1, 0],
  [1, 1],
  [0, 1],
  [-1, 1],
  [-1, 0],
] as const;

/** Where the page stands at an instant, in px: it wanders so that no edge burns into the panel. */
export function shiftAt(now: number): { x: number; y: number } {
  const [x, y] = PLACES[Math.floor(now / SHIFT_EVERY_MS) % PLACES.length] ?? PLACES[0];
  return { x: x * SHIFT_PX, y: y * SHIFT_PX };
}

/** Whether the wall is dimmed: from 20:00 to 06:00 on the site's clock. */
export function isNight(now: number, zone: string): boolean {
  const hour = hourIn(now, zone);
  return hour >= NIGHT_FROM_HOUR || hour < NIGHT_TO_HOUR;
}

/**
 * Whether a page that began at `startedAt` has lived past the last 03:00 of the site. A state, not a moment: a wall whose server was away
 * at 03:00 reloads when it is back.
 */
export function reloadDue(startedAt: number, now: number, zone: string): boolean {
  const today = startOfDay(zone, dayIn(zone, new Date(now))).getTime() + RELOAD_HOUR * HOUR_MS;
  const yesterday = startOfDay(zone, dayIn(zone, new Date(now - 24 * HOUR_MS))).getTime() + RELOAD_HOUR * HOUR_MS;
  return startedAt < (now >= today ? today : yesterday);
}

const DESIGN = { width: 1920, height: 1080 };

/** The wall is drawn at 1920 × 1080 and enlarged as a whole; a screen of another shape gets room at the longer side. */
export function scaleFor(width: number, height: number): { zoom: number; width: number; height: number } {
  const zoom = Math.min(width / DESIGN.width, height / DESIGN.height);
  return { zoom, width: width / zoom, height: height / zoom };
}

function hourIn(now: number, zone: string): number {
  return Number(new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: 'numeric', hourCycle: 'h23' }).format(new Date(now)));
}
