import type Holidays from 'date-holidays';
import { dayNumberOf, dayText } from '#shared/qa/calendar.ts';
import type { DayText } from '#shared/qa/controls.ts';

const DAY_MS = 86_400_000;
const countries = new Map<string, Promise<Holidays>>();
const yearsKnown = new Map<string, readonly DayText[]>();

/**
 * Public holidays of a country in some years, as days. The library is loaded at the first question (150 ms and 10 MB that a wall screen's server may never
 * need); observances such as Mother's Day are no holidays.
 *
 * @throws RangeError for a country that the library does not know: without holidays every one of them would be a missed day.
 */
export async function holidaysOf(country: string, years: readonly number[]): Promise<Set<DayText>> {
  const calendar = await (countries.get(country) ?? load(country));
  const days = new Set<DayText>();
  for (const year of years) for (const day of ofYear(country, calendar, year)) days.add(day);
  return days;
}

function load(country: string): Promise<Holidays> {
  const loading = import('date-holidays').then(({ default: Calendar }) => {
    const calendar = new Calendar(country, { types: ['public'] });
    if (!(country in calendar.getCountries())) throw new RangeError(`There is no calendar of public holidays for the country ${country}.`);
    return calendar;
  });
  countries.set(country, loading);
  return loading;
}

function ofYear(country: string, calendar: Holidays, year: number): readonly DayText[] {
  const key = `${country} ${year}`;
  const known = yearsKnown.get(key);
  if (known) return known;
  const days = calendar.getHolidays(year).flatMap(({ date, start, end }) => {
    // `date` begins with the local day; some countries' holidays last several days.
    const length = Math.max(1, Math.round((end.getTime() - start.getTime()) / DAY_MS));
    return Array.from({ length }, (_, offset) => dayText(dayNumberOf(date) + offset));
  });
  yearsKnown.set(key, days);
  return days;
}
