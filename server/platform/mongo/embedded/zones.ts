import { CommandError } from './errors.ts';

export const minuteMs = 60_000;
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
