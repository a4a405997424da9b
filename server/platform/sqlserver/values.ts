/** A value of a row. Dates are wall-clock text, `2026-10-25T02:30:00.000`; a bigint is text, because not every one is a number of JavaScript. */
export type Cell = string | number | boolean | null;

/**
 * A value as the driver gives it. Its `Date` only carries digits, as UTC (`useUTC`): they are taken off at once, before anybody asks it for a local hour.
 */
export function cellOf(value: unknown): Cell {
  if (value === null || value === undefined) return null;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString().slice(0, -1);
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  return typeof value === 'bigint' ? value.toString() : null;
}

/** The digits of a wall clock in a `Date`, as the driver wants them. */
export function dateOf(wall: string): Date {
  return new Date(`${wall}Z`);
}
