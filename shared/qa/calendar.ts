// Calendar days as numbers, by arithmetic alone: no time zone and no clock change can shift them, and the years 1900 and 9999 are as good as any.

/** Days since 1 January 1970, which was a Thursday. */
export type DayNumber = number;

const DAYS_OF_400_YEARS = 146_097;
const DAYS_BEFORE_1970 = 719_468;

/** How many days a month has (1 to 12) in the Gregorian calendar. */
export function daysInMonth(year: number, month: number): number {
  if (month !== 2) return [4, 6, 9, 11].includes(month) ? 30 : 31;
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return leap ? 29 : 28;
}

/** The number of a day. Counted in years that begin in March, so that the leap day is the last one. */
export function dayNumber(year: number, month: number, day: number): DayNumber {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * DAYS_OF_400_YEARS + dayOfEra - DAYS_BEFORE_1970;
}

/** The number of a day written `2026-11-20`, or of the day of a wall-clock date-time. */
export function dayNumberOf(text: string): DayNumber {
  return dayNumber(digits(text, 0, 4), digits(text, 5, 7), digits(text, 8, 10));
}

/** Year, month (1 to 12) and day of a day's number. */
export function dateOf(number: DayNumber): { year: number; month: number; day: number } {
  const days = number + DAYS_BEFORE_1970;
  const era = Math.floor(days / DAYS_OF_400_YEARS);
  const dayOfEra = days - era * DAYS_OF_400_YEARS;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1,
  };
}

/** A day's number as `2026-11-20`. */
export function dayText(number: DayNumber): string {
  const { year, month, day } = dateOf(number);
  return `${String(year).padStart(4, '0')}-${padded(month)}-${padded(day)}`;
}

/** 1 for Monday to 7 for Sunday. */
export function isoWeekday(number: DayNumber): number {
  return ((((number + 3) % 7) + 7) % 7) + 1;
}

/** ISO week and ISO year of a day: those of its week's Thursday. */
export function isoWeekOf(number: DayNumber): { year: number; week: number } {
  const thursday = number - isoWeekday(number) + 4;
  const { year } = dateOf(thursday);
  return { year, week: Math.floor((thursday - dayNumber(year, 1, 1)) / 7) + 1 };
}

/** How many ISO weeks a year has: the 28th of December always lies in its last one. */
export function isoWeeksIn(year: number): 52 | 53 {
  return isoWeekOf(dayNumber(year, 12, 28)).week === 53 ? 53 : 52;
}

export function padded(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}

function digits(text: string, from: number, to: number): number {
  let value = 0;
  for (let index = from; index < to; index += 1) value = value * 10 + text.charCodeAt(index) - 48;
  return value;
}
