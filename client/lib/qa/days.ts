import { dateOf, dayNumberOf, dayText, isoWeekday, isoWeekOf } from '#shared/qa/calendar.ts';
import { dayIn } from '#shared/time.ts';
import { format, locale, m } from '../i18n/index.ts';

/** Days of the site's calendar (`2026-11-20`) and date-times of its clock (`2026-11-20T13:41:00.000`) in words. They are digits: no zone moves them. */

type Style = 'short' | 'weekday' | 'month' | 'monthYear' | 'weekdayShort';

const STYLES: Readonly<Record<Style, Intl.DateTimeFormatOptions>> = {
  short: { day: 'numeric', month: 'short' },
  weekday: { weekday: 'short', day: 'numeric', month: 'short' },
  month: { month: 'short' },
  monthYear: { month: 'long', year: 'numeric' },
  weekdayShort: { weekday: 'short' },
};

const formatters = new Map<string, Intl.DateTimeFormat>();

/** A day in words: `20 nov.`, `ven. 20 nov.`, `nov.`, `novembre 2026`, `ven.` */
export function sayDay(day: string, style: Style = 'short'): string {
  const key = `${locale.current} ${style}`;
  let formatter = formatters.get(key);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat(locale.current === 'fr' ? 'fr-FR' : 'en-GB', { timeZone: 'UTC', ...STYLES[style] });
    formatters.set(key, formatter);
  }
  return formatter.format(new Date(`${day}T00:00:00Z`));
}

/** A date-time of the site's clock, as short as it can be said on a day: `13:41`, `ven. 13 nov. 13:41`, `13 nov. 2025`. */
export function sayClock(at: string, today: string): string {
  const day = at.slice(0, 10);
  const hour = at.slice(11, 16);
  if (day === today) return hour;
  return day.slice(0, 4) === today.slice(0, 4) ? `${sayDay(day)} ${hour}` : format.day(day);
}

/** A period by its type and its first day: `Semaine 47`, `novembre 2026`, `2e semestre 2026`, `ven. 20 nov.` */
export function sayPeriod(type: string, from: string): string {
  if (type === 'CQH') return m.qa.period.week(String(isoWeekOf(dayNumberOf(from)).week));
  if (type === 'CQM') return sayDay(from, 'monthYear');
  if (type === 'CQS') return m.qa.period.half(from.slice(5, 7) === '01' ? '1' : '2', from.slice(0, 4));
  return sayDay(from, 'weekday');
}

/** The first and the last day of a period, `9 nov. au 13 nov.`; nothing for one of a day. */
export function saySpan(from: string, to: string): string {
  return from === to ? '' : m.qa.period.spanned(sayDay(from), sayDay(to));
}

/** So many days later. */
export function addDays(day: string, days: number): string {
  return dayText(dayNumberOf(day) + days);
}

/** The day on the site's calendar at an instant (epoch ms). */
export function siteDay(now: number): string {
  return dayIn(locale.timezone, new Date(now));
}

/** The Monday of a day's week. */
export function mondayOf(day: string): string {
  return addDays(day, 1 - isoWeekday(dayNumberOf(day)));
}

/** The first day of a month, so many months later. */
export function addMonths(day: string, months: number): string {
  const { year, month } = dateOf(dayNumberOf(day));
  const index = year * 12 + month - 1 + months;
  return `${String(Math.floor(index / 12)).padStart(4, '0')}-${String((index % 12) + 1).padStart(2, '0')}-01`;
}

/** Which share of a year has passed at the beginning of a day: 0 on 1 January; below 0 and above 1 outside the year. */
export function shareOfYear(day: string, year: number): number {
  const first = dayNumberOf(`${String(year).padStart(4, '0')}-01-01`);
  const length = dayNumberOf(`${String(year + 1).padStart(4, '0')}-01-01`) - first;
  return (dayNumberOf(day) - first) / length;
}
