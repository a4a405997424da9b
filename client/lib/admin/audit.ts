import { listAuditCall } from '#shared/audit/api.ts';
import type { AuditEntry } from '#shared/audit/schemas.ts';
import { startOfDay, nextMidnight } from '#shared/time.ts';
import type { z } from 'zod';
import { call } from '../api/index.ts';
import { PagedList } from '../forms/paged.svelte.ts';

export type Entry = z.infer<typeof AuditEntry>;

/** The filters as they stand in the address: days are those of the site's calendar. */
export interface AuditFilters {
  actor: string;
  action: string;
  subject: string;
  from: string;
  to: string;
}

const NAMES = ['actor', 'action', 'subject', 'from', 'to'] as const;
const PAGE = 100;

export function filtersIn(params: URLSearchParams): AuditFilters {
  const read = (name: (typeof NAMES)[number]) => params.get(name)?.trim() ?? '';
  return { actor: read('actor'), action: read('action'), subject: read('subject'), from: dayIn(read('from')), to: dayIn(read('to')) };
}

/** The address of the log with these filters. */
export function addressOf(filters: AuditFilters): string {
  const params = new URLSearchParams();
  for (const name of NAMES) if (filters[name].trim() !== '') params.set(name, filters[name].trim());
  return params.size > 0 ? `/admin/audit?${params.toString()}` : '/admin/audit';
}

/** What the server is asked: from the first instant of the first day to that after the last one. */
export function queryOf({ actor, action, subject, from, to }: AuditFilters, zone: string) {
  return {
    ...(actor && { actor }),
    ...(action && { action }),
    ...(subject && { subject }),
    ...(from && { from: startOfDay(zone, from).toISOString() }),
    ...(to && { to: nextMidnight(zone, startOfDay(zone, to)).toISOString() }),
  };
}

export function auditList(filters: AuditFilters, zone: string): PagedList<Entry> {
  return new PagedList<Entry>((cursor) => call(listAuditCall, { query: { ...queryOf(filters, zone), limit: PAGE, cursor } }));
}

/** A day as an address may hold it; anything else counts as none. */
function dayIn(text: string): string {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)) ? text : '';
}
