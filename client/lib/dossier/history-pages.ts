import type { HistoryEntry } from '#shared/dossiers/schemas.ts';

/** Two stretches of a history as one, newest first, each line once. A hole between them would be a lie: the older stretch is dropped then. */
export function joined(newer: readonly HistoryEntry[], older: readonly HistoryEntry[]): HistoryEntry[] {
  const last = newer.at(-1)?.version;
  const rest = last === undefined ? older : older.filter((entry) => entry.version < last);
  if (last !== undefined && rest[0] && rest[0].version < last - 1) return [...newer];
  return [...newer, ...rest];
}
