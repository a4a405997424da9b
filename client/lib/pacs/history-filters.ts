import type { Action, Association } from '#shared/pacs/schemas.ts';
import { ASSOCIATIONS_CSV_PATH } from '#shared/pacs/api.ts';
import { dayIn, startOfDay } from '#shared/time.ts';
import { hasFailed } from './associations.ts';

export type Period = 'today' | 'yesterday' | 'week' | 'all';
export interface Filters {
  failed: boolean;
  peer: string;
  command: Action | '';
  period: Period;
}
export const NO_FILTERS: Filters = { failed: false, peer: '', command: '', period: 'today' };

const DAY_MS = 86_400_000;

/** What the server is asked for: days are the site's. */
export function queryOf(filters: Filters, now: number, zone: string) {
  const { failed, peer, command } = filters;
  return {
    state: 'ended' as const,
    ...(failed && { failed: 'true' as const }),
    ...(peer !== '' && { peer }),
    ...(command !== '' && { command }),
    ...bounds(filters.period, now, zone),
  };
}

/** The same filters as a file. */
export function csvHref(filters: Filters, now: number, zone: string): string {
  const query = new URLSearchParams(Object.entries(queryOf(filters, now, zone)));
  return `${ASSOCIATIONS_CSV_PATH}?${query.toString()}`;
}

/** Whether an association that just ended belongs to what is in view. */
export function belongs(one: Association, filters: Filters, now: number, zone: string): boolean {
  const { from, to } = bounds(filters.period, now, zone);
  return (
    one.endedAt !== null &&
    (!filters.failed || hasFailed(one)) &&
    (filters.peer === '' || filters.peer === one.callingAeTitle || filters.peer === one.calledAeTitle) &&
    (filters.command === '' || filters.command === one.action) &&
    (from === undefined || one.startedAt >= from) &&
    (to === undefined || one.startedAt < to)
  );
}

function bounds(period: Period, now: number, zone: string): { from?: string; to?: string } {
  const today = Date.parse(`${dayIn(zone, new Date(now))}T12:00:00Z`);
  const dayBack = (days: number) => startOfDay(zone, new Date(today - days * DAY_MS).toISOString().slice(0, 10)).toISOString();
  if (period === 'today') return { from: dayBack(0) };
  if (period === 'yesterday') return { from: dayBack(1), to: dayBack(0) };
  return period === 'week' ? { from: dayBack(6) } : {};
}
