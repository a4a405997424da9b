import { dayNumberOf, isoWeekday, isoWeekOf } from '#shared/qa/calendar.ts';
import { addDays, addMonths, mondayOf } from './days.ts';

export const CALENDAR_VIEWS = ['month', 'week', 'list'] as const;
export type CalendarView = (typeof CALENDAR_VIEWS)[number];

/** Days that a view shows: a month with the whole weeks around it, the five days of a working week, or a month as a list. */
export function spanOf(view: CalendarView, day: string): { from: string; to: string } {
  if (view === 'week') {
    const monday = mondayOf(day);
    return { from: monday, to: addDays(monday, 4) };
  }
  const first = `${day.slice(0, 7)}-01`;
  const last = addDays(addMonths(day, 1), -1);
  if (view === 'list') return { from: first, to: last };
  const sunday = addDays(last, 7 - isoWeekday(dayNumberOf(last)));
  return { from: mondayOf(first), to: sunday };
}

/** The day that a view shows one step before or after. */
export function stepOf(view: CalendarView, day: string, step: -1 | 1): string {
  return view === 'week' ? addDays(day, step * 7) : addMonths(day, step);
}

/** Weeks of a span, Monday first, each with its ISO number. */
export function weeksOf({ from, to }: { from: string; to: string }): { week: number; days: string[] }[] {
  const weeks: { week: number; days: string[] }[] = [];
  const length = dayNumberOf(to) - dayNumberOf(from) + 1;
  for (let at = 0; at < length; at += 7) {
    const monday = addDays(from, at);
    const days = Array.from({ length: Math.min(7, length - at) }, (_, index) => addDays(monday, index));
    weeks.push({ week: isoWeekOf(dayNumberOf(monday)).week, days });
  }
  return weeks;
}

/** The things of each day, in the order of their hours. */
export function byDay<T extends { at: string | null }>(items: readonly T[]): Map<string, T[]> {
  const days = new Map<string, T[]>();
  for (const item of [...items].sort((a, b) => (a.at ?? '').localeCompare(b.at ?? ''))) {
    const day = (item.at ?? '').slice(0, 10);
    days.set(day, [...(days.get(day) ?? []), item]);
  }
  return days;
}

export function isWeekend(day: string): boolean {
  return isoWeekday(dayNumberOf(day)) > 5;
}
