import { readCatalog } from './catalog.ts';
import type { Collection } from './catalog.ts';
import { openReader } from './store.ts';
import { decode } from './values.ts';
import type { Doc } from './values.ts';

/** A collection as a snapshot shows it. */
export interface SnapshotCollection {
  readonly name: string;
  /** As listIndexes shows them. */
  readonly indexes: readonly Doc[];
  readonly documents: number;
}

/** One moment of a database, read while the engine goes on writing. */
export interface Snapshot {
  readonly collections: readonly SnapshotCollection[];
  /** The documents of a collection, some at a time, so that the caller can let others work in between. */
  documents(name: string): Iterable<readonly Doc[]>;
  close(): void;
}

const chunk = 64;

/**
 * Opens the file beside the engine, to read all of one moment however long that takes. A transaction could not: it ends after 30 seconds.
 * What is written meanwhile waits in the write-ahead log.
 */
export function openSnapshot(file: string, db: string): Snapshot {
  const reader = openReader(file);
  reader.exec('BEGIN');
  const collections = new Map<string, Collection>();
  for (const coll of readCatalog(reader)) if (coll.db === db) collections.set(coll.name, coll);
  return {
    collections: Array.from(collections.values(), ({ name, indexes }) => ({
      name,
      indexes: indexes.map((index) => index.spec),
      documents: indexes[0] === undefined ? 0 : reader.count(indexes[0].id),
    })),
    *documents(name) {
      const coll = collections.get(name);
      if (coll === undefined) return;
      let from = coll.lowRid;
      for (let rows = reader.docs(from, coll.highRid, chunk); rows.length > 0; rows = reader.docs(from, coll.highRid, chunk)) {
        from = rows.at(-1)?.rid ?? from;
        yield rows.map((row) => decode(row.bytes));
      }
    },
    close: () => reader.close(),
  };
}
