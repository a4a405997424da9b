import type { Association } from '#shared/pacs/schemas.ts';
import { isStuck } from '#shared/pacs/rules.ts';
import { merged } from './merge.ts';

/** A row keeps its place so long after the end. */
export const KEPT_MS = 10_000;
/** At most so many ended ones stay in view; a storm of short ones is in the history. */
export const MOST_KEPT = 12;

/** The running ones after a message: in order of their beginning, ended ones dropped once nobody would still see them. */
export function withAssociations(list: readonly Association[], changed: readonly Association[], at: string): Association[] {
  const now = Date.parse(at);
  return merged(
    list,
    changed.filter((one) => isNewer(list, one)),
    (one) => one.id,
  )
    .filter((one) => one.endedAt === null || now - Date.parse(one.endedAt) < KEPT_MS * 2)
    .sort((a, b) => a.startedAt.localeCompare(b.startedAt) || a.id.localeCompare(b.id));
}

/** A message that is already in the fetched state, or older, changes nothing. */
function isNewer(list: readonly Association[], one: Association): boolean {
  const known = list.find((other) => other.id === one.id);
  return known === undefined || (known.endedAt === null && known.updatedAt <= one.updatedAt) || one.endedAt !== null;
}

/** What the table shows now: what runs, and what ended a moment ago; `hidden` counts those that ended and have no room. */
export function inView(list: readonly Association[], now: number): { rows: Association[]; hidden: number } {
  const kept = list.filter((one) => one.endedAt !== null && now - Date.parse(one.endedAt) < KEPT_MS);
  const shown = new Set(kept.slice(-MOST_KEPT));
  return { rows: list.filter((one) => one.endedAt === null || shown.has(one)), hidden: kept.length - shown.size };
}

/** The ones that run and have been quiet for too long. */
export function stuckOf(list: readonly Association[], now: number): Association[] {
  return list.filter((one) => isStuck(one, new Date(now)));
}

/** Whether an association did not end well. */
export function hasFailed({ status }: Pick<Association, 'status'>): boolean {
  return status === 'failed' || status === 'aborted' || status === 'rejected';
}

/** The other side: who called us, or whom we called. */
export function peerOf({
  service,
  callingAeTitle,
  calledAeTitle,
}: Pick<Association, 'service' | 'callingAeTitle' | 'calledAeTitle'>): string {
  return service === 'SCP' ? callingAeTitle : calledAeTitle;
}
