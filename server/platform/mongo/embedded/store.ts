import { DatabaseSync } from 'node:sqlite';
import type { SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite';

/** A document where it is stored. */
export interface Stored {
  readonly rid: number;
  readonly bytes: Uint8Array;
}

/** A document found through an index. */
interface Entry extends Stored {
  readonly key: Uint8Array;
}

/** Keys from `lo` up to but not including `hi`. */
export interface Range {
  readonly lo: Uint8Array;
  readonly hi: Uint8Array;
}

/** Reads of one connection. Every call runs its statement to the end, so that no read stays open across turns. */
export interface Reader {
  doc(rid: number): Uint8Array | undefined;
  /** Documents with lo < rid < hi, in order of insertion. */
  docs(lo: number, hi: number, limit: number): Stored[];
  /** The document under exactly this key. */
  point(index: number, key: Uint8Array): Stored | undefined;
  /** Who holds a key (two at most: enough to know whether anybody else does). */
  holders(index: number, key: Uint8Array): number[];
  /** Entries after (before, when backward) the position (key, rid), within the range. */
  entries(
    index: number,
    range: Range,
    from: { readonly key: Uint8Array; readonly rid: number } | undefined,
    backward: boolean,
    limit: number,
  ): Entry[];
  count(index: number): number;
  all(sql: string, ...values: SQLInputValue[]): Record<string, SQLOutputValue>[];
  exec(sql: string): void;
  close(): void;
}

/** The one connection that writes. Writes open a batch; nobody is answered before `commit` has put it on disk. */
export interface Store extends Reader {
  readonly path: string;
  readonly batchOpen: () => boolean;
  begin(): void;
  commit(): void;
  rollback(): void;
  /** Marks the place in the batch that `undo` goes back to. */
  mark(): void;
  undo(): void;
  insertDoc(rid: number, bytes: Uint8Array): void;
  updateDoc(rid: number, bytes: Uint8Array): void;
  deleteDoc(rid: number): void;
  addKey(index: number, key: Uint8Array, rid: number): void;
  dropKey(index: number, key: Uint8Array, rid: number): void;
  run(sql: string, ...values: SQLInputValue[]): number;
}

const schema = `
  CREATE TABLE IF NOT EXISTS meta(name TEXT PRIMARY KEY, value) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS colls(id INTEGER PRIMARY KEY AUTOINCREMENT, ns TEXT NOT NULL UNIQUE);
  CREATE TABLE IF NOT EXISTS indexes(id INTEGER PRIMARY KEY AUTOINCREMENT, coll INTEGER NOT NULL, multikey INTEGER NOT NULL, spec BLOB NOT NULL);
  CREATE TABLE IF NOT EXISTS docs(rid INTEGER PRIMARY KEY, bson BLOB NOT NULL);
  CREATE TABLE IF NOT EXISTS idx(ix INTEGER, key BLOB, rid INTEGER, PRIMARY KEY(ix, key, rid)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS retries(lsid TEXT PRIMARY KEY, txn INTEGER NOT NULL, at INTEGER NOT NULL, reply BLOB NOT NULL) WITHOUT ROWID;
  INSERT OR IGNORE INTO meta VALUES ('format', 1);
`;

/** Collections share one table: the high part of a record's number says which collection it belongs to, the low 36 bits count its insertions. */
export const ridSpan = 2 ** 36;

/** Opens the file for writing and makes it if need be. `maxBytes` bounds its growth (a full disk, for tests). */
export function openStore(path: string, maxBytes?: number): Store {
  const db = new DatabaseSync(path, { timeout: 5000 });
  db.exec(
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -32768; PRAGMA journal_size_limit = 67108864; PRAGMA temp_store = MEMORY;',
  );
  if (maxBytes !== undefined) db.exec(`PRAGMA max_page_count = ${Math.ceil(maxBytes / 4096)}`);
  db.exec(schema);
  const begin = db.prepare('BEGIN IMMEDIATE');
  const commit = db.prepare('COMMIT');
  const insertDoc = db.prepare('INSERT INTO docs VALUES (?, ?)');
  const updateDoc = db.prepare('UPDATE docs SET bson = ? WHERE rid = ?');
  const deleteDoc = db.prepare('DELETE FROM docs WHERE rid = ?');
  const addKey = db.prepare('INSERT INTO idx VALUES (?, ?, ?)');
  const prepared = statementCache(db);
  const dropKey = db.prepare('DELETE FROM idx WHERE ix = ? AND key = ? AND rid = ?');
  return {
    ...readerOf(db),
    path,
    batchOpen: () => db.isTransaction,
    begin: () => void (db.isTransaction || begin.run()),
    commit: () => void (db.isTransaction && commit.run()),
    rollback: () => (db.isTransaction ? db.exec('ROLLBACK') : undefined), // a full disk may have rolled back by itself
    mark: () => {
      if (!db.isTransaction) begin.run();
      db.exec('SAVEPOINT mark');
    },
    undo: () => db.exec('ROLLBACK TO mark'),
    insertDoc: (rid, bytes) => void insertDoc.run(rid, bytes),
    updateDoc: (rid, bytes) => void updateDoc.run(bytes, rid),
    deleteDoc: (rid) => void deleteDoc.run(rid),
    addKey: (index, key, rid) => void addKey.run(index, key, rid),
    dropKey: (index, key, rid) => void dropKey.run(index, key, rid),
    run: (sql, ...values) => Number(prepared(sql).run(...values).lastInsertRowid),
  };
}

/** A second connection that only reads: a transaction keeps one for its snapshot. */
export function openReader(path: string): Reader {
  const db = new DatabaseSync(path, { readOnly: true, timeout: 5000 });
  db.exec('PRAGMA cache_size = -4096');
  return readerOf(db);
}

function readerOf(db: DatabaseSync): Reader {
  const doc = db.prepare('SELECT bson FROM docs WHERE rid = ?');
  const docs = rowsOf(db, 'SELECT rid, bson FROM docs WHERE rid > ? AND rid < ? ORDER BY rid LIMIT ?');
  const point = rowsOf(db, 'SELECT d.rid, d.bson FROM idx i CROSS JOIN docs d ON d.rid = i.rid WHERE i.ix = ? AND i.key = ?');
  const holders = db.prepare('SELECT rid FROM idx WHERE ix = ? AND key = ? LIMIT 2');
  const entry = 'SELECT i.rid, d.bson, i.key FROM idx i CROSS JOIN docs d ON d.rid = i.rid WHERE i.ix = ? AND';
  const ascending = rowsOf(db, `${entry} (i.key, i.rid) > (?, ?) AND i.key < ? ORDER BY i.key, i.rid LIMIT ?`);
  const descending = rowsOf(db, `${entry} (i.key, i.rid) < (?, ?) AND i.key >= ? ORDER BY i.key DESC, i.rid DESC LIMIT ?`);
  const prepared = statementCache(db);
  const count = db.prepare('SELECT count(*) AS n FROM idx WHERE ix = ?');
  return {
    doc: (rid) => optionalBytes(doc.get(rid)?.['bson']),
    docs: (lo, hi, limit) => docs(lo, hi, limit).map(stored),
    point: (index, key) => point(index, key).map(stored)[0],
    holders: (index, key) => holders.all(index, key).map((row) => Number(row['rid'])),
    entries: (index, range, from, backward, limit) => {
      const { key, rid } = from ?? { key: backward ? range.hi : range.lo, rid: -1 };
      const rows = backward ? descending(index, key, rid, range.lo, limit) : ascending(index, key, rid, range.hi, limit);
      return rows.map((row) => ({ ...stored(row), key: bytesOf(row[2]) }));
    },
    count: (index) => Number(count.get(index)?.['n']),
    all: (sql, ...values) => prepared(sql).all(...values),
    exec: (sql) => db.exec(sql),
    close: () => db.close(),
  };
}

function statementCache(db: DatabaseSync): (sql: string) => StatementSync {
  const cache = new Map<string, StatementSync>();
  return (sql) => {
    const statement = cache.get(sql) ?? db.prepare(sql);
    cache.set(sql, statement);
    return statement;
  };
}

type Columns = readonly SQLOutputValue[];

/** Rows as lists of their columns: a scan takes a third less time than with an object for each. */
function rowsOf(db: DatabaseSync, sql: string): (...values: SQLInputValue[]) => Columns[] {
  const statement = db.prepare(sql);
  statement.setReturnArrays(true);
  return (...values) => statement.all(...values) as unknown as Columns[]; // its types do not know of the line above
}

const stored = ([rid, bson]: Columns): Stored => ({ rid: Number(rid), bytes: bytesOf(bson) });

/** A column that holds bytes. */
export function bytesOf(value: SQLOutputValue | undefined): Uint8Array {
  if (value instanceof Uint8Array) return value;
  throw new Error('a column of bytes holds something else');
}

const optionalBytes = (value: SQLOutputValue | undefined): Uint8Array | undefined => (value instanceof Uint8Array ? value : undefined);
