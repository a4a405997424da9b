import type { QaType } from '#shared/qa/controls.ts';
import { AXIS_ORDER } from './axis.ts';

/** The type that an address names; the weekly one, which alerts are about, unless it names one. */
export function typeIn(url: URL): QaType {
  return AXIS_ORDER.find((one) => one === url.searchParams.get('type')) ?? 'CQH';
}

/** The year that an address names. */
export function yearIn(url: URL, otherwise: number): number {
  const year = Number(url.searchParams.get('year'));
  return Number.isInteger(year) && year >= 1900 && year <= 2200 ? year : otherwise;
}

/** An address with other parameters; one without value is left out. */
export function withParams(url: URL, change: Readonly<Record<string, string | undefined>>): URL {
  const changed = new URL(url);
  for (const [name, value] of Object.entries(change)) {
    if (value === undefined) changed.searchParams.delete(name);
    else changed.searchParams.set(name, value);
  }
  return changed;
}
