import type { PacsSummary, PeerLightColour } from '#shared/pacs/schemas.ts';

/** At most so many; the rest is counted, never scrolled. */
export const MAX_PEERS = 6;
export const MAX_ROWS = 3;

const URGENCY: readonly PeerLightColour[] = ['mute', 'slow', 'answers', 'unknown', 'off'];

/** The peers by title; when they do not all fit, those with something wrong stay. */
export function peersOf({ lights, peers }: PacsSummary): { shown: PacsSummary['lights']; others: number } {
  const kept = new Set([...lights].sort((a, b) => URGENCY.indexOf(a.light) - URGENCY.indexOf(b.light)).slice(0, MAX_PEERS));
  const shown = lights.filter((one) => kept.has(one));
  return { shown, others: peers - shown.length };
}

/** Three rows: a refused caller keeps one of them, the rest is for those that run. */
export function rowsOf({ associations, refusals }: PacsSummary, most = MAX_ROWS): Pick<PacsSummary, 'associations' | 'refusals'> {
  const running = associations.slice(0, refusals.length > 0 ? most - 1 : most);
  return { associations: running, refusals: refusals.slice(0, most - running.length) };
}
