/** A collection that is there as long as a restore into MongoDB has not come to its end. */
export const UNFINISHED = 'restore_unfinished';

/** @throws Error when a restore was interrupted: half of a site must neither be served nor be kept as a backup */
export function refuseUnfinished(collections: readonly string[]): void {
  if (collections.includes(UNFINISHED))
    throw new Error('A restore of this database was interrupted. Run it again (npx vigie database restore FILE), then start Vigie.');
}
