import { keyText, keysOf } from './indexing.ts';
import { readCatalog } from './catalog.ts';
import type { Collection, Index } from './catalog.ts';
import { bytesOf, openReader } from './store.ts';
import type { Reader } from './store.ts';
import { decode } from './values.ts';

export interface CheckResult {
  readonly collections: number;
  readonly documents: number;
  readonly indexes: number;
  /** In words, without values of documents; empty when all is well. */
  readonly problems: readonly string[];
}

/** Reads the whole database: pages, documents, and whether each index has exactly the keys of its documents. The state of one moment, also while an engine works on it. */
export function checkDatabase(file: string): CheckResult {
  const store = openReader(file);
  try {
    store.exec('BEGIN');
    const problems = store
      .all('PRAGMA integrity_check(20)')
      .flatMap((row) => (row['integrity_check'] === 'ok' ? [] : [String(row['integrity_check'])]));
    if (problems.length > 0) return { collections: 0, documents: 0, indexes: 0, problems };
    let documents = 0;
    let indexes = 0;
    const collections = readCatalog(store);
    for (const coll of collections) {
      for (const index of coll.indexes) {
        indexes++;
        const { seen, found } = checkIndex(store, coll, index);
        if (index.name === '_id_') documents += seen;
        problems.push(...found);
      }
    }
    return { collections: collections.length, documents, indexes, problems };
  } finally {
    store.close();
  }
}

function checkIndex(store: Reader, coll: Collection, index: Index): { seen: number; found: string[] } {
  const where = `index ${index.name} of ${coll.ns}`;
  const expected = new Map<string, number>();
  const found: string[] = [];
  let seen = 0;
  for (let from = coll.lowRid, chunk = store.docs(from, coll.highRid, 256); chunk.length > 0; chunk = store.docs(from, coll.highRid, 256)) {
    for (const { rid, bytes } of chunk) {
      seen++;
      from = rid;
      for (const key of keysOf(index, decode(bytes)).keys) {
        const text = keyText(index.unique ? 0 : rid, key);
        if (expected.has(text)) found.push(`${where}: two documents have the same key`);
        expected.set(text, rid);
      }
    }
  }
  for (const row of store.all('SELECT key, rid FROM idx WHERE ix = ?', index.id)) {
    const text = keyText(index.unique ? 0 : Number(row['rid']), bytesOf(row['key']));
    if (expected.get(text) !== Number(row['rid'])) found.push(`${where}: an entry without its document`);
    expected.delete(text);
  }
  if (expected.size > 0) found.push(`${where}: ${expected.size} documents are missing`);
  return { seen, found };
}
