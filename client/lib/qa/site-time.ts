import { minuteOfDay, startOfDay } from '#shared/time.ts';
import { locale } from '../i18n/index.ts';
import { siteDay } from './days.ts';

/** An hour that somebody typed on the site's clock (`2026-11-20T14:30`) as an instant; undefined for no hour. */
export function instantOf(typed: string): string | undefined {
  const match = /^(\d{4}-\d\d-\d\d)T(\d\d):(\d\d)/.exec(typed);
  const [, day, hour, minute] = match ?? [];
  if (day === undefined) return undefined;
  const wanted = Number(hour) * 60 + Number(minute);
  const at = startOfDay(locale.timezone, day).getTime() + wanted * 60_000;
  // On the day of a clock change the hour may lie an hour off the midnight's count.
  const off = wanted - minuteOfDay(locale.timezone, new Date(at));
  return new Date(at + (Math.abs(off) <= 120 ? off : 0) * 60_000).toISOString();
}

/** An instant as it is typed on the site's clock. */
export function typedOf(now: number): string {
  const minutes = minuteOfDay(locale.timezone, new Date(now));
  const two = (value: number) => String(value).padStart(2, '0');
  return `${siteDay(now)}T${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}
