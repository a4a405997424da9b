import { keysOf } from './indexing.ts';
import { readCatalog } from './catalog.ts';
import type { Collection, Index } from './catalog.ts';
import { openReader } from './store.ts';
import type { Reader, Stored } from './store.ts';
import { decode } from './values.ts';
import type { Doc } from './values.ts';

/** One moment of a database, read while the engine goes on writing. */
export type Snapshot = ReturnType<typeof openSnapshot>;

/**
 * Opens the file beside the engine, to read all of one moment however long that takes. A transaction could not: it ends after 30 seconds.
 * What is written meanwhile waits in the write-ahead log.
 */
export function openSnapshot(file: string, db: string) {
  const reader = openReader(file);
  reader.exec('BEGIN');
  const collections = new Map(readCatalog(reader).flatMap((coll) => (coll.db === db ? [[coll.name, coll]] : [])));
  return {
    collections: Array.from(collections.values(), ({ name, indexes }) => ({
      name,
      /** As listIndexes shows them. */
      indexes: indexes.map((index) => index.spec),
      documents: reader.count(indexes[0]?.id ?? 0),
    })),
    *documents(name: string): Generator<readonly Doc[]> {
      const coll = collections.get(name);
      if (coll !== undefined) for (const rows of chunks(reader, coll)) yield rows.map((row) => decode(row.bytes));
    },
    close: (): void => reader.close(),
  };
}

export interface CheckResult {
  readonly collections: number;
  readonly documents: number;
  readonly indexes: number;
  /** In words, without values of documents; empty when all is well. */
  readonly problems: readonly string[];
}

/** Reads the whole database: pages, documents, and whether each index has exactly the keys of its documents. The state of one moment, also while an engine works on it. */
export function checkDatabase(file: string): CheckResult {
  const reader = openReader(file);
  try {
    reader.exec('BEGIN');
    const pages = reader.all('PRAGMA integrity_check(20)').map((row) => String(row['integrity_check']));
    if (pages[0] !== 'ok') return { collections: 0, documents: 0, indexes: 0, problems: pages };
    const collections = readCatalog(reader);
    const problems = collections.flatMap((coll) => coll.indexes.flatMap((index) => checkIndex(reader, coll, index)));
    const documents = collections.reduce((sum, { indexes }) => sum + reader.count(indexes[0]?.id ?? 0), 0);
    return { collections: collections.length, documents, indexes: collections.flatMap(({ indexes }) => indexes).length, problems };
  } finally {
    reader.close();
  }
}

/** Every key of every document must be there, and nothing else: memory stays flat, however many there are. */
function checkIndex(reader: Reader, coll: Collection, index: Index): string[] {
  let there = 0;
  let missing = 0;
  for (const rows of chunks(reader, coll)) {
    for (const { rid, bytes } of rows) {
      for (const { key } of keysOf(index, decode(bytes)).values()) {
        if (reader.all('SELECT 1 FROM idx WHERE ix = ? AND key = ? AND rid = ?', index.id, key, rid).length > 0) there++;
        else missing++;
      }
    }
  }
  const doubles = reader.all('SELECT 1 FROM idx WHERE ix = ? GROUP BY key HAVING count(*) > 1 LIMIT 100', index.id).length;
  const faults: [number, string][] = [
    [missing, 'keys of documents are missing'],
    [reader.count(index.id) - there, 'entries are without their document'],
    [index.unique ? doubles : 0, 'keys are held by two documents'],
  ];
  return faults.filter(([n]) => n > 0).map(([n, what]) => `index ${index.name} of ${coll.ns}: ${n} ${what}`);
}

function* chunks(reader: Reader, coll: Collection): Generator<Stored[]> {
  let from = coll.lowRid;
  for (;;) {
    const rows = reader.docs(from, coll.highRid, 64); // some at a time, so that the caller can let others work in between
    const last = rows.at(-1);
    if (last === undefined) return;
    yield rows;
    from = last.rid;
  }
}
