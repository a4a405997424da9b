import type { Machine } from '../machines/schemas.ts';
import { daysInMonth } from './calendar.ts';

export type QaType = Machine['qaTypes'][number];

/** The four types in the order of tables. A copy of `QA_TYPES` for code that must not load the validation library; a test holds them equal. */
export const TYPES_IN_ORDER: readonly QaType[] = ['CQH', 'CQM', 'CQS', 'CQQ'];

declare const brand: unique symbol;

/**
 * Local wall-clock date-time of the site as Artiscan holds it, `2026-10-25T02:30:00.000`: digits without zone, never an instant. Two of them compare as
 * texts. On the night of a clock change 02:30 may happen twice or never; the digits stay what they are.
 */
export type WallClock = string & { readonly [brand]: 'WallClock' };

/** A calendar day, as `2026-11-20`. */
export type DayText = string;

/** One study of quality control as a source gives it, once (several results joined). */
export interface Control {
  readonly id: number;
  readonly objectId: number;
  readonly moduleId: number | null;
  readonly name: string;
  readonly at: WallClock | null;
  /** null: not known, never to be read as conform. */
  readonly conform: boolean | null;
}

const WALL_CLOCK = /^(\d{4})-(\d{2})-(\d{2})(?:[T ]([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:[.,](\d{1,9}))?)?)?$/;

/**
 * Reads a date, or a date and an hour with a `T` or a space; seconds and their fraction may be absent, digits beyond the millisecond are cut. Undefined for
 * a day or an hour that does not exist, and for a text with a zone: that would be an instant.
 */
export function parseWallClock(text: string): WallClock | undefined {
  const parts = WALL_CLOCK.exec(text.trim());
  if (!parts) return undefined;
  const [, year = '', month = '', day = '', hour = '00', minute = '00', second = '00', fraction = ''] = parts;
  if (!dayExists(Number(year), Number(month), Number(day))) return undefined;
  const ms = fraction.slice(0, 3).padEnd(3, '0');
  return `${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}` as WallClock; // the one place where the form is made
}

/** The calendar day of a wall-clock date-time. */
export function dayOf(at: WallClock): DayText {
  return at.slice(0, 10);
}

/** The wall-clock date-time of an hour (`08:30`) of a day. Both must be valid. */
export function wallClockAt(day: DayText, hour = '00:00'): WallClock {
  return `${day}T${hour}:00.000` as WallClock; // made of two texts already in form
}

function dayExists(year: number, month: number, day: number): boolean {
  return year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month);
}
